import { sharedPrefix } from './path-index.js';
import type { QueryText } from './query.js';

/** Extra matches of a stem: "regist" is enough of "register" and "registry". */
const sharedShare = 0.6;

const nowhere: readonly number[] = [];

/** Finds the words of one query among other words. */
export class WordMatcher {
  readonly #stems: readonly string[];
  readonly #shares: readonly number[];
  /** Positions of the stems that a word matches, remembered for the reply: names share their words. */
  readonly #known = new Map<string, readonly number[]>();

  constructor({ stems, shares }: Pick<QueryText, 'stems' | 'shares'>) {
    this.#stems = stems;
    this.#shares = shares;
  }

  /** Positions of the query's stems that a word matches. */
  at(word: string): readonly number[] {
    const before = this.#known.get(word);
    if (before) return before;
    let found = nowhere;
    for (let at = 0; at < this.#stems.length; at++) {
      if (matches(this.#stems[at] as string, word)) found = [...found, at];
    }
    this.#known.set(word, found);
    return found;
  }

  /** Which of the query's stems are among some words. */
  covered(words: readonly string[]): boolean[] {
    const found = new Array<boolean>(this.#stems.length).fill(false);
    for (const word of words) for (const at of this.at(word)) found[at] = true;
    return found;
  }

  /** The sum of the stems' shares that are covered; by other shares where some are given. */
  weigh(covered: readonly boolean[], shares: readonly number[] = this.#shares): number {
    let sum = 0;
    for (let at = 0; at < covered.length; at++) if (covered[at]) sum += shares[at] ?? 0;
    // Shares that sum to 1 may add up to a little more.
    return Math.min(1, sum);
  }

  /** Share of the query that is among some words. */
  recall(words: readonly string[]): number {
    return this.weigh(this.covered(words));
  }

  /** Share of some words that are in the query; 0 for none. */
  precision(words: readonly string[]): number {
    if (words.length === 0) return 0;
    return words.filter((word) => this.at(word).length > 0).length / words.length;
  }
}

/** The same word, or the same beginning: "auth" and "authentication", "registry" and "register". */
export function matches(a: string, b: string): boolean {
  if (a.charCodeAt(0) !== b.charCodeAt(0)) return false;
  if (a === b) return true;
  const shorter = Math.min(a.length, b.length);
  if (shorter < sharedPrefix) return false;
  let shared = 1;
  while (shared < shorter && a.charCodeAt(shared) === b.charCodeAt(shared)) shared++;
  const longer = Math.max(a.length, b.length);
  return shared === shorter || (shared >= sharedPrefix && shared >= longer * sharedShare);
}
