import type { VectorHit, VectorScores } from './contract.js';
import type { Comparison } from './vector-matrix.js';
import type { VectorRows } from './vector-rows.js';

const undecided = 0;
const yes = 1;
const no = 2;
/** Rows looked at beyond the limit at first: some are of contents that are gone or not wanted. */
const spare = 64;
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
  readonly #lengthOfSum: (rows: readonly number[]) => number;
  #last: { key: string; rows: readonly Row[] } = { key: '', rows: [] };

  /** @param lengthOfSum how long the sum of some rows' vectors is */
  constructor(
    rows: VectorRows,
    comparison: Comparison,
    isHere: (key: string) => boolean,
    lengthOfSum: (rows: readonly number[]) => number,
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

  of(key: string, limit = Number.POSITIVE_INFINITY): VectorHit[] {
    return firstOf([...this.#rowsOf(key)], limit, this.#compare).map(this.#hit);
  }

  wholeOf(key: string): number | null {
    const rows: number[] = [];
    let sum = 0;
    for (const { row, similarity } of this.#rowsOf(key)) {
      rows.push(row);
      sum += similarity;
    }
    const length = this.#lengthOfSum(rows);
    return length === 0 ? null : sum / length;
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
      const sorted = similarities.slice().sort();
      let below = Number.POSITIVE_INFINITY;
      for (let size = count; below > Number.NEGATIVE_INFINITY; size *= growth) {
        const from = sorted[sorted.length - size] ?? Number.NEGATIVE_INFINITY;
        if (from >= below) continue;
        yield* between(rows, similarities, from, below).sort(this.#compare);
        below = from;
      }
    }
  }

  /** Rows of a content that the scan has seen. */
  #rowsOf(key: string): readonly Row[] {
    if (!this.#isHere(key)) return [];
    // What is known of a content is asked for in a row.
    if (this.#last.key !== key) {
      const rows = this.#rows.rowsOf(key).filter((row) => row < this.#comparison.count);
      const similarities = this.#comparison.of(rows);
      this.#last = { key, rows: rows.map((row, at) => ({ row, similarity: similarities[at] as number })) };
    }
    return this.#last.rows;
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

/** All rows, those with the best sketches first: about `most`, as a sample tells, then ever more of the others. */
function* bandsOf({ count, sketches }: Comparison, most: number): Generator<number[]> {
  if (!sketches) {
    yield Array.from({ length: count }, (_, row) => row);
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

function rowsBetween(scores: Uint16Array, from: number, below: number): number[] {
  const rows: number[] = [];
  for (let row = 0; row < scores.length; row++) {
    const score = scores[row] as number;
    if (score >= from && score < below) rows.push(row);
  }
  return rows;
}

/** The rows whose similarity is at least `from` and less than `below`. */
function between(rows: readonly number[], similarities: Float32Array, from: number, below: number): Row[] {
  const found: Row[] = [];
  for (let at = 0; at < rows.length; at++) {
    const similarity = similarities[at] as number;
    if (similarity >= from && similarity < below) found.push({ row: rows[at] as number, similarity });
  }
  return found;
}

/** The first so many in an order, without putting the others in order. */
function firstOf(rows: Row[], limit: number, compare: (a: Row, b: Row) => number): Row[] {
  if (rows.length <= limit * 2) return rows.sort(compare).slice(0, limit);
  const similarities = Float32Array.from(rows, ({ similarity }) => similarity).sort();
  const least = similarities[similarities.length - limit] as number;
  return rows
    .filter(({ similarity }) => similarity >= least)
    .sort(compare)
    .slice(0, limit);
}
