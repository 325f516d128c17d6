import { readdir, rm } from 'node:fs/promises';
import type { Connection, Table } from '@lancedb/lancedb';
import { LcadError, messageOf } from '../../shared/errors.js';
import type { StoreRepair } from './contract.js';
import { Checksums, setAside } from './dataset-files.js';
import { isCircumstance, type StorePlaces, tableFolder, unavailable } from './open-table.js';
import { dimensionsOf, newVectorTable, vectorIdOf, vectorSchema } from './vector-schema.js';
import { LanceVectors } from './vectors.js';
import type { WriteQueue } from './write-queue.js';

export interface VectorTablesOptions {
  db: Connection;
  places: StorePlaces;
  queue: WriteQueue;
  /** How long vectors stay in memory after a scan, in milliseconds. */
  idleMs: number;
  /** Whether a content is in the store. */
  isHere: (key: string) => boolean;
  /** Whether vectors of contents that are not here may be deleted. */
  mayPrune: () => boolean;
  onRepair: (repair: StoreRepair) => void;
  onUnreadable: () => void;
}

interface OpenTable {
  name: string;
  vectors: LanceVectors;
  checksums: Checksums;
}

/** The vectors of all models of a family. Methods marked so must be called by whoever holds the write queue. */
export class VectorTables {
  readonly #options: VectorTablesOptions;
  readonly #opening = new Map<string, Promise<LanceVectors>>();
  readonly #open = new Map<string, OpenTable>();

  constructor(options: VectorTablesOptions) {
    this.#options = options;
  }

  /** Opens or creates the vectors of a model. @throws INTERNAL_ERROR if they have other dimensions */
  async open(id: string, dimensions: number): Promise<LanceVectors> {
    let opening = this.#opening.get(id);
    if (!opening) {
      opening = this.#options.queue.run(async () => {
        const opened = await this.#openOrCreate(id, dimensions);
        this.#open.set(id, opened);
        return opened.vectors;
      });
      this.#opening.set(id, opening);
      opening.catch(() => this.#opening.delete(id));
    }
    const vectors = await opening;
    if (vectors.dimensions !== dimensions) {
      const message = `The vectors of ${id} have ${vectors.dimensions} dimensions, not ${dimensions}.`;
      throw new LcadError('INTERNAL_ERROR', message);
    }
    return vectors;
  }

  /** Ids of the models that have vectors, sorted. */
  async ids(): Promise<string[]> {
    return [...new Set((await this.#tables()).map(({ id }) => id))].toSorted();
  }

  /** Needs the write queue. */
  async drop(id: string): Promise<void> {
    this.#open.get(id)?.vectors.close();
    this.#open.delete(id);
    this.#opening.delete(id);
    for (const table of await this.#tables()) if (table.id === id) await this.#remove(table.name);
  }

  /** Deletes the vectors of contents. Needs the write queue. */
  async forget(keys: readonly string[]): Promise<void> {
    for (const { vectors } of this.#open.values()) await vectors.forget(keys);
  }

  /** Compacts where it pays, and takes down checksums of what was written since. Needs the write queue. */
  async maintain(): Promise<void> {
    for (const { vectors, checksums } of this.#open.values()) {
      await vectors.maintain();
      await checksums.record();
    }
  }

  /** Sets aside what is broken of the tables that are open, and goes on with empty ones. Needs the write queue. */
  async verify(): Promise<void> {
    for (const [id, { name, vectors, checksums }] of this.#open) {
      if ((await checksums.broken()).length === 0 && (await vectors.isReadable())) continue;
      await this.#setAside(name, `The vectors of ${id} were damaged and are built anew`);
      const created = await this.#create(id, vectors.dimensions);
      vectors.startOver(created.table);
      this.#open.set(id, { vectors, ...created });
    }
  }

  close(): void {
    for (const { vectors } of this.#open.values()) vectors.close();
  }

  async #openOrCreate(id: string, dimensions: number): Promise<OpenTable> {
    const { db, places, mayPrune } = this.#options;
    for (const { name } of (await this.#tables()).filter((table) => table.id === id)) {
      try {
        const table = await db.openTable(name);
        const found = dimensionsOf(await table.schema());
        if (found !== null) {
          const vectors = await LanceVectors.open(table, this.#optionsOf(id, found), mayPrune());
          return { name, vectors, checksums: this.#checksumsOf(name) };
        }
        table.close();
        await this.#remove(name);
        const what = `The vectors of ${id} had other columns than this version's and are built anew`;
        this.#options.onRepair({ what, quarantinedTo: null });
      } catch (error) {
        if (isCircumstance(error)) throw unavailable(tableFolder(places, name), error);
        await this.#setAside(name, `The vectors of ${id} could not be read (${messageOf(error)})`);
      }
    }
    const { table, ...created } = await this.#create(id, dimensions);
    return { ...created, vectors: await LanceVectors.open(table, this.#optionsOf(id, dimensions), false) };
  }

  async #create(
    id: string,
    dimensions: number,
  ): Promise<{ name: string; table: Table; checksums: Checksums }> {
    const name = newVectorTable(id);
    const storageOptions = { new_table_enable_stable_row_ids: 'true' };
    const table = await this.#options.db.createEmptyTable(name, vectorSchema(dimensions), { storageOptions });
    return { name, table, checksums: this.#checksumsOf(name) };
  }

  #optionsOf(id: string, dimensions: number) {
    const { queue, isHere, idleMs, onUnreadable } = this.#options;
    return { id, dimensions, queue, isHere, idleMs, onUnreadable };
  }

  #checksumsOf(name: string): Checksums {
    return new Checksums(tableFolder(this.#options.places, name), this.#checksumsFile(name));
  }

  #checksumsFile(name: string): string {
    return `${this.#options.places.checksums}-${name}`;
  }

  async #setAside(name: string, what: string): Promise<void> {
    const { places, onRepair } = this.#options;
    const quarantinedTo = await setAside(tableFolder(places, name), places.quarantine);
    await rm(this.#checksumsFile(name), { force: true });
    onRepair({ what, quarantinedTo });
  }

  async #remove(name: string): Promise<void> {
    await rm(tableFolder(this.#options.places, name), { recursive: true, force: true });
    await rm(this.#checksumsFile(name), { force: true });
  }

  async #tables(): Promise<{ name: string; id: string }[]> {
    const tables: { name: string; id: string }[] = [];
    for (const folder of await readdir(this.#options.places.tables)) {
      const name = folder.replace(/\.lance$/, '');
      const id = vectorIdOf(name);
      if (id !== null) tables.push({ name, id });
    }
    return tables;
  }
}
