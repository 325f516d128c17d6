import { mkdir } from 'node:fs/promises';
import type { Connection } from '@lancedb/lancedb';
import { messageOf } from '../../shared/errors.js';
import type { ChunkRow } from '../../workers/chunk-rows.js';
import type { Log } from '../log-contract.js';
import { ChunkTable } from './chunk-table.js';
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
import { ChunkIndices } from './indices.js';
import { connectTo, type Lance } from './lance.js';
import { planMaintenance } from './maintenance.js';
import {
  createChunks,
  openChunks,
  type StorePlaces,
  storePlaces,
  tableFolder,
  unavailable,
} from './open-table.js';
import { diskError } from './record-file.js';
import { isIn, partsOf } from './sql.js';
import { VectorTables } from './vector-tables.js';
import { LanceVectors } from './vectors.js';
import { WriteQueue } from './write-queue.js';

const writesWaitingAtMost = 256;
const keysPerDelete = 500;
const suspectEveryMs = 10 * 60_000;
// Each fragment that is not indexed costs a search 0.1 ms; maintenance comes earlier unless writes never pause.
const commitsUnindexedAtMost = 200;

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
    const store = new LanceFamilyStore({ folder, places, lance, db, repairs, log: options.log ?? null });
    store.use(name, new ChunkTable(lance, table, contents));
    return store;
  } catch (error) {
    throw unavailable(folder, diskError(error, folder));
  }
}

interface Parts {
  folder: string;
  places: StorePlaces;
  lance: Lance;
  db: Connection;
  repairs: StoreRepair[];
  log: Log | null;
}

class LanceFamilyStore implements FamilyStore {
  readonly folder: string;
  readonly repairs: StoreRepair[];
  readonly #parts: Parts;
  readonly #queue = new WriteQueue(writesWaitingAtMost);
  readonly #syncer: Syncer;
  readonly #vectors: VectorTables;
  #contents = new Map<string, number>();
  #name = '';
  #chunks!: ChunkTable;
  #indices!: ChunkIndices;
  #checksums!: Checksums;
  #suspectedAt = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.folder = parts.folder;
    this.repairs = parts.repairs;
    this.#syncer = new Syncer(parts.folder);
    this.#vectors = new VectorTables({
      db: parts.db,
      places: parts.places,
      queue: this.#queue,
      isHere: (key) => this.#contents.has(key),
      // After a repair contents come back under their keys, and their vectors are costly.
      mayPrune: () => this.repairs.length === 0,
      onRepair: (repair) => this.#repaired(repair),
    });
  }

  /** Makes a table the one that is read and written. */
  use(name: string, chunks: ChunkTable): void {
    const { lance, places } = this.#parts;
    this.#name = name;
    this.#chunks = chunks;
    this.#contents = chunks.contents;
    this.#indices = new ChunkIndices(lance, chunks.table, tableFolder(places, name));
    this.#checksums = new Checksums(tableFolder(places, name), places.checksums);
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
        this.#indices.rowsAdded();
      }
      for (const [key, count] of fresh) this.#contents.set(key, count);
      if (!table) return;
      const due = !(await this.#indices.exist()) || this.#indices.commits >= commitsUnindexedAtMost;
      if (due) await this.#indices.build();
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

  vectors(id: string, dimensions: number): Promise<VectorStore> {
    return this.#vectors.open(id, dimensions);
  }

  vectorIds(): Promise<string[]> {
    return this.#vectors.ids();
  }

  dropVectors(id: string): Promise<void> {
    return this.#write(() => this.#vectors.drop(id));
  }

  deleteContents(keys: string[]): Promise<void> {
    return this.#write(async () => {
      const present = keys.filter((key) => this.#contents.has(key));
      // Before their chunks: what a crash leaves behind then is a chunk without vector, not a vector without chunk.
      await this.#vectors.forget(present);
      for (const part of partsOf(present, keysPerDelete)) {
        await this.#chunks.table.delete(isIn('key', part));
        for (const key of part) {
          this.#indices.rowsDeleted(this.#contents.get(key) ?? 0);
          this.#contents.delete(key);
          this.#chunks.forget(key);
        }
      }
    });
  }

  maintain({ force = false }: { force?: boolean } = {}): Promise<void> {
    return this.#write(async () => {
      const plan = planMaintenance(await this.#indices.state(this.#rows(), force));
      if (plan.index) await this.#indices.build();
      if (plan.compact) await this.#indices.compact();
      await this.#vectors.maintain(this.#parts.lance);
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
        await this.#indices.mend();
        await this.#indices.compact();
        this.#repaired({ what: 'The full-text index was damaged and was built anew', quarantinedTo: null });
      }
      return this.repairs.slice(before);
    });
  }

  stats(): Promise<StoreStats> {
    return this.#read(async ({ table }) => {
      const chunks = this.#rows();
      const files = await listFiles(this.folder);
      const bytes = files.reduce((sum, { size }) => sum + size, 0);
      return {
        chunks,
        bytes,
        unindexed: await this.#indices.unindexedRows(chunks),
        version: await table.version(),
      };
    });
  }

  async close(): Promise<void> {
    await this.#queue.close();
    this.#vectors.close();
    this.#chunks.table.close();
    this.#parts.db.close();
  }

  #rows(): number {
    let rows = 0;
    for (const count of this.#contents.values()) rows += count;
    return rows;
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
      this.#parts.log?.debug(
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
      .then((repairs) => (repairs.length === 0 ? this.#write(() => this.#indices.mend()) : undefined))
      .catch((error: unknown) => {
        this.#parts.log?.warn(
          { folder: this.folder, error: messageOf(error) },
          'the store could not be verified',
        );
      });
  }

  #repaired(repair: StoreRepair): void {
    this.repairs.push(repair);
    this.#parts.log?.warn({ folder: this.folder, ...repair }, 'store repaired');
  }

  async #startEmpty(): Promise<void> {
    const { places, lance, db } = this.#parts;
    this.#chunks.table.close();
    const quarantinedTo = await setAside(tableFolder(places, this.#name), places.quarantine);
    const { name, table } = await createChunks(db, places);
    this.#contents.clear();
    this.use(name, new ChunkTable(lance, table, this.#contents));
    this.#repaired({ what: 'The index was damaged and is built anew', quarantinedTo });
  }

  /** Whether contents are in the table although adding them failed; brings the table to its newest version. */
  async #isAdded(contents: readonly (readonly [string, number])[]): Promise<boolean> {
    const { table } = this.#chunks;
    await table.checkoutLatest();
    const [first] = contents;
    return first !== undefined && (await table.countRows(isIn('key', [first[0]]))) === first[1];
  }
}
