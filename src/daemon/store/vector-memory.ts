import { LRUCache } from 'lru-cache';
import { collectGarbageSoon } from '../../shared/collect-garbage.js';
import { entryLimit } from '../../shared/entry-limit.js';
import { VectorMatrix } from './vector-matrix.js';
import type { VectorRows } from './vector-rows.js';

/** About 4 MB. */
const lengthsAtMost = 50_000;

/** Reads a table and writes every vector that has a row into the matrix. */
export type VectorReader = (matrix: VectorMatrix) => Promise<void>;

/**
 * The vectors that a scan compares, in memory while they are in use: read in at the first scan, kept up to date, and
 * released when there was no scan for a while.
 */
export class VectorMemory {
  readonly rows: VectorRows;
  /** Lengths of the sums of rows that were asked for, by the first of the rows. */
  readonly #lengths = new LRUCache<number, { rows: number; length: number }>(entryLimit(lengthsAtMost));
  readonly #dimensions: number;
  readonly #idleMs: number;
  readonly #read: VectorReader;
  #matrix: VectorMatrix | null = null;
  #loading: Promise<VectorMatrix> | null = null;
  #idle: NodeJS.Timeout | null = null;
  #releases = 0;

  constructor(rows: VectorRows, dimensions: number, idleMs: number, read: VectorReader) {
    this.rows = rows;
    this.#dimensions = dimensions;
    this.#idleMs = idleMs;
    this.#read = read;
  }

  get isLoaded(): boolean {
    return this.#matrix !== null;
  }

  /** The matrix, which has all rows that there are when this resolves. */
  async use(): Promise<VectorMatrix> {
    this.#loading ??= this.#load();
    const matrix = await this.#loading;
    this.#restartIdle();
    return matrix;
  }

  /** How long the sum of the vectors of a content's rows is. A row never changes, and no other content has it. */
  lengthOfSum(matrix: VectorMatrix, rows: Int32Array): number {
    const [newest] = rows;
    if (newest === undefined) return 0;
    const known = this.#lengths.get(newest);
    if (known?.rows === rows.length) return known.length;
    const length = matrix.lengthOfSum(rows);
    this.#lengths.set(newest, { rows: rows.length, length });
    return length;
  }

  /** Writes the vector of a new row, if the others are in memory or on their way. */
  put(row: number, values: Int8Array, at: number, scale: number): void {
    try {
      this.#matrix?.set(row, values, at, scale);
    } catch {
      // No memory for it: the next scan says so, the vector itself is safe.
      this.release();
    }
  }

  release(): void {
    if (this.#idle) clearTimeout(this.#idle);
    this.#idle = null;
    this.#matrix = null;
    this.#loading = null;
    this.#releases++;
  }

  async #load(): Promise<VectorMatrix> {
    const releases = this.#releases;
    try {
      const matrix = await VectorMatrix.create(this.#dimensions, this.rows.length);
      // From here on put() writes new rows; those that have one already are in the table, which is read now.
      if (releases === this.#releases) this.#matrix = matrix;
      await this.#read(matrix);
      return matrix;
    } catch (error) {
      if (releases === this.#releases) this.release();
      throw error;
    }
  }

  #restartIdle(): void {
    if (!this.#matrix) return;
    if (this.#idle) this.#idle.refresh();
    else this.#idle = setTimeout(() => this.#releaseIdle(), this.#idleMs).unref();
  }

  #releaseIdle(): void {
    this.release();
    collectGarbageSoon();
  }
}
