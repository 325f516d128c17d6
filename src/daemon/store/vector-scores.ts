import { bestFirst } from './best-first.js';
import type { ContentSimilarity, VectorHit, VectorScores } from './contract.js';
import { nthLargest } from './nth-largest.js';
import type { Comparison } from './vector-matrix.js';
import type { VectorRows } from './vector-rows.js';

const undecided = 0;
const yes = 1;
const no = 2;
/** Rows looked at beyond the limit at first: some are of contents that are gone or not wanted. */
const spare = 16;
/** Of the rows with the best sketches so many times those wanted are compared exactly, and this share of all rows. */
const comparedPerWanted = 8;
const comparedShare = 1 / 64;

/** How many of some rows to compare exactly where so many are likely to be wanted. */
export const rowsToCompare = (likely: number, count: number): number =>
  Math.max((likely + spare) * comparedPerWanted, count * comparedShare);

interface Row {
  row: number;
  similarity: number;
}

/** The result of a scan. Stays as it is while vectors are added; contents that are no longer there are left out. */
export class ScanScores implements VectorScores {
  readonly #rows: VectorRows;
  readonly #comparison: Comparison;
  readonly #isHere: (key: string) => boolean;
  readonly #lengthOfSum: (rows: Int32Array) => number;

  /** @param lengthOfSum how long the sum of some rows' vectors is */
  constructor(
    rows: VectorRows,
    comparison: Comparison,
    isHere: (key: string) => boolean,
    lengthOfSum: (rows: Int32Array) => number,
  ) {
    this.#rows = rows;
    this.#comparison = comparison;
    this.#isHere = isHere;
    this.#lengthOfSum = lengthOfSum;
  }

  nearest(limit: number, wanted: (key: string) => boolean): VectorHit[] {
    if (limit < 1) return [];
    const decided = new Uint8Array(this.#rows.contentsEnd);
    const isWanted = (content: number) => {
      if (decided[content] === undecided) {
        const key = this.#rows.keyOf(content);
        decided[content] = key !== null && this.#isHere(key) && wanted(key) ? yes : no;
      }
      return decided[content] === yes;
    };
    const hits: VectorHit[] = [];
    for (const one of this.#descending(limit + spare)) {
      if (!isWanted(this.#rows.contentOf(one.row))) continue;
      hits.push(this.#hit(one));
      if (hits.length === limit) break;
    }
    return hits;
  }

  of(keys: readonly string[], limit = Number.POSITIVE_INFINITY): ContentSimilarity[] {
    const contents = keys.map((key) => this.#rowsOf(key));
    const all = new Int32Array(contents.reduce((sum, { length }) => sum + length, 0));
    let end = 0;
    for (const rows of contents) {
      all.set(rows, end);
      end += rows.length;
    }
    const similarities = this.#comparison.of(all);
    let at = 0;
    return contents.map((rows, index) => {
      const own = similarities.subarray(at, at + rows.length);
      at += rows.length;
      const nearest = this.#nearestOf(keys[index] ?? '', rows, own, limit);
      return { nearest, whole: this.#wholeOf(rows, own) };
    });
  }

  #nearestOf(key: string, rows: Int32Array, similarities: Float32Array, limit: number): VectorHit[] {
    const least = rows.length > limit ? nthLargest(similarities.slice(), limit) : Number.NEGATIVE_INFINITY;
    const hits: VectorHit[] = [];
    for (let at = 0; at < rows.length; at++) {
      const similarity = similarities[at] as number;
      if (similarity < least) continue;
      hits.push({ key, ord: this.#rows.ordOf(rows[at] as number), similarity });
    }
    return hits.sort(nearer).slice(0, limit);
  }

  #wholeOf(rows: Int32Array, similarities: Float32Array): number | null {
    const length = this.#lengthOfSum(rows);
    return length === 0 ? null : similarities.reduce((sum, one) => sum + one, 0) / length;
  }

  /**
   * Rows, nearest first. Those with the best sketches come first, put in order by their similarities, then
   * those with the next best: only what is asked for is compared.
   * @param count how many are likely to be wanted
   */
  *#descending(count: number): Generator<Row> {
    for (const rows of this.#comparison.bands) {
      yield* this.#bestFirst(rows, this.#comparison.of(rows), count);
    }
  }

  *#bestFirst(rows: Int32Array, similarities: Float32Array, likely: number): Generator<Row> {
    const between = (a: number, b: number) => this.#compare(rows[a] as number, rows[b] as number);
    for (const at of bestFirst(similarities, likely, between)) {
      yield { row: rows[at] as number, similarity: similarities[at] as number };
    }
  }

  /** Rows of a content that the scan has seen. */
  #rowsOf(key: string): Int32Array {
    if (!this.#isHere(key)) return nothing;
    const rows = this.#rows.rowsOf(key);
    const { count } = this.#comparison;
    // The newest come first.
    return (rows[0] ?? 0) < count ? rows : rows.filter((row) => row < count);
  }

  readonly #hit = ({ row, similarity }: Row): VectorHit => ({
    key: this.#keyOf(row),
    ord: this.#rows.ordOf(row),
    similarity,
  });

  #compare(a: number, b: number): number {
    const [one, other] = [this.#keyOf(a), this.#keyOf(b)];
    return one < other ? -1 : one > other ? 1 : this.#rows.ordOf(a) - this.#rows.ordOf(b);
  }

  #keyOf(row: number): string {
    return this.#rows.keyOf(this.#rows.contentOf(row)) ?? '';
  }
}

const nothing = new Int32Array();

/** Of one content. */
const nearer = (a: VectorHit, b: VectorHit) => b.similarity - a.similarity || a.ord - b.ord;
