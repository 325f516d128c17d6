const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const isClosing = (sign: string) => sign === ')' || sign === ']' || sign === '}';
const isQuote = (sign: string) => sign === '"' || sign === "'" || sign === '`';
const isWordSign = (sign: string | undefined) => sign !== undefined && /\w/.test(sign);

/** How brackets stand around a cursor. */
export interface BracketState {
  /** Brackets that are open before the cursor and that the text after it does not close. */
  readonly free: number;
  /** The first closing bracket after the cursor that belongs to one before it; empty: there is none. */
  readonly next: string;
  /** The quote of the string that the cursor is in; empty: none. */
  readonly quote: string;
}

/**
 * Counts brackets, those in strings left out. Strings end with their line: of what spans lines, comments included, the
 * brackets most often match.
 */
export function bracketsAround(prefix: string, suffix: string): BracketState {
  const open: string[] = [];
  let quote = '';
  walk(
    prefix,
    '',
    (sign) => {
      if (isClosing(sign)) {
        if (open.at(-1) === sign) open.pop();
      } else open.push(closing[sign] ?? '');
    },
    (last) => {
      quote = last;
    },
  );
  const inner: string[] = [];
  let next = '';
  let closed = 0;
  walk(suffix, quote, (sign) => {
    if (!isClosing(sign)) inner.push(closing[sign] ?? '');
    else if (inner.length > 0) inner.pop();
    else {
      if (closed === 0) next = sign;
      closed++;
    }
  });
  return { free: Math.max(0, open.length - closed), next, quote };
}

function walk(
  text: string,
  from: string,
  onBracket: (sign: string) => void,
  onEnd?: (quote: string) => void,
): void {
  let quote = from;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] ?? '';
    quote = quoteAfter(quote, sign, text, at);
    if (quote === '' && (sign in closing || isClosing(sign))) onBracket(sign);
  }
  onEnd?.(quote);
}

/** The quote of the string that a text ends in; empty: none. @param from that of the string in which it begins */
export function quoteAtEnd(text: string, from: string): string {
  let quote = from;
  for (let at = 0; at < text.length; at++) quote = quoteAfter(quote, text[at] ?? '', text, at);
  return quote;
}

/** The quote of the string after a sign. An apostrophe within or right after a word is none: `don't`, `f'`. */
function quoteAfter(quote: string, sign: string, text: string, at: number): string {
  if (sign === '\n') return '';
  if (!isQuote(sign)) return quote;
  if (quote === '') return sign === "'" && isWordSign(text[at - 1]) ? '' : sign;
  return quote === sign && text[at - 1] !== '\\' ? '' : quote;
}

/** Finds where a text closes a bracket that what stands after the cursor closes already. Takes it line by line. */
export class BracketScan {
  readonly #state: BracketState;
  #free: number;
  #first = true;
  #open = 0;

  constructor(state: BracketState) {
    this.#state = state;
    this.#free = state.free;
  }

  /** @returns the place of such a bracket in the line; null: there is none */
  line(text: string): number | null {
    let quote = this.#first ? this.#state.quote : '';
    this.#first = false;
    for (let at = 0; at < text.length; at++) {
      const sign = text[at] ?? '';
      quote = quoteAfter(quote, sign, text, at);
      if (quote !== '') continue;
      if (sign in closing) this.#open++;
      else if (isClosing(sign)) {
        if (this.#open > 0) this.#open--;
        else if (this.#free > 0) this.#free--;
        else if (sign === this.#state.next) return at;
      }
    }
    return null;
  }
}
