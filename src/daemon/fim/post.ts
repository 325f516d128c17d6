import { BracketScan, type BracketState, bracketsAround, quoteAtEnd } from './brackets.js';

/** What the answer of a model is cut by. */
export interface PostOptions {
  /** Text before the cursor, as much as there is of it. */
  readonly prefix: string;
  readonly suffix: string;
  readonly lines: 'single' | 'multiple';
  /** Special tokens of the model: none is ever shown. */
  readonly specials: readonly string[];
}

/** Lines that say little are no repetition: "}", "end". */
const leastRepeated = 4;
/** So often a line may stand in one completion. */
const mostSame = 2;
const saysMuch = (line: string) => line.trim().length >= leastRepeated && /\w{2}/.test(line);

/**
 * Makes a completion of what a model writes, piece by piece. What comes out does not depend on how the text is divided
 * into pieces, and nothing that was shown is taken back: what may still have to be cut is kept until that is known.
 *
 * - Special tokens end the text; at its end, so does most of one, which was cut off.
 * - One line, where one is wanted; else the text ends with the block around the cursor (a line that is indented less than
 *   that of the cursor), or at two empty lines.
 * - A line that repeats the one above it, or the first one after the cursor, ends the text; so does a closing bracket or
 *   quote that stands after the cursor already.
 * - No blanks at the end.
 */
export class PostProcessor {
  readonly #options: PostOptions;
  readonly #around: BracketState;
  readonly #before: string;
  readonly #above: string;
  readonly #indent: number;
  readonly #after: string;
  readonly #rest: string;
  #raw = '';
  #shown = '';
  #done = false;

  constructor(options: PostOptions) {
    this.#options = options;
    const { prefix, suffix } = options;
    this.#around = bracketsAround(prefix, suffix);
    this.#before = prefix.slice(prefix.lastIndexOf('\n') + 1);
    this.#above = lastLine(prefix.slice(0, prefix.length - this.#before.length));
    this.#indent = indentOf(this.#before.trim() === '' ? this.#before : lineIndent(this.#before));
    const [rest = '', ...following] = suffix.split('\n');
    this.#rest = /^\s*[)\]}]/.test(rest) ? '' : rest.trim();
    this.#after = (following.find((line) => line.trim() !== '') ?? '').trimEnd();
  }

  /** Everything that was shown. */
  get text(): string {
    return this.#shown;
  }

  /** Nothing more will be shown, whatever comes. */
  get done(): boolean {
    return this.#done;
  }

