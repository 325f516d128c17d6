import { readdir, rm } from 'node:fs/promises';
import type { Connection } from '@lancedb/lancedb';
import { LcadError, messageOf } from '../../shared/errors.js';
import type { StoreRepair } from './contract.js';
import { setAside } from './dataset-files.js';
import type { Lance } from './lance.js';
import { isCircumstance, type StorePlaces, tableFolder, unavailable } from './open-table.js';
import { LanceVectors, newVectorTable, vectorIdOf, vectorSchema } from './vectors.js';
import type { WriteQueue } from './write-queue.js';

export interface VectorTablesOptions {
  db: Connection;
  places: StorePlaces;
  queue: WriteQueue;
  /** Whether a content is in the store. */
  isHere: (key: string) => boolean;
  /** Whether vectors of contents that are not here may be deleted. */
  mayPrune: () => boolean;
  onRepair: (repair: StoreRepair) => void;
}

/** The vectors of all models of a family. Methods marked so must be called by whoever holds the write queue. */
export class VectorTables {
  readonly #options: VectorTablesOptions;
  readonly #opening = new Map<string, Promise<LanceVectors>>();
  readonly #open = new Map<string, LanceVectors>();

  constructor(options: VectorTablesOptions) {
    this.#options = options;
  }

  /** Opens or creates the vectors of a model. @throws INTERNAL_ERROR if they have other dimensions */
  async open(id: string, dimensions: number): Promise<LanceVectors> {
    let opening = this.#opening.get(id);
    if (!opening) {
      opening = this.#options.queue.run(async () => {
        const vectors = await this.#openOrCreate(id, dimensions);
        this.#open.set(id, vectors);
        return vectors;
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
    this.#open.get(id)?.table.close();
    this.#open.delete(id);
    this.#opening.delete(id);
    for (const table of await this.#tables()) {
      if (table.id === id)
        await rm(tableFolder(this.#options.places, table.name), { recursive: true, force: true });
    }
  }

  /** Deletes the vectors of contents. Needs the write queue. */
  async forget(keys: readonly string[]): Promise<void> {
    for (const vectors of this.#open.values()) await vectors.forget(keys);
  }

  /** Needs the write queue. */
  async maintain(lance: Lance): Promise<void> {
    for (const vectors of this.#open.values()) await vectors.maintain(lance);
  }

  close(): void {
    for (const vectors of this.#open.values()) vectors.table.close();
  }

  async #openOrCreate(id: string, dimensions: number): Promise<LanceVectors> {
    const { db, places, queue, isHere, mayPrune, onRepair } = this.#options;
    for (const { name } of (await this.#tables()).filter((table) => table.id === id)) {
      try {
        return await LanceVectors.open(db, name, queue, isHere, mayPrune());
      } catch (error) {
        if (isCircumstance(error)) throw unavailable(tableFolder(places, name), error);
        const quarantinedTo = await setAside(tableFolder(places, name), places.quarantine);
        onRepair({ what: `The vectors of ${id} could not be read (${messageOf(error)})`, quarantinedTo });
      }
    }
    const name = newVectorTable(id);
    const storageOptions = { new_table_enable_stable_row_ids: 'true' };
    (await db.createEmptyTable(name, vectorSchema(dimensions), { storageOptions })).close();
    return LanceVectors.open(db, name, queue, isHere, false);
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
