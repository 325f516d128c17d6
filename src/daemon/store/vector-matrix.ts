import { readFile } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { LcadError, messageOf } from '../../shared/errors.js';
import { packagePath } from '../../shared/package-root.js';

interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

interface WasmInstance {
  readonly exports: Record<string, unknown>;
}

// Node's types leave WebAssembly to the DOM's.
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<object>;
  Instance: new (module: object, imports: { env: { memory: WasmMemory } }) => WasmInstance;
  Memory: new (size: { initial: number }) => WasmMemory;
};

type Kernel = (
  query: number,
  width: number,
  block: number,
  blocks: number,
  out: number,
  unit: number,
) => void;

const pageBytes = 65_536;
const pagesAtMost = 65_536;
/** The kernel (kernels/scan.wat) works on blocks of four rows, each row padded to 16 bytes, with their four scales. */
const rowsPerBlock = 4;
const rowAlignment = 16;
const scalesBytes = 16;
/** What is compared before other work has its turn: 40,960 rows of 256 dimensions, 0.6 to 1.5 ms. */
const bytesPerTurn = 10 * 2 ** 20;
const growth = 1 / 8;

let compiling: Promise<object> | null = null;

/** The kernel, read once. @throws INTERNAL_ERROR if it is not there */
function compiled(): Promise<object> {
  compiling ??= compile().catch((error: unknown) => {
    compiling = null;
    const message = `The kernel that compares vectors cannot be loaded: ${messageOf(error)}`;
    throw new LcadError('INTERNAL_ERROR', message, { next: 'Install lcad again.', cause: error });
  });
  return compiling;
}

async function compile(): Promise<object> {
  return WebAssembly.compile(await readFile(packagePath('dist', 'kernels', 'scan.wasm')));
}

/** Quantised vectors in rows, in the memory of a WebAssembly kernel that compares all of them with a query. */
export class VectorMatrix {
  readonly #dimensions: number;
  /** Bytes of a row. */
  readonly #width: number;
  readonly #blockBytes: number;
  readonly #rowsPerTurn: number;
  readonly #out: number;
  readonly #blocks: number;
  readonly #memory: WasmMemory;
  readonly #kernel: Kernel;
  #bytes: Int8Array;
  #floats: Float32Array;

  private constructor(dimensions: number, rows: number, module: object) {
    this.#dimensions = dimensions;
    this.#width = Math.ceil(dimensions / rowAlignment) * rowAlignment;
    this.#blockBytes = this.#width * rowsPerBlock + scalesBytes;
    const blocksPerTurn = Math.ceil(bytesPerTurn / this.#blockBytes);
    this.#rowsPerTurn = blocksPerTurn * rowsPerBlock;
    this.#out = this.#width * Int16Array.BYTES_PER_ELEMENT;
    this.#blocks = this.#out + this.#rowsPerTurn * Float32Array.BYTES_PER_ELEMENT;
    try {
      this.#memory = new WebAssembly.Memory({ initial: Math.ceil(this.#endOf(rows) / pageBytes) });
    } catch (error) {
      throw noRoom(rows, error);
    }
    const instance = new WebAssembly.Instance(module, { env: { memory: this.#memory } });
    this.#kernel = instance.exports.scan as Kernel;
    this.#bytes = new Int8Array(this.#memory.buffer);
    this.#floats = new Float32Array(this.#memory.buffer);
  }

  /** An empty matrix with room for some rows. @throws INDEX_UNAVAILABLE if there is no memory for them */
  static async create(dimensions: number, rows: number): Promise<VectorMatrix> {
    return new VectorMatrix(dimensions, rows, await compiled());
  }

  /**
   * Writes a row.
   * @param values of `dimensions` bytes, behind those of `at` rows
   * @throws INDEX_UNAVAILABLE if there is no memory for it
   */
  set(row: number, values: Int8Array, at: number, scale: number): void {
    this.#reserve(row + 1);
    const bytes = values.subarray(at * this.#dimensions, (at + 1) * this.#dimensions);
    this.#bytes.set(bytes, this.#startOf(row));
    this.#floats[this.#scaleOf(row)] = scale;
  }

  /** The vector of a row; zeros if it was never written. */
  get(row: number): Float32Array {
    this.#reserve(row + 1);
    const start = this.#startOf(row);
    const scale = this.#floats[this.#scaleOf(row)] ?? 0;
    return Float32Array.from(this.#bytes.subarray(start, start + this.#dimensions), (byte) => byte * scale);
  }

  /** How long the sum of some rows' vectors is. */
  lengthOfSum(rows: readonly number[]): number {
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
   * Similarities of the first `count` rows with a query, which need not be of unit length. Rows may be written
   * meanwhile; a row that was never written is like nothing.
   * @throws INDEX_UNAVAILABLE if there is no memory for so many rows
   */
  async scan(query: Float32Array, count: number): Promise<Float32Array> {
    this.#reserve(count);
    const { values, unit } = wideQuery(query, this.#width);
    const scores = new Float32Array(count);
    for (let row = 0; row < count; row += this.#rowsPerTurn) {
      if (row > 0) await nextTurn();
      const rows = Math.min(this.#rowsPerTurn, count - row);
      // The memory may have grown since the last turn, and another scan may have used the same places in it.
      new Int16Array(this.#memory.buffer, 0, this.#width).set(values);
      const blocks = Math.ceil(rows / rowsPerBlock);
      this.#kernel(0, this.#width, this.#blockOf(row), blocks, this.#out, unit);
      scores.set(new Float32Array(this.#memory.buffer, this.#out, rows), row);
    }
    return scores;
  }

  #blockOf(row: number): number {
    return this.#blocks + Math.floor(row / rowsPerBlock) * this.#blockBytes;
  }

  /** Where the bytes of a row begin. */
  #startOf(row: number): number {
    return this.#blockOf(row) + (row % rowsPerBlock) * this.#width;
  }

  /** Index of a row's scale among the memory's floats. */
  #scaleOf(row: number): number {
    const scales = this.#blockOf(row) + this.#width * rowsPerBlock;
    return scales / Float32Array.BYTES_PER_ELEMENT + (row % rowsPerBlock);
  }

  /** Where so many rows end. */
  #endOf(rows: number): number {
    return this.#blockOf(rows + rowsPerBlock - 1);
  }

  #reserve(rows: number): void {
    const bytes = this.#bytes.length;
    const missing = this.#endOf(rows) - bytes;
    if (missing <= 0) return;
    const room = pagesAtMost - bytes / pageBytes;
    const pages = Math.ceil(Math.max(missing, Math.min(bytes * growth, room * pageBytes)) / pageBytes);
    try {
      // In place. Pages cost memory only once they are written.
      this.#memory.grow(pages);
    } catch (error) {
      throw noRoom(rows, error);
    }
    // Growing has detached the buffer that there was.
    this.#bytes = new Int8Array(this.#memory.buffer);
    this.#floats = new Float32Array(this.#memory.buffer);
  }
}

/** A query as 16-bit numbers, as large as the sums of products allow, and what makes it one of unit length. */
function wideQuery(query: Float32Array, width: number): { values: Int16Array; unit: number } {
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

function noRoom(rows: number, cause: unknown): LcadError {
  const message = `There is not enough memory to compare ${rows} vectors with a query.`;
  return new LcadError('INDEX_UNAVAILABLE', message, { next: 'Free some memory.', cause });
}
