/** Longest UTF-8 sequence: that many byte tokens may make one character. */
const longestSequence = 4;
const replacement = '\u{FFFD}';

/** Joins tokens to text so that no character is cut in two: tokens of one byte each are held until the character is whole. */
export class Utf8Joiner<Token> {
  readonly #textOf: (tokens: readonly Token[]) => string;
  #held: Token[] = [];

  /** @param textOf the text of tokens in a row, with U+FFFD for what is no UTF-8 */
  constructor(textOf: (tokens: readonly Token[]) => string) {
    this.#textOf = textOf;
  }

  /** @returns what is whole now; '' if the character is not */
  push(token: Token): string {
    this.#held.push(token);
    const text = this.#textOf(this.#held);
    if (text.endsWith(replacement) && this.#held.length < longestSequence) return '';
    this.#held = [];
    return text;
  }

  /** The rest, however broken. */
  end(): string {
    const text = this.#held.length === 0 ? '' : this.#textOf(this.#held);
    this.#held = [];
    return text;
  }
}

/** Looks for texts in a stream; what could be the beginning of one is kept back. */
export class TextFinder {
  readonly #texts: readonly string[];
  #held = '';

  constructor(texts: readonly string[]) {
    this.#texts = texts.filter((text) => text !== '');
  }

  /** @returns what certainly comes before any of the texts; `found`, the one that came first, and what is `after` it */
  push(text: string): { before: string; found: string | null; after: string } {
    const all = this.#held + text;
    let at = -1;
    let found: string | null = null;
    for (const wanted of this.#texts) {
      const index = all.indexOf(wanted);
      if (index < 0 || (at >= 0 && index >= at)) continue;
      at = index;
      found = wanted;
    }
    if (found !== null) {
      this.#held = '';
      return { before: all.slice(0, at), found, after: all.slice(at + found.length) };
    }
    const keep = Math.max(0, ...this.#texts.map((wanted) => overlap(all, wanted)));
    this.#held = all.slice(all.length - keep);
    return { before: all.slice(0, all.length - keep), found: null, after: '' };
  }

  /** What was kept back. */
  end(): string {
    const text = this.#held;
    this.#held = '';
    return text;
  }
}

/** Length of the longest end of `text` that `wanted` begins with and is longer than. */
function overlap(text: string, wanted: string): number {
  for (let length = Math.min(text.length, wanted.length - 1); length > 0; length--) {
    if (text.endsWith(wanted.slice(0, length))) return length;
  }
  return 0;
}

/** The texts around what a model says to itself. */
export interface ThinkingMarks {
  readonly open: string;
  readonly close: string;
  /** An answer begins with thinking, without the mark. */
  readonly opened: boolean;
}

export interface StreamPart {
  readonly type: 'text' | 'thinking';
  readonly text: string;
}

/** Parts what a model writes into text and thinking, and ends it at a stop text. Pure. */
export class AnswerStream {
  readonly #stop: TextFinder;
  readonly #marks: ThinkingMarks | null;
  #thinking: boolean;
  #mark: TextFinder | null;
  /** Leading white space of an answer after its thinking belongs to neither. */
  #trim = false;

  constructor(stop: readonly string[], marks: ThinkingMarks | null) {
    this.#stop = new TextFinder(stop);
    this.#marks = marks;
    this.#thinking = marks?.opened ?? false;
    this.#mark = this.#nextMark();
  }

  /** @returns what may be sent on, and whether a stop text was found */
  push(text: string): { parts: StreamPart[]; stopped: boolean } {
    const { before, found } = this.#stop.push(text);
    const parts = this.#divide(before);
    if (found !== null) parts.push(...this.#rest());
    return { parts, stopped: found !== null };
  }

  end(): StreamPart[] {
    return [...this.#divide(this.#stop.end()), ...this.#rest()];
  }

  #nextMark(): TextFinder | null {
    if (this.#marks === null) return null;
    return new TextFinder([this.#thinking ? this.#marks.close : this.#marks.open]);
  }

  #divide(text: string): StreamPart[] {
    const parts: StreamPart[] = [];
    let left = text;
    while (left !== '') {
      if (this.#mark === null) {
        this.#add(parts, left);
        break;
      }
      const { before, found, after } = this.#mark.push(left);
      this.#add(parts, before);
      if (found === null) break;
      this.#trim = this.#thinking;
      this.#thinking = !this.#thinking;
      this.#mark = this.#nextMark();
      left = after;
    }
    return parts;
  }

  #rest(): StreamPart[] {
    const parts: StreamPart[] = [];
    this.#add(parts, this.#mark?.end() ?? '');
    return parts;
  }

  #add(parts: StreamPart[], text: string): void {
    const shown = this.#trim && !this.#thinking ? text.trimStart() : text;
    if (shown === '') return;
    this.#trim = false;
    parts.push({ type: this.#thinking ? 'thinking' : 'text', text: shown });
  }
}
