import type { Connection } from '@lancedb/lancedb';
import { ChunkTable } from './chunk-table.js';
import type { StoreRepair } from './contract.js';
import { Checksums, setAside } from './dataset-files.js';
import { incomingRows } from './incoming.js';
import { ChunkIndices } from './indices.js';
import type { Lance } from './lance.js';
import { planMaintenance } from './maintenance.js';
import { createChunks, type OpenedChunks, openChunks, type StorePlaces, tableFolder } from './open-table.js';
import { isIn, partsOf } from './sql.js';

const keysPerDelete = 500;
// Each fragment that is not indexed costs a search 0.1 ms; maintenance comes earlier unless writes never pause.
const commitsUnindexedAtMost = 200;

interface Parts {
  lance: Lance;
  db: Connection;
  places: StorePlaces;
}

/**
 * The chunks of a family: a table, its indices and the checksums of its files. Whoever calls what changes it must hold
 * the write queue.
 */
export class ChunkStore {
  /** Contents in the table with the number of their chunks; the same map for as long as the store is open. */
  readonly contents: Map<string, number>;
  readonly #parts: Parts;
  #name = '';
  #chunks!: ChunkTable;
  #indices!: ChunkIndices;
  #checksums!: Checksums;

  private constructor(parts: Parts, opened: OpenedChunks) {
    this.#parts = parts;
    this.contents = opened.contents;
    this.#use(opened);
  }

  /** Opens the table, or makes an empty one. What was wrong with it is noted in `repairs`. */
  static async open(parts: Parts, repairs: StoreRepair[]): Promise<ChunkStore> {
    const opened = await openChunks(parts.lance, parts.db, parts.places, repairs);
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

  /** Adds contents, but for those that are here already. */
  async add(streams: readonly Uint8Array[], contents: ReadonlyMap<string, number>): Promise<void> {
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
      this.#indices.rowsAdded();
    }
    for (const [key, count] of fresh) this.contents.set(key, count);
    if (!table) return;
    const due = !(await this.#indices.exist()) || this.#indices.commits >= commitsUnindexedAtMost;
    if (due) await this.#indices.build();
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (const part of partsOf(keys, keysPerDelete)) {
      await this.#chunks.table.delete(isIn('key', part));
      for (const key of part) {
        this.#indices.rowsDeleted(this.contents.get(key) ?? 0);
        this.contents.delete(key);
        this.#chunks.forget(key);
      }
    }
  }

  /** Brings the indices up to date and compacts, where it pays. */
  async maintain(force: boolean): Promise<void> {
    const plan = planMaintenance(await this.#indices.state(this.rows, force));
    if (plan.index) await this.#indices.build();
    if (plan.compact) await this.#indices.compact();
  }

  /** Takes down checksums of what was written since the last call. */
  recordChecksums(): Promise<void> {
    return this.#checksums.record();
  }

  /** Looks for damage and mends it: says what it was, null if there was none. */
  async verify(): Promise<StoreRepair | null> {
    const broken = await this.#checksums.broken();
    if (!(await this.#isReadable()) || broken.some((path) => !path.startsWith('_indices'))) {
      return this.#startEmpty();
    }
    if (broken.length === 0) return null;
    await this.#indices.mend();
    await this.#indices.compact();
    return { what: 'The full-text index was damaged and was built anew', quarantinedTo: null };
  }

  /** Builds the indices where those that are there may be broken. */
  mendIndices(): Promise<void> {
    return this.#indices.mend();
  }

  /** Rows that the full-text index does not cover. */
  unindexedRows(): Promise<number> {
    return this.#indices.unindexedRows(this.rows);
  }

  close(): void {
    this.#chunks.table.close();
  }

  #use({ name, table }: OpenedChunks): void {
    const { lance, places } = this.#parts;
    this.#name = name;
    this.#chunks = new ChunkTable(lance, table, this.contents);
    this.#indices = new ChunkIndices(lance, table, tableFolder(places, name));
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
