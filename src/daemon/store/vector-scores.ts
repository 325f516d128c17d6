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
const sampleSize = 512;
/** Where that was not enough, the next look is at so many times more. */
const growth = 6;

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
    return contents.map((rows) => {
      const own = similarities.subarray(at, at + rows.length);
      at += rows.length;
      return { nearest: this.#nearestOf(rows, own, limit), whole: this.#wholeOf(rows, own) };
    });
  }

  #nearestOf(rows: Int32Array, similarities: Float32Array, limit: number): VectorHit[] {
    const least = nthLargest(similarities.slice(), limit);
    return between(rows, similarities, least, Number.POSITIVE_INFINITY)
      .sort(this.#compare)
      .slice(0, limit)
      .map(this.#hit);
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
    const most = Math.max(count * comparedPerWanted, this.#comparison.count * comparedShare);
    for (const rows of bandsOf(this.#comparison, most)) {
      const similarities = this.#comparison.of(rows);
      const unordered = similarities.slice();
      let below = Number.POSITIVE_INFINITY;
      for (let size = count; below > Number.NEGATIVE_INFINITY; size *= growth) {
        const from = nthLargest(unordered, size);
        if (from >= below) continue;
        yield* between(rows, similarities, from, below).sort(this.#compare);
        below = from;
      }
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

  readonly #compare = (a: Row, b: Row): number => {
    if (a.similarity !== b.similarity) return b.similarity - a.similarity;
    const [one, other] = [this.#keyOf(a.row), this.#keyOf(b.row)];
    return one < other ? -1 : one > other ? 1 : this.#rows.ordOf(a.row) - this.#rows.ordOf(b.row);
  };

  #keyOf(row: number): string {
    return this.#rows.keyOf(this.#rows.contentOf(row)) ?? '';
  }
}

const nothing = new Int32Array();

/** All rows, those with the best sketches first: about `most`, as a sample tells, then ever more of the others. */
function* bandsOf({ count, sketches }: Comparison, most: number): Generator<Int32Array> {
  if (!sketches) {
    yield Int32Array.from({ length: count }, (_, row) => row);
    return;
  }
  const sample = sampleOf(sketches);
  let below = Number.POSITIVE_INFINITY;
  for (let wanted = most; below > 0; wanted *= growth) {
    const from = sample[Math.ceil((wanted / count) * sample.length)] ?? 0;
    if (from >= below) continue;
    yield rowsBetween(sketches, from, below);
    below = from;
  }
}

/** Some of the scores, evenly spread, highest first. */
function sampleOf(scores: Uint16Array): Uint16Array {
  const step = Math.max(1, Math.floor(scores.length / sampleSize));
  const sample = new Uint16Array(Math.floor(scores.length / step));
  for (let at = 0; at < sample.length; at++) sample[at] = scores[at * step] as number;
  return sample.sort().reverse();
}

function rowsBetween(scores: Uint16Array, from: number, below: number): Int32Array {
  const rows: number[] = [];
  for (let row = 0; row < scores.length; row++) {
    const score = scores[row] as number;
    if (score >= from && score < below) rows.push(row);
  }
  return new Int32Array(rows);
}

/** The rows whose similarity is at least `from` and less than `below`. */
function between(rows: Int32Array, similarities: Float32Array, from: number, below: number): Row[] {
  const found: Row[] = [];
  for (let at = 0; at < rows.length; at++) {
    const similarity = similarities[at] as number;
    if (similarity >= from && similarity < below) found.push({ row: rows[at] as number, similarity });
  }
  return found;
}
