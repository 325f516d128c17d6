import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from '@lancedb/lancedb';
import { LcadError, messageOf, systemCode } from '../../shared/errors.js';
import type { ChunkRow } from '../../workers/chunk-rows.js';
import type { Log } from '../log-contract.js';
import { buildIndices, ChunkTable } from './chunk-table.js';
import type {
  ChunkId,
  FamilyStore,
  StoreRepair,
  StoreStats,
  TextHit,
  TextQuery,
  VectorStore,
} from './contract.js';
import { Checksums, listFiles, Syncer, setAside } from './dataset-files.js';
import { incomingRows } from './incoming.js';
import { connectTo } from './lance.js';
import { type MaintenanceState, planMaintenance } from './maintenance.js';
import {
  createChunks,
  openChunks,
  rebuildIndices,
  type StorePlaces,
  storePlaces,
  tableFolder,
  unavailable,
} from './open-table.js';
import { diskError } from './record-file.js';
import { isIn, partsOf } from './sql.js';
import { LanceVectors, newVectorTable, vectorIdOf, vectorSchema } from './vectors.js';
import { WriteQueue } from './write-queue.js';

type Lance = typeof import('@lancedb/lancedb');

const writesWaitingAtMost = 256;
const keysPerDelete = 500;
const suspectEveryMs = 10 * 60_000;

/**
 * Opens the derived data of a repository family, or makes it. What was broken is set aside and told by `repairs`.
 * @param folder belongs to the store alone; made if missing
 * @throws INDEX_UNAVAILABLE, DISK_FULL
 */
export async function openFamilyStore(folder: string, options: { log?: Log } = {}): Promise<FamilyStore> {
  const places = storePlaces(folder);
  const repairs: StoreRepair[] = [];
  try {
    await mkdir(places.tables, { recursive: true, mode: 0o700 });
    const { lance, db } = await connectTo(places.tables);
    const { name, table, contents, partial } = await openChunks(lance, db, places, repairs);
    if (partial.length > 0) {
      for (const part of partsOf(partial, keysPerDelete)) await table.delete(isIn('key', part));
      repairs.push({
        what: `${partial.length} contents were not whole and are derived again`,
        quarantinedTo: null,
      });
    }
    for (const repair of repairs) options.log?.warn({ folder, ...repair }, 'store repaired');
    const store = new LanceFamilyStore(folder, places, lance, db, repairs, options.log ?? null);
    store.use(name, new ChunkTable(lance, table, contents));
    return store;
  } catch (error) {
    throw unavailable(folder, diskError(error, folder));
  }
}

class LanceFamilyStore implements FamilyStore {
  readonly folder: string;
  readonly repairs: StoreRepair[];
  readonly #places: StorePlaces;
  readonly #lance: Lance;
  readonly #db: Connection;
  readonly #log: Log | null;
  readonly #queue = new WriteQueue(writesWaitingAtMost);
  readonly #syncer: Syncer;
  readonly #vectors = new Map<string, Promise<LanceVectors>>();
  #contents = new Map<string, number>();
  #name = '';
  #chunks!: ChunkTable;
  #checksums!: Checksums;
  #indexed: boolean | null = null;
  #addsSinceIndex = 0;
  #deletedRows = 0;
  #suspectedAt = 0;

  constructor(
    folder: string,
    places: StorePlaces,
    lance: Lance,
    db: Connection,
    repairs: StoreRepair[],
    log: Log | null,
  ) {
    this.folder = folder;
    this.repairs = repairs;
    this.#places = places;
    this.#lance = lance;
    this.#db = db;
    this.#log = log;
    this.#syncer = new Syncer(folder);
  }

  /** Makes a table the one that is read and written. */
  use(name: string, chunks: ChunkTable): void {
    this.#name = name;
    this.#chunks = chunks;
    this.#contents = chunks.contents;
    this.#checksums = new Checksums(tableFolder(this.#places, name), this.#places.checksums);
    this.#indexed = null;
    this.#addsSinceIndex = 0;
    this.#deletedRows = 0;
  }

  get keys(): ReadonlyMap<string, number> {
    return this.#contents;
  }