  /** Takes what the model wrote. @returns what may be shown now */
  push(text: string): string {
    if (this.#done) return '';
    this.#raw += text;
    return this.#show(false);
  }

  /** The model has ended. @returns the rest */
  end(): string {
    if (this.#done) return '';
    return this.#show(true);
  }

  #show(ended: boolean): string {
    const { text, done } = this.#clean(ended);
    const more = text.slice(this.#shown.length);
    this.#shown = text;
    this.#done = done || ended;
    return more;
  }

  #clean(ended: boolean): { text: string; done: boolean } {
    const known = withoutSpecials(this.#raw, this.#options.specials, ended);
    const body = /\s$/.test(this.#before) ? known.text.replace(/^[ \t]+/, '') : known.text;
    const { text, cut } = this.#lines(body, ended || known.cut);
    const sealed = ended || known.cut || cut;
    return { text: this.#withoutRest(text, sealed), done: known.cut || cut };
  }

  /** @param whole nothing comes behind the text */
  #lines(body: string, whole: boolean): { text: string; cut: boolean } {
    const single = this.#options.lines === 'single';
    const lines = body.split('\n');
    const scan = new BracketScan(this.#around);
    const count = new Map<string, number>();
    let out = '';
    let above = this.#above;
    let blank = 0;
    for (const [index, written] of lines.entries()) {
      if (single && index > 0) return { text: out, cut: true };
      const at = scan.line(written);
      const line = at === null ? written : written.slice(0, at);
      const isWhole = whole || at !== null || index < lines.length - 1;
      const full = index === 0 ? `${this.#before}${line}` : line;
      const isBlank = line.trim() === '';
      if (isBlank && !isWhole) return { text: out, cut: false };
      if (index > 0 && !isBlank && indentOf(line) < this.#indent) return { text: out, cut: true };
      blank = isBlank && index > 0 ? blank + 1 : 0;
      if (blank > 1 && index < lines.length - 1) return { text: out, cut: true };
      const targets = [above, index > 0 ? this.#after : ''].filter(saysMuch);
      if (!isWhole && targets.some((one) => one.startsWith(full) || one === full.trimEnd())) {
        return { text: out, cut: false };
      }
      const key = full.trimEnd();
      const same = (count.get(key) ?? 0) + 1;
      if (isWhole && targets.includes(key)) return { text: out, cut: true };
      if (saysMuch(key)) {
        const isKnown = [...count].some(([one, times]) => times >= mostSame && one.startsWith(key));
        if (isWhole && same > mostSame) return { text: out, cut: true };
        if (!isWhole && isKnown) return { text: out, cut: false };
      } else if (!isWhole && [...count].some(([one, times]) => times >= mostSame && one.startsWith(key))) {
        return { text: out, cut: false };
      }
      if (isWhole && saysMuch(key)) count.set(key, same);
      out += index === 0 ? line : `\n${line}`;
      if (at !== null) return { text: out, cut: true };
      if (!isBlank) above = key;
    }
    return { text: out, cut: false };
  }

  /** The cursor is in a string, which the text closes, and so does what stands behind the cursor. */
  #endsTwice(text: string): boolean {
    const { quote } = this.#around;
    return (
      quote !== '' && this.#rest.startsWith(quote) && !text.includes('\n') && quoteAtEnd(text, quote) === ''
    );
  }

  /** Without blanks at the end, and without what stands behind the cursor in its line. @param sealed nothing comes behind */
  #withoutRest(text: string, sealed: boolean): string {
    const rest = this.#rest;
    const trimmed = text.trimEnd();
    if (rest === '') return trimmed;
    let held = Math.min(rest.length, trimmed.length);
    while (held > 0 && !trimmed.endsWith(rest.slice(0, held))) held--;
    const without = trimmed.slice(0, trimmed.length - held).trimEnd();
    return sealed && held < rest.length && !this.#endsTwice(trimmed) ? trimmed : without;
  }
}

/** A special token that was cut off shows by half of it, and by no less than this. */
const leastOfToken = 4;

/** The text up to the first special token, or up to what may become one. */
function withoutSpecials(raw: string, specials: readonly string[], ended: boolean) {
  let first = raw.length;
  for (const token of specials) {
    const at = raw.indexOf(token);
    if (at >= 0 && at < first) first = at;
  }
  if (first < raw.length) return { text: raw.slice(0, first), cut: true };
  let held = 0;
  for (const token of specials) {
    const least = ended ? Math.max(leastOfToken, Math.ceil(token.length / 2)) - 1 : 0;
    let length = Math.min(token.length - 1, raw.length);
    while (length > held && !raw.endsWith(token.slice(0, length))) length--;
    if (length > least) held = Math.max(held, length);
  }
  return { text: raw.slice(0, raw.length - held), cut: false };
}

/** The last line that is not empty; the text ends with a line end. */
function lastLine(text: string): string {
  const trimmed = text.trimEnd();
  return trimmed.slice(trimmed.lastIndexOf('\n') + 1);
}

const lineIndent = (line: string) => /^\s*/.exec(line)?.[0] ?? '';

/** Columns that a line is indented by; a tab counts as four. */
function indentOf(line: string): number {
  let columns = 0;
  for (const sign of lineIndent(line)) columns += sign === '\t' ? 4 : 1;
  return columns;
}
