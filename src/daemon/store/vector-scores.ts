import type { VectorHit, VectorScores } from './contract.js';
import type { VectorRows } from './vector-rows.js';

const undecided = 0;
const yes = 1;
const no = 2;
// Rows kept beyond the limit before the worst of them are dropped.
const spare = 64;

/** The result of a scan. Stays as it is while vectors are added; contents that are no longer there are left out. */
export class ScanScores implements VectorScores {
  readonly #rows: VectorRows;
  /** One for each of the first rows. */
  readonly #scores: Float32Array;
  readonly #isHere: (key: string) => boolean;
  #last: { key: string; rows: readonly number[] } = { key: '', rows: [] };
  readonly #lengthOfSum: (rows: readonly number[]) => number;

  /** @param lengthOfSum how long the sum of some rows' vectors is */
  constructor(
    rows: VectorRows,
    scores: Float32Array,
    isHere: (key: string) => boolean,
    lengthOfSum: (rows: readonly number[]) => number,
  ) {
    this.#rows = rows;
    this.#scores = scores;
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
    const scores = this.#scores;
    const kept: number[] = [];
    let least = Number.NEGATIVE_INFINITY;
    for (let row = 0; row < scores.length; row++) {
      const score = scores[row] as number;
      if (score < least || this.#rows.ordOf(row) < 0 || !isWanted(this.#rows.contentOf(row))) continue;
      kept.push(row);
      if (kept.length < limit * 2 + spare) continue;
      kept.sort(this.#byScore).length = limit;
      least = scores[kept[limit - 1] as number] as number;
    }
    return kept.sort(this.#byScore).slice(0, limit).map(this.#hit);
  }

  of(key: string, limit = Number.POSITIVE_INFINITY): VectorHit[] {
    const chunks = this.#rowsOf(key).filter((row) => this.#rows.ordOf(row) >= 0);
    return this.#best(chunks, limit).map((row) => ({
      key,
      ord: this.#rows.ordOf(row),
      similarity: this.#scores[row] as number,
    }));
  }

  namesOf(key: string): number | null {
    const row = this.#rowsOf(key).find((one) => this.#rows.ordOf(one) < 0);
    return row === undefined ? null : (this.#scores[row] as number);
  }

  wholeOf(key: string): number | null {
    const chunks = this.#rowsOf(key).filter((row) => this.#rows.ordOf(row) >= 0);
    const length = this.#lengthOfSum(chunks);
    if (length === 0) return null;
    return chunks.reduce((sum, row) => sum + (this.#scores[row] as number), 0) / length;
  }

  /** The best of some rows of one content, best first. */
  #best(rows: number[], limit: number): number[] {
    if (rows.length <= limit * 2) return rows.sort(this.#byScoreAndOrd).slice(0, limit);
    const some = rows.slice(0, limit * 2).sort(this.#byScoreAndOrd);
    let least = this.#scores[some[limit - 1] as number] as number;
    const kept = some.slice(0, limit);
    for (const row of rows.slice(limit * 2)) {
      if ((this.#scores[row] as number) < least) continue;
      kept.push(row);
      if (kept.length < limit * 2) continue;
      kept.sort(this.#byScoreAndOrd).length = limit;
      least = this.#scores[kept[limit - 1] as number] as number;
    }
    return kept.sort(this.#byScoreAndOrd).slice(0, limit);
  }

  /** Rows of a content that the scan has seen. */
  #rowsOf(key: string): readonly number[] {
    if (!this.#isHere(key)) return [];
    // What is known of a content is asked for in a row.
    if (this.#last.key !== key) {
      const rows = this.#rows.rowsOf(key).filter((row) => row < this.#scores.length);
      this.#last = { key, rows };
    }
    return this.#last.rows;
  }

  readonly #hit = (row: number): VectorHit => ({
    key: this.#keyOf(row),
    ord: this.#rows.ordOf(row),
    similarity: this.#scores[row] as number,
  });

  readonly #byScore = (a: number, b: number): number => {
    const difference = (this.#scores[b] as number) - (this.#scores[a] as number);
    if (difference !== 0) return difference;
    const [one, other] = [this.#keyOf(a), this.#keyOf(b)];
    return one < other ? -1 : one > other ? 1 : this.#rows.ordOf(a) - this.#rows.ordOf(b);
  };

  /** For rows of one content. */
  readonly #byScoreAndOrd = (a: number, b: number): number =>
    (this.#scores[b] as number) - (this.#scores[a] as number) || this.#rows.ordOf(a) - this.#rows.ordOf(b);

  #keyOf(row: number): string {
    return this.#rows.keyOf(this.#rows.contentOf(row)) ?? '';
  }
}
