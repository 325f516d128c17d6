import { setImmediate as nextTurn } from 'node:timers/promises';
import { nthLargest } from './nth-largest.js';
import { largestScore, type VectorSketches } from './vector-sketches.js';

/** Where the rows of a band were not enough, the next holds so many times more. */
const growth = 6;

/** The rows that a query was compared with, in bands: those with the best sketches first. */
export class VectorBands {
  readonly #sketches: VectorSketches;
  readonly #query: Float32Array;
  readonly #count: number;
  readonly #expected: number;
  /** Scores of some rows: they tell how many rows exceed a score. */
  readonly #sample: Float32Array;
  #first: Int32Array = nothing;

  private constructor(sketches: VectorSketches, query: Float32Array, count: number, expected: number) {
    this.#sketches = sketches;
    this.#query = query;
    this.#count = count;
    this.#expected = expected;
    this.#sample = Float32Array.from(sketches.sample(query, count));
  }

  /**
   * Finds the first band, and gives way to other work where there are many rows.
   * @param expected about how many rows it shall have
   */
  static async find(
    sketches: VectorSketches,
    query: Float32Array,
    count: number,
    expected: number,
  ): Promise<VectorBands> {
    const bands = new VectorBands(sketches, query, count, expected);
    const parts: Int32Array[] = [];
    for (const part of bands.#between(bands.#scoreOf(expected), largestScore)) {
      if (parts.length > 0) await nextTurn();
      parts.push(part);
    }
    bands.#first = joined(parts);
    return bands;
  }

  /** All rows, the best bands first. Each but the first is looked for when it is asked for. */
  *[Symbol.iterator](): Generator<Int32Array> {
    yield this.#first;
    let below = this.#scoreOf(this.#expected);
    for (let wanted = this.#expected * growth; below > 0; wanted *= growth) {
      const from = this.#scoreOf(wanted);
      if (from >= below) continue;
      yield joined([...this.#between(from, below - 1)]);
      below = from;
    }
  }

  #between(from: number, to: number): Generator<Int32Array> {
    return this.#sketches.between(this.#query, this.#count, from, to);
  }

  /** The score that about so many rows have at least. */
  #scoreOf(rows: number): number {
    const rank = 1 + Math.ceil((rows / this.#count) * this.#sample.length);
    return Math.max(0, nthLargest(this.#sample, rank));
  }
}

const nothing = new Int32Array();

function joined(parts: readonly Int32Array[]): Int32Array {
  const [first = nothing] = parts;
  if (parts.length < 2) return first;
  const all = new Int32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const part of parts) {
    all.set(part, end);
    end += part.length;
  }
  return all;
}