  addChunks(rows: Uint8Array[], contents: ReadonlyMap<string, number>): Promise<void> {
    return this.#write(async () => {
      // Two repositories of the family may have derived the same content at the same time.
      const table = incomingRows(rows, contents, (key) => this.#contents.has(key));
      const fresh = [...contents].filter(([key]) => !this.#contents.has(key));
      if (table) {
        for (const [key] of fresh) this.#chunks.forget(key);
        try {
          await this.#chunks.table.add(table);
        } catch (error) {
          if (!(await this.#isAdded(fresh))) throw error;
        }
        this.#addsSinceIndex++;
      }
      for (const [key, count] of fresh) this.#contents.set(key, count);
      if (table && !(await this.#hasIndices())) await this.#index();
    });
  }

  async searchText(query: TextQuery): Promise<TextHit[]> {
    if (this.#contents.size === 0) return [];
    return this.#read((chunks) => chunks.search(query));
  }

  fetch(ids: ChunkId[]): Promise<ChunkRow[]> {
    return this.#read((chunks) => chunks.fetch(ids));
  }

  chunksOf(keys: string[]): Promise<Omit<TextHit, 'score'>[]> {
    return this.#read((chunks) => chunks.chunksOf(keys));
  }

  async withoutVector(
    vectors: VectorStore | null,
    live: ReadonlySet<string>,
    limit: number,
  ): Promise<ChunkRow[]> {
    const ids: ChunkId[] = [];
    for (const [key, count] of this.#contents) {
      if (ids.length >= limit) break;
      if (!live.has(key) || (vectors instanceof LanceVectors && vectors.countOf(key) >= count)) continue;
      for (let ord = 0; ord < count && ids.length < limit; ord++) {
        if (!vectors?.has({ key, ord })) ids.push({ key, ord });
      }
    }
    return this.fetch(ids);
  }

  async vectors(id: string, dimensions: number): Promise<VectorStore> {
    let opening = this.#vectors.get(id);
    if (!opening) {
      opening = this.#openVectors(id, dimensions);
      this.#vectors.set(id, opening);
      opening.catch(() => this.#vectors.delete(id));
    }
    const vectors = await opening;
    if (vectors.dimensions !== dimensions) {
      const message = `The vectors of ${id} have ${vectors.dimensions} dimensions, not ${dimensions}.`;
      throw new LcadError('INTERNAL_ERROR', message);
    }
    return vectors;
  }

  async vectorIds(): Promise<string[]> {
    return [...new Set((await this.#vectorTables()).map(({ id }) => id))].toSorted();
  }

  async dropVectors(id: string): Promise<void> {
    await this.#write(async () => {
      const open = await this.#vectors.get(id)?.catch(() => null);
      this.#vectors.delete(id);
      open?.table.close();
      for (const table of await this.#vectorTables()) {
        if (table.id === id)
          await rm(tableFolder(this.#places, table.name), { recursive: true, force: true });
      }
    });
  }

  deleteContents(keys: string[]): Promise<void> {
    return this.#write(async () => {
      const present = keys.filter((key) => this.#contents.has(key));
      // Before their chunks: what a crash leaves behind then is a chunk without vector, not a vector without chunk.
      for (const opening of this.#vectors.values()) await (await opening).forget(present);
      for (const part of partsOf(present, keysPerDelete)) {
        await this.#chunks.table.delete(isIn('key', part));
        for (const key of part) {
          this.#deletedRows += this.#contents.get(key) ?? 0;
          this.#contents.delete(key);
          this.#chunks.forget(key);
        }
      }
    });
  }

  maintain({ force = false }: { force?: boolean } = {}): Promise<void> {
    return this.#write(async () => {
      const plan = planMaintenance(await this.#state(force));
      if (plan.index) await this.#index();
      if (plan.compact) await this.#compact();
      for (const opening of this.#vectors.values()) await (await opening).maintain(this.#lance);
      if (!force) await this.#checksums.record();
    });
  }

  sync(): Promise<void> {
    return this.#write(() => this.#syncer.sync());
  }

  verify(): Promise<StoreRepair[]> {
    return this.#write(async () => {
      const before = this.repairs.length;
      const broken = await this.#checksums.broken();
      const readable = await this.#chunks.table
        .query()
        .select(['key'])
        .toArrow()
        .then(
          () => true,
          () => false,
        );
      if (!readable || broken.some((path) => !path.startsWith('_indices'))) await this.#startEmpty();
      else if (broken.length > 0) {
        await this.#mendIndices();
        await this.#compact();
        this.#repaired({ what: 'The full-text index was damaged and was built anew', quarantinedTo: null });
      }
      return this.repairs.slice(before);
    });
  }

  async stats(): Promise<StoreStats> {
    return this.#read(async ({ table }) => {
      let chunks = 0;
      for (const count of this.#contents.values()) chunks += count;
      const files = await listFiles(this.folder);
      const bytes = files.reduce((sum, { size }) => sum + size, 0);
      return { chunks, bytes, unindexed: await this.#unindexedRows(chunks), version: await table.version() };
    });
  }

  async close(): Promise<void> {
    await this.#queue.close();
    for (const opening of this.#vectors.values()) {
      const vectors = await opening.catch(() => null);
      vectors?.table.close();
    }
    this.#chunks.table.close();
    this.#db.close();
  }

  #write<T>(write: () => Promise<T>): Promise<T> {
    return this.#queue.run(async () => {
      try {
        return await write();
      } catch (error) {
        throw unavailable(this.folder, diskError(error, this.folder));
      }
    });
  }

  /** A compaction may remove files under a read that began before it; the second try reads those after it. */
  async #read<T>(read: (chunks: ChunkTable) => Promise<T>): Promise<T> {
    try {
      return await read(this.#chunks);
    } catch (first) {
      this.#log?.debug(
        { folder: this.folder, error: messageOf(first) },
        'a read of the store is tried again',
      );
    }
    try {
      return await read(this.#chunks);
    } catch (error) {
      this.#suspect();
      throw unavailable(this.folder, error);
    }
  }

  /** Looks for damage after a read has failed, and mends it, but not all the time. */
  #suspect(): void {
    if (Date.now() - this.#suspectedAt < suspectEveryMs) return;
    this.#suspectedAt = Date.now();
    this.verify()
      .then((repairs) => (repairs.length === 0 ? this.#write(() => this.#mendIndices()) : undefined))
      .catch((error: unknown) => {
        this.#log?.warn({ folder: this.folder, error: messageOf(error) }, 'the store could not be verified');
      });
  }

  #repaired(repair: StoreRepair): void {
    this.repairs.push(repair);
    this.#log?.warn({ folder: this.folder, ...repair }, 'store repaired');
  }

  async #startEmpty(): Promise<void> {
    this.#chunks.table.close();
    const quarantinedTo = await setAside(tableFolder(this.#places, this.#name), this.#places.quarantine);
    const { name, table } = await createChunks(this.#db, this.#places);
    this.#contents.clear();
    this.use(name, new ChunkTable(this.#lance, table, this.#contents));
    this.#repaired({ what: 'The index was damaged and is built anew', quarantinedTo });
  }

  /** Whether contents are in the table although adding them failed; brings the table to its newest version. */
  async #isAdded(contents: readonly (readonly [string, number])[]): Promise<boolean> {
    const { table } = this.#chunks;
    await table.checkoutLatest();
    const [first] = contents;
    return first !== undefined && (await table.countRows(isIn('key', [first[0]]))) === first[1];
  }

  async #hasIndices(): Promise<boolean> {
    this.#indexed ??= (await this.#chunks.table.listIndices()).length > 0;
    return this.#indexed;
  }

  async #index(): Promise<void> {
    if (this.#contents.size === 0) return;
    await buildIndices(this.#lance, this.#chunks.table);
    this.#indexed = true;
    this.#addsSinceIndex = 0;
  }

  async #mendIndices(): Promise<void> {
    await rebuildIndices(this.#lance, this.#chunks.table);
    this.#indexed = true;
    this.#addsSinceIndex = 0;
  }

  async #compact(): Promise<void> {
    await this.#chunks.table.optimize({ cleanupOlderThan: new Date(), deleteUnverified: true });
    this.#deletedRows = 0;
  }

  async #unindexedRows(rows: number): Promise<number> {
    if (!(await this.#hasIndices())) return rows;
    return (await this.#chunks.table.indexStats('terms_idx'))?.numUnindexedRows ?? rows;
  }

  async #state(force: boolean): Promise<MaintenanceState> {
    const folder = tableFolder(this.#places, this.#name);
    let rows = 0;
    for (const count of this.#contents.values()) rows += count;
    const unindexedRows = await this.#unindexedRows(rows);
    const { fragmentStats } = await this.#chunks.table.stats();
    return {
      rows,
      indexed: await this.#hasIndices(),
      unindexedRows,
      unindexedFragments: unindexedRows === 0 ? 0 : Math.max(1, this.#addsSinceIndex),
      fragments: fragmentStats.numFragments,
      deletedRows: this.#deletedRows,
      staleIndices: Math.floor((await entriesOf(join(folder, '_indices'))) / 4) - 1,
      staleVersions: await entriesOf(join(folder, '_versions')),
      force,
    };
  }

  #openVectors(id: string, dimensions: number): Promise<LanceVectors> {
    return this.#write(async () => {
      const isHere = (key: string) => this.#contents.has(key);
      // After a repair contents come back under their keys, and their vectors are costly.
      const prune = this.repairs.length === 0;
      for (const { name } of (await this.#vectorTables()).filter((table) => table.id === id)) {
        try {
          return await LanceVectors.open(this.#db, name, this.#queue, isHere, prune);
        } catch (error) {
          const quarantinedTo = await setAside(tableFolder(this.#places, name), this.#places.quarantine);
          this.#repaired({
            what: `The vectors of ${id} could not be read (${messageOf(error)})`,
            quarantinedTo,
          });
        }
      }
      const name = newVectorTable(id);
      const storageOptions = { new_table_enable_stable_row_ids: 'true' };
      (await this.#db.createEmptyTable(name, vectorSchema(dimensions), { storageOptions })).close();
      return LanceVectors.open(this.#db, name, this.#queue, isHere, prune);
    });
  }

  async #vectorTables(): Promise<{ name: string; id: string }[]> {
    const tables: { name: string; id: string }[] = [];
    for (const folder of await readdir(this.#places.tables)) {
      const name = folder.replace(/\.lance$/, '');
      const id = vectorIdOf(name);
      if (id !== null) tables.push({ name, id });
    }
    return tables;
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
