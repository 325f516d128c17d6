import { fingerprintHigh, fingerprintLow, rootSeed, wordSeed } from './fingerprint.js';
import { entryOf, type Layout, stop } from './layout.js';
import { root } from './root.js';

/** Shorter terms, and longer ones, are not looked up. */
const minTerm = 2;
const maxTerm = 24;
/** Shortest piece of an unknown word, and most pieces of one. */
const minPiece = 3;
const maxPieces = 6;
const blank = 0x20;

/** Slots for unknown terms that were taken apart already; it is emptied when three quarters are taken. */
const memoSlots = 1 << 15;
const memoMask = memoSlots - 1;
const memoLimit = (memoSlots * 3) / 4;
const memoWidth = 2 + maxPieces;

/**
 * Counts the entries of a model in columns of terms: at indexing, in queries and in training alike.
 *
 * A term that the model does not know stands for its root; without that for the longest known pieces from left to
 * right; without those for nothing. A compound comes right after its parts in a column: if it is unknown it is passed
 * over, as its parts are counted already.
 */
export class Bag {
  readonly #layout: Layout;
  /** How often each entry occurs; zero outside of a count. */
  readonly counts: Int32Array;
  /** The entries that occur, in order of first appearance; `size` of them. */
  readonly entries: Int32Array;
  size = 0;
  readonly #memo = new Int32Array(memoSlots * memoWidth);
  #memoTaken = 0;

  constructor(layout: Layout) {
    this.#layout = layout;
    this.counts = new Int32Array(layout.words + layout.roots);
    this.entries = new Int32Array(layout.words + layout.roots);
  }

  /** Forgets what was counted. */
  clear(): void {
    for (let at = 0; at < this.size; at++) this.counts[this.entries[at] as number] = 0;
    this.size = 0;
  }

  /** Counts the terms of a column (shared/terms.ts), in addition to what was counted since `clear`. */
  add(column: string): void {
    const layout = this.#layout;
    const length = column.length;
    let previous = 0;
    let previousEnd = 0;
    let at = 0;
    while (at < length) {
      const from = at;
      let code = column.charCodeAt(at);
      while (code !== blank) {
        if (++at >= length) break;
        code = column.charCodeAt(at);
      }
      const letters = at - from;
      if (letters >= minTerm && letters <= maxTerm) {
        const low = fingerprintLow(column, from, at, wordSeed);
        const high = fingerprintHigh(column, from, at, wordSeed);
        const entry = entryOf(layout, low, high);
        if (entry < 0) {
          if (!endsWithPrevious(column, previous, previousEnd, from, at))
            this.#unknown(column, from, at, low, high);
        } else if (entry !== stop) this.#count(entry);
      }
      previous = from;
      previousEnd = at;
      at++;
    }
  }

  #count(entry: number): void {
    const before = this.counts[entry] as number;
    if (before === 0) this.entries[this.size++] = entry;
    this.counts[entry] = before + 1;
  }

  #unknown(column: string, from: number, to: number, low: number, high: number): void {
    const memo = this.#memo;
    let slot = high & memoMask;
    for (;;) {
      const at = slot * memoWidth;
      if (memo[at] === low && memo[at + 1] === high) break;
      if (memo[at] === 0 && memo[at + 1] === 0) {
        slot = this.#remember(column.slice(from, to), slot, low, high);
        break;
      }
      slot = (slot + 1) & memoMask;
    }
    const first = slot * memoWidth + 2;
    for (let at = first; at < first + maxPieces; at++) {
      const entry = (memo[at] as number) - 1;
      if (entry < 0) return;
      this.#count(entry);
    }
  }

  #remember(term: string, free: number, low: number, high: number): number {
    let slot = free;
    if (this.#memoTaken >= memoLimit) {
      this.#memo.fill(0);
      this.#memoTaken = 0;
      slot = high & memoMask;
    }
    this.#memoTaken++;
    const at = slot * memoWidth;
    this.#memo[at] = low;
    this.#memo[at + 1] = high;
    for (const [index, entry] of entriesOfUnknown(this.#layout, term).entries()) {
      this.#memo[at + 2 + index] = entry + 1;
    }
    return slot;
  }
}

/**
 * Whether a term is a compound that ends with the term before it: that one without its last letter, which stemming
 * may have changed, stands in it, but not at its beginning.
 */
function endsWithPrevious(
  column: string,
  previous: number,
  previousEnd: number,
  from: number,
  to: number,
): boolean {
  const letters = previousEnd - previous;
  const needed = letters > 3 ? letters - 1 : letters;
  if (needed < 2) return false;
  const first = column.charCodeAt(previous);
  for (let at = to - needed; at > from; at--) {
    if (column.charCodeAt(at) !== first) continue;
    let same = 1;
    while (same < needed && column.charCodeAt(at + same) === column.charCodeAt(previous + same)) same++;
    if (same === needed) return true;
  }
  return false;
}

/** The entries that an unknown term stands for: its root's, or those of its pieces; none if it has none. */
function entriesOfUnknown(layout: Layout, term: string): number[] {
  const whole = rootEntry(layout, root(term));
  if (whole >= 0) return [whole];
  const found: number[] = [];
  for (let at = 0; at + minPiece <= term.length && found.length < maxPieces; ) {
    const [entry, end] = pieceAt(layout, term, at);
    if (entry >= 0 && entry !== stop) found.push(entry);
    at = entry < 0 ? at + 1 : end;
  }
  return found;
}

/** The longest known piece from a position on, and where it ends. */
function pieceAt(layout: Layout, term: string, at: number): [entry: number, end: number] {
  for (let end = term.length; end >= at + minPiece; end--) {
    const piece = term.slice(at, end);
    const word = wordEntry(layout, piece);
    const entry = word >= 0 ? word : rootEntry(layout, piece);
    if (entry >= 0) return [entry, end];
  }
  return [-1, at];
}

/** The entry of a term that is known as a word, `stop`, or -1. */
function wordEntry(layout: Layout, term: string): number {
  return entryOf(
    layout,
    fingerprintLow(term, 0, term.length, wordSeed),
    fingerprintHigh(term, 0, term.length, wordSeed),
  );
}

/** The entry of a root, or -1. */
export function rootEntry(layout: Layout, term: string): number {
  return entryOf(
    layout,
    fingerprintLow(term, 0, term.length, rootSeed),
    fingerprintHigh(term, 0, term.length, rootSeed),
  );
}
