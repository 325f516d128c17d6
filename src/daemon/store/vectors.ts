import type { Table } from '@lancedb/lancedb';
import { LcadError } from '../../shared/errors.js';
import type { ChunkId, VectorBatch, VectorScores, VectorStore } from './contract.js';
import { isCircumstance, unavailable } from './open-table.js';
import { diskError } from './record-file.js';
import { isIn, partsOf } from './sql.js';
import type { Comparison, VectorMatrix } from './vector-matrix.js';
import { VectorMemory } from './vector-memory.js';
import { VectorRows } from './vector-rows.js';
import { arrowOf, checkBatch, idReader, partOf, vectorsOf } from './vector-schema.js';
import { rowsToCompare, ScanScores } from './vector-scores.js';
import type { WriteQueue } from './write-queue.js';

const allColumns = ['key', 'ord', 'scale', 'vector'];
const keysPerDelete = 500;
const fragmentsAtMost = 48;
const deletedShareAtMost = 0.2;
// Below this the gaps in memory are not worth reading all vectors again.
const gapsAtLeast = 10_000;
const nothing: Comparison = { count: 0, bands: [], of: () => new Float32Array() };

export interface VectorsOptions {
  id: string;
  dimensions: number;
  queue: WriteQueue;
  /** Whether a content is in the store. */
  isHere: (key: string) => boolean;
  /** How long the vectors stay in memory after a scan, in milliseconds. */
  idleMs: number;
  /** The table could not be read, twice. */
  onUnreadable: () => void;
}

/** The vectors of one model: durable in one table, and compared in memory. */
export class LanceVectors implements VectorStore {
  readonly id: string;
  readonly dimensions: number;
  readonly #options: VectorsOptions;
  #table: Table;
  #memory: VectorMemory;
  #deletedRows = 0;
  #closed = false;

  private constructor(options: VectorsOptions, table: Table, rows: VectorRows) {
    this.id = options.id;
    this.dimensions = options.dimensions;
    this.#options = options;
    this.#table = table;
    this.#memory = this.#memoryOf(rows);
  }

  /**
   * Reads which vectors a table has.
   * @param prune delete the vectors of contents that are not here
   */
  static async open(table: Table, options: VectorsOptions, prune: boolean): Promise<LanceVectors> {
    const rows = new VectorRows();
    const gone = new Set<string>();
    for await (const batch of table.query().select(['key', 'ord'])) {
      const idOf = idReader(batch);
      for (let i = 0; i < batch.numRows; i++) {
        const id = idOf(i);
        if (prune && !options.isHere(id.key)) gone.add(id.key);
        else if (rows.rowOf(id) < 0) rows.add(id);
      }
    }
    const vectors = new LanceVectors(options, table, rows);
    await vectors.#delete([...gone]);
    return vectors;
  }

  get count(): number {
    return this.#memory.rows.live;
  }

  has(id: ChunkId): boolean {
    return this.#memory.rows.rowOf(id) >= 0;
  }

  /** How many chunks of a content have a vector. */
  chunksOf(key: string): number {
    return this.#memory.rows.chunksOf(key);
  }

