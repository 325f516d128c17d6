import type { WasmMemory } from './kernels.js';

/** Pairs that are compared with each other: each query with each document. */
export const groupSize = 512;
/** Most tokens of all queries and documents of a group, words and roots counted apart. */
const maxUses = groupSize * 400;

export interface ModelSize {
  /** Words and roots. */
  rows: number;
  dimensions: number;
}

/** Where the parameters are, in bytes; each part is `rows` long. */
export interface ParameterAddresses {
  values: number;
  means: number;
  variances: number;
  /** Logarithms of the rows' weights, with their own means and variances: one number a row. */
  logWeights: number;
  logMeans: number;
  logVariances: number;
  end: number;
}

export function parameterAddresses({ rows, dimensions }: ModelSize): ParameterAddresses {
  const matrix = rows * dimensions * 4;
  const column = Math.ceil((rows * 4) / 64) * 64;
  const logWeights = 3 * matrix;
  return {
    values: 0,
    means: matrix,
    variances: 2 * matrix,
    logWeights,
    logMeans: logWeights + column,
    logVariances: logWeights + 2 * column,
    end: logWeights + 3 * column,
  };
}

/** What one thread needs to work on one group: addresses in the memory, and views of what is filled by hand. */
export class Arena {
  readonly #memory: WasmMemory;
  #next: number;
  /** A sample's uses of rows: those from `offsets[sample]` on. Queries first, then documents. */
  readonly offsets: Int32Array;
  readonly rows: Int32Array;
  readonly factors: Float32Array;
  /** Unit vectors of the samples, 1 / length of the sums they came from, and gradients. */
  readonly units: Float32Array;
  readonly scales: Float32Array;
  readonly gradients: Float32Array;
  /** Documents turned (dimensions x group), queries against documents, and that turned. */
  readonly turned: Float32Array;
  readonly similarities: Float32Array;
  readonly similaritiesTurned: Float32Array;
  readonly rowSums: Float32Array;
  readonly columnSums: Float32Array;
  readonly panel: Float32Array;
  /** The distinct rows of a group, their weights, and who uses them with which factor. */
  readonly ids: Int32Array;
  readonly weights: Float32Array;
  readonly dots: Float32Array;
  readonly userOffsets: Int32Array;
  readonly users: Int32Array;
  readonly userFactors: Float32Array;
  readonly sum: Float32Array;

  /** @param start address of the arena's first byte */
  constructor(memory: WasmMemory, start: number, { rows, dimensions }: ModelSize) {
    this.#memory = memory;
    this.#next = start;
    const distinct = Math.min(rows, maxUses);
    const samples = 2 * groupSize;
    this.offsets = this.#integers(samples + 1);
    this.rows = this.#integers(maxUses);
    this.factors = this.#floats(maxUses);
    this.units = this.#floats(samples * dimensions);
    this.scales = this.#floats(samples);
    this.gradients = this.#floats(samples * dimensions);
    this.turned = this.#floats(groupSize * dimensions);
    this.similarities = this.#floats(groupSize * groupSize);
    this.similaritiesTurned = this.#floats(groupSize * groupSize);
    this.rowSums = this.#floats(groupSize);
    this.columnSums = this.#floats(groupSize);
    this.panel = this.#floats(16 * Math.max(groupSize, dimensions));
    this.ids = this.#integers(distinct);
    this.weights = this.#floats(distinct);
    this.dots = this.#floats(distinct);
    this.userOffsets = this.#integers(distinct + 1);
    this.users = this.#integers(maxUses);
    this.userFactors = this.#floats(maxUses);
    this.sum = this.#floats(dimensions);
  }

  /** Bytes of an arena. */
  static bytes({ rows, dimensions }: ModelSize): number {
    const distinct = Math.min(rows, maxUses);
    const numbers =
      4 * maxUses +
      4 * distinct +
      groupSize * (5 * dimensions + 2 * groupSize + 12) +
      16 * (groupSize + dimensions);
    return 4 * numbers + 64 * 32;
  }

  /** Uses that there is room for. */
  readonly capacity = maxUses;

  #integers(count: number): Int32Array {
    return new Int32Array(this.#memory.buffer, this.#take(count), count);
  }

  #floats(count: number): Float32Array {
    return new Float32Array(this.#memory.buffer, this.#take(count), count);
  }

  #take(count: number): number {
    const at = this.#next;
    this.#next = Math.ceil((at + 4 * count) / 64) * 64;
    return at;
  }
}
