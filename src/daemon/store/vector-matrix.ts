import { compiled, KernelMemory } from './kernels.js';
import { VectorBands } from './vector-bands.js';
import { VectorSketches } from './vector-sketches.js';

interface Kernels {
  similarities(
    query: number,
    width: number,
    rows: number,
    list: number,
    count: number,
    out: number,
    unit: number,
  ): void;
}

/** A query compared with the rows that a matrix had. Stays good while rows are written. */
export interface Comparison {
  /** Rows there were. */
  readonly count: number;
  /** All rows, those first that may be among the nearest: many where not all can be compared exactly. */
  readonly bands: Iterable<Int32Array>;
  /** Cosine similarities of some of the rows, -1 to 1, in their order. */
  of(rows: Int32Array): Float32Array;
}

/** As the kernel (kernels/similarity.wat) has it. */
const rowAlignment = 16;
const scaleBytes = Float32Array.BYTES_PER_ELEMENT;
const rowsPerCall = 4096;
/** Fewer bytes than these are compared in a tenth of a millisecond. */
const fewBytes = 2 ** 20;

/** Quantised vectors in rows, and their sketches, in the memory of kernels that compare them with a query. */
export class VectorMatrix {
  readonly #dimensions: number;
  /** Bytes of a row, but for its scale. */
  readonly #width: number;
  readonly #stride: number;
  readonly #list: number;
  readonly #out: number;
  readonly #rows: number;
  readonly #memory: KernelMemory;
  readonly #kernels: Kernels;
  readonly #sketches: VectorSketches;
  #bytes: Int8Array;
  #floats: Float32Array;
  #ints: Int32Array;
  /** The query that is in the memory. */
  #query: WideQuery | null = null;

  private constructor(dimensions: number, rows: number, module: object, sketches: VectorSketches) {
    this.#dimensions = dimensions;
    this.#width = Math.ceil(dimensions / rowAlignment) * rowAlignment;
    this.#stride = this.#width + scaleBytes;
    this.#list = this.#width * Int16Array.BYTES_PER_ELEMENT;
    this.#out = this.#list + rowsPerCall * Int32Array.BYTES_PER_ELEMENT;
    this.#rows = this.#out + rowsPerCall * Float32Array.BYTES_PER_ELEMENT;
    this.#memory = new KernelMemory(this.#startOf(rows));
    this.#kernels = this.#memory.bind<Kernels>(module);
    this.#bytes = new Int8Array(this.#memory.buffer);
    this.#floats = new Float32Array(this.#memory.buffer);
    this.#ints = new Int32Array(this.#memory.buffer);
    this.#sketches = sketches;
  }

  /** An empty matrix with room for some rows. @throws INDEX_UNAVAILABLE if there is no memory for them */
  static async create(dimensions: number, rows: number): Promise<VectorMatrix> {
    const sketches = await VectorSketches.create(dimensions, rows);
    return new VectorMatrix(dimensions, rows, await compiled('similarity'), sketches);
  }

  /**
   * Writes a row that was not written before.
   * @param values of `dimensions` bytes, behind those of `at` rows
   * @throws INDEX_UNAVAILABLE if there is no memory for it
   */
  set(row: number, values: Int8Array, at: number, scale: number): void {
    this.#reserve(row + 1);
    const bytes = values.subarray(at * this.#dimensions, (at + 1) * this.#dimensions);
    this.#bytes.set(bytes, this.#startOf(row));
    this.#floats[this.#scaleOf(row)] = scale;
    this.#sketches.set(row, bytes);
  }

  /** The vector of a row; zeros if it was never written. */
  get(row: number): Float32Array {
    this.#reserve(row + 1);
    const start = this.#startOf(row);
    const scale = this.#floats[this.#scaleOf(row)] ?? 0;
    return Float32Array.from(this.#bytes.subarray(start, start + this.#dimensions), (byte) => byte * scale);
  }

  /** How long the sum of some rows' vectors is. */
  lengthOfSum(rows: Int32Array): number {
    const sum = new Float32Array(this.#dimensions);
    for (const row of rows) {
      this.#reserve(row + 1);
      const start = this.#startOf(row);
      const scale = this.#floats[this.#scaleOf(row)] ?? 0;
      for (let at = 0; at < sum.length; at++) {
        sum[at] = (sum[at] as number) + scale * (this.#bytes[start + at] as number);
      }
    }
    let square = 0;
    for (const value of sum) square += value * value;
    return Math.sqrt(square);
  }

  /**
   * Compares the first `count` rows with a query, which need not be of unit length. Rows may be written meanwhile; a row
   * that was never written is like nothing.
   * @param expected about how many rows to compare exactly when the nearest are asked for; 0: they will not be
   * @throws INDEX_UNAVAILABLE if there is no memory for so many rows
   */
  async compare(query: Float32Array, count: number, expected: number): Promise<Comparison> {
    this.#reserve(count);
    const wide = wideQuery(query, this.#width);
    const all = expected === 0 || count * this.#width <= fewBytes;
    const bands = all ? allRows(count) : await VectorBands.find(this.#sketches, query, count, expected);
    return { count, bands, of: (rows) => this.#similarities(wide, rows) };
  }

  #similarities(query: WideQuery, rows: Int32Array): Float32Array {
    const similarities = new Float32Array(rows.length);
    // Another comparison may have used the same places in the memory.
    if (this.#query !== query) new Int16Array(this.#memory.buffer, 0, this.#width).set(query.values);
    this.#query = query;
    for (let from = 0; from < rows.length; from += rowsPerCall) {
      const part = rows.subarray(from, from + rowsPerCall);
      this.#ints.set(part, this.#list / Int32Array.BYTES_PER_ELEMENT);
      this.#kernels.similarities(0, this.#width, this.#rows, this.#list, part.length, this.#out, query.unit);
      const out = this.#out / Float32Array.BYTES_PER_ELEMENT;
      similarities.set(this.#floats.subarray(out, out + part.length), from);
    }
    return similarities;
  }

  /** Where the bytes of a row begin. */
  #startOf(row: number): number {
    return this.#rows + row * this.#stride;
  }

  /** Index of a row's scale among the memory's floats. */
  #scaleOf(row: number): number {
    return (this.#startOf(row) + this.#width) / scaleBytes;
  }

  #reserve(rows: number): void {
    if (!this.#memory.reserve(this.#startOf(rows))) return;
    this.#bytes = new Int8Array(this.#memory.buffer);
    this.#floats = new Float32Array(this.#memory.buffer);
    this.#ints = new Int32Array(this.#memory.buffer);
  }
}

function allRows(count: number): Comparison['bands'] {
  return {
    *[Symbol.iterator]() {
      yield Int32Array.from({ length: count }, (_, row) => row);
    },
  };
}

/** A query as 16-bit numbers, as large as the sums of products allow, and what makes it one of unit length. */
interface WideQuery {
  values: Int16Array;
  unit: number;
}

function wideQuery(query: Float32Array, width: number): WideQuery {
  const values = new Int16Array(width);
  let most = 0;
  for (const value of query) most = Math.max(most, Math.abs(value));
  if (most === 0) return { values, unit: 0 };
  const largest = Math.min(2 ** 15 - 1, Math.floor((2 ** 31 - 1) / (2 ** 7 * width)));
  let square = 0;
  for (let i = 0; i < query.length; i++) {
    const value = Math.round(((query[i] as number) / most) * largest);
    values[i] = value;
    square += value * value;
  }
  return { values, unit: 1 / Math.sqrt(square) };
}