  async add(batch: VectorBatch): Promise<void> {
    checkBatch(batch, this.dimensions);
    await this.#options.queue.run(async () => {
      const fresh = this.#fresh(batch);
      if (fresh.ids.length === 0) return;
      try {
        await this.#table.add(arrowOf(fresh, this.dimensions));
      } catch (error) {
        throw diskError(error, this.#table.name);
      }
      const memory = this.#memory;
      for (const [i, id] of fresh.ids.entries()) {
        memory.put(memory.rows.add(id), fresh.values, i, fresh.scales[i] as number);
      }
    }, 'vectors');
  }

  async vectorOf(id: ChunkId): Promise<Float32Array | null> {
    const memory = this.#memory;
    if (memory.rows.rowOf(id) < 0) return null;
    const matrix = await this.#use(memory);
    const row = memory.rows.rowOf(id);
    if (row < 0) return null;
    const vector = matrix.get(row);
    const square = vector.reduce((sum, value) => sum + value * value, 0);
    return square === 0 ? vector : vector.map((value) => value / Math.sqrt(square));
  }

  async scan(query: Float32Array, likely: number): Promise<VectorScores> {
    this.#check(query);
    const memory = this.#memory;
    const { rows } = memory;
    const { isHere } = this.#options;
    if (rows.live === 0) return new ScanScores(rows, nothing, isHere, () => 0);
    const matrix = await this.#use(memory);
    const expected = likely === 0 ? 0 : rowsToCompare(likely, rows.length);
    const comparison = await matrix.compare(query, rows.length, expected);
    return new ScanScores(rows, comparison, isHere, (some) => memory.lengthOfSum(matrix, some));
  }

  /** Deletes the vectors of contents. To be called by whoever holds the write queue. */
  async forget(keys: readonly string[]): Promise<void> {
    const { rows } = this.#memory;
    const present = keys.filter((key) => rows.knows(key));
    await this.#delete(present);
    for (const key of present) this.#deletedRows += rows.forget(key);
  }

  /** Compacts where it pays. To be called by whoever holds the write queue. */
  async maintain(): Promise<void> {
    const { rows } = this.#memory;
    const { fragmentStats } = await this.#table.stats();
    const many = this.#deletedRows > rows.live * deletedShareAtMost;
    if (fragmentStats.numFragments > fragmentsAtMost || many) {
      await this.#table.optimize({ cleanupOlderThan: new Date(), deleteUnverified: true });
      this.#deletedRows = 0;
    }
    const gaps = rows.length - rows.live;
    if (gaps > gapsAtLeast && gaps > rows.live) this.#replaceMemory(rows.compacted());
  }

  /**
   * True if every row can be read. To be called by whoever holds the write queue.
   * @throws INDEX_UNAVAILABLE if that cannot be told now
   */
  async isReadable(): Promise<boolean> {
    try {
      let rows = 0;
      for await (const batch of this.#table.query().select(allColumns)) rows += batch.numRows;
      return rows >= this.#memory.rows.live;
    } catch (error) {
      if (isCircumstance(error)) throw unavailable(this.#table.name, error);
      return false;
    }
  }

  /** Goes on with another table, which is empty. To be called by whoever holds the write queue. */
  startOver(table: Table): void {
    this.#table.close();
    this.#table = table;
    this.#deletedRows = 0;
    this.#replaceMemory(new VectorRows());
  }

  close(): void {
    this.#closed = true;
    this.#memory.release();
    this.#table.close();
  }

  async #delete(keys: readonly string[]): Promise<void> {
    for (const part of partsOf(keys, keysPerDelete)) await this.#table.delete(isIn('key', part));
  }

  /** The rows of a batch that are not here yet, each once. */
  #fresh(batch: VectorBatch): VectorBatch {
    const seen = new Map<string, Set<number>>();
    const fresh: number[] = [];
    for (const [i, id] of batch.ids.entries()) {
      const ords = seen.get(id.key) ?? new Set();
      if (ords.has(id.ord) || this.has(id)) continue;
      seen.set(id.key, ords.add(id.ord));
      fresh.push(i);
    }
    return fresh.length === batch.ids.length ? batch : partOf(batch, fresh, this.dimensions);
  }

  /** A compaction may remove files under a read that began before it; the second try reads those after it. */
  async #use(memory: VectorMemory): Promise<VectorMatrix> {
    if (this.#closed) throw new LcadError('INDEX_UNAVAILABLE', 'The store is closed.');
    try {
      return await memory.use().catch(() => memory.use());
    } catch (error) {
      // Errors of our own are about memory or the kernel, not about the table.
      if (!this.#closed && !(error instanceof LcadError)) this.#options.onUnreadable();
      throw unavailable(this.#table.name, error);
    }
  }

  #memoryOf(rows: VectorRows): VectorMemory {
    const table = this.#table;
    return new VectorMemory(rows, this.dimensions, this.#options.idleMs, async (matrix) => {
      for await (const batch of table.query().select(allColumns)) {
        const idOf = idReader(batch);
        const { values, scales } = vectorsOf(batch);
        for (let i = 0; i < batch.numRows; i++) {
          const row = rows.rowOf(idOf(i));
          if (row >= 0) matrix.set(row, values, i, scales[i] as number);
        }
      }
    });
  }

  #replaceMemory(rows: VectorRows): void {
    this.#memory.release();
    this.#memory = this.#memoryOf(rows);
  }

  #check(query: Float32Array): void {
    if (query.length !== this.dimensions) {
      const message = `The query has ${query.length} dimensions, not ${this.dimensions}.`;
      throw new LcadError('INTERNAL_ERROR', message);
    }
    if (!query.every(Number.isFinite)) {
      throw new LcadError('INTERNAL_ERROR', 'The query has components that are no numbers.');
    }
  }
}
