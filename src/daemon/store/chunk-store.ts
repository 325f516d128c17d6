import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from '@lancedb/lancedb';
import { systemCode } from '../../shared/errors.js';
import { ChunkTable } from './chunk-table.js';
import type { StoreRepair } from './contract.js';
import { Checksums, setAside } from './dataset-files.js';
import { incomingRows } from './incoming.js';
import { needsCompaction } from './maintenance.js';
import { createChunks, type OpenedChunks, openChunks, type StorePlaces, tableFolder } from './open-table.js';
import { isIn, partsOf } from './sql.js';

const keysPerDelete = 500;

interface Parts {
  db: Connection;
  places: StorePlaces;
}

/**
 * The chunks of a family: a table and the checksums of its files. Whoever calls what changes it must hold
 * the write queue.
 */
export class ChunkStore {
  /** Contents in the table with the number of their chunks; the same map for as long as the store is open. */
  readonly contents: Map<string, number>;
  readonly #parts: Parts;
  #name = '';
  #chunks!: ChunkTable;
  #checksums!: Checksums;
  #deletedRows = 0;

  private constructor(parts: Parts, opened: OpenedChunks) {
    this.#parts = parts;
    this.contents = opened.contents;
    this.#use(opened);
  }

  /** Opens the table, or makes an empty one. What was wrong with it is noted in `repairs`. */
  static async open(parts: Parts, repairs: StoreRepair[]): Promise<ChunkStore> {
    const opened = await openChunks(parts.db, parts.places, repairs);
    const { table, partial } = opened;
    if (partial.length > 0) {
      for (const part of partsOf(partial, keysPerDelete)) await table.delete(isIn('key', part));
      const what = `${partial.length} contents were not whole and are derived again`;
      repairs.push({ what, quarantinedTo: null });
    }
    return new ChunkStore(parts, opened);
  }

  /** What is read: another one after a repair. */
  get reads(): ChunkTable {
    return this.#chunks;
  }

  get rows(): number {
    let rows = 0;
    for (const count of this.contents.values()) rows += count;
    return rows;
  }

  /** Adds contents, but for those that are here already. Returns the keys of those that were not. */
  async add(streams: readonly Uint8Array[], contents: ReadonlyMap<string, number>): Promise<string[]> {
    // Two repositories of the family may have derived the same content at the same time.
    const table = incomingRows(streams, contents, (key) => this.contents.has(key));
    const fresh = [...contents].filter(([key]) => !this.contents.has(key));
    if (table) {
      for (const [key] of fresh) this.#chunks.forget(key);
      try {
        await this.#chunks.table.add(table);
      } catch (error) {
        if (!(await this.#isAdded(fresh))) throw error;
      }
    }
    for (const [key, count] of fresh) this.contents.set(key, count);
    return fresh.map(([key]) => key);
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (const part of partsOf(keys, keysPerDelete)) {
      await this.#chunks.table.delete(isIn('key', part));
      for (const key of part) {
        this.#deletedRows += this.contents.get(key) ?? 0;
        this.contents.delete(key);
        this.#chunks.forget(key);
      }
    }
  }

  /** Compacts where it pays, and takes down checksums of what was written since the last call. */
  async maintain(): Promise<void> {
    const { table } = this.#chunks;
    const { fragmentStats } = await table.stats();
    const state = {
      rows: this.rows,
      fragments: fragmentStats.numFragments,
      deletedRows: this.#deletedRows,
      staleVersions: await entriesOf(join(tableFolder(this.#parts.places, this.#name), '_versions')),
    };
    if (needsCompaction(state)) {
      await table.optimize({ cleanupOlderThan: new Date(), deleteUnverified: true });
      this.#deletedRows = 0;
    }
    await this.#checksums.record();
  }

  /** Looks for damage and mends it: says what it was, null if there was none. */
  async verify(): Promise<StoreRepair | null> {
    const isSound = (await this.#isReadable()) && (await this.#checksums.broken()).length === 0;
    return isSound ? null : this.#startEmpty();
  }

  close(): void {
    this.#chunks.table.close();
  }

  #use({ name, table }: OpenedChunks): void {
    const { places } = this.#parts;
    this.#name = name;
    this.#chunks = new ChunkTable(table, this.contents);
    this.#checksums = new Checksums(tableFolder(places, name), places.checksums);
  }

  async #isReadable(): Promise<boolean> {
    const keys = this.#chunks.table.query().select(['key']).toArrow();
    return keys.then(
      () => true,
      () => false,
    );
  }

  async #startEmpty(): Promise<StoreRepair> {
    const { places, db } = this.#parts;
    this.#chunks.table.close();
    const quarantinedTo = await setAside(tableFolder(places, this.#name), places.quarantine);
    const created = await createChunks(db, places);
    this.contents.clear();
    this.#deletedRows = 0;
    this.#use(created);
    return { what: 'The index was damaged and is built anew', quarantinedTo };
  }

  /** Whether contents are in the table although adding them failed; brings the table to its newest version. */
  async #isAdded(contents: readonly (readonly [string, number])[]): Promise<boolean> {
    const { table } = this.#chunks;
    await table.checkoutLatest();
    const [first] = contents;
    return first !== undefined && (await table.countRows(isIn('key', [first[0]]))) === first[1];
  }
}

async function entriesOf(folder: string): Promise<number> {
  try {
    return (await readdir(folder)).length;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return 0;
    throw error;
  }
}
