import { mkdir } from 'node:fs/promises';
import type { Connection } from '@lancedb/lancedb';
import { messageOf } from '../../shared/errors.js';
import type { ChunkRow } from '../../workers/chunk-rows.js';
import type { Log } from '../log-contract.js';
import { ChunkStore } from './chunk-store.js';
import type { ChunkTable } from './chunk-table.js';
import type {
  ChunkId,
  FamilyStore,
  StoreRepair,
  StoreStats,
  TermCounts,
  TextHit,
  TextMatches,
  TextMatchQuery,
  TextQuery,
  VectorStore,
} from './contract.js';
import { listFiles, Syncer } from './dataset-files.js';
import { connectTo } from './lance.js';
import { type StorePlaces, storePlaces, unavailable } from './open-table.js';
import { OutlineTable } from './outlines.js';
import { diskError } from './record-file.js';
import { TextMatcher } from './text-match.js';
import { VectorTables } from './vector-tables.js';
import { LanceVectors } from './vectors.js';
import { type Lane, WriteQueue } from './write-queue.js';

const writesWaitingAtMost = 256;
const suspectEveryMs = 10 * 60_000;
/** How long vectors stay in memory after a scan. */
const vectorsIdleMs = 10 * 60_000;

export interface FamilyStoreOptions {
  log?: Log;
  /** How long vectors stay in memory after a scan, in milliseconds; default 10 minutes. */
  vectorsIdleMs?: number;
}

/**
 * Opens the derived data of a repository family, or makes it. What was broken is set aside and told by `repairs`.
 * @param folder belongs to the store alone; made if missing
 * @throws INDEX_UNAVAILABLE, DISK_FULL
 */
export async function openFamilyStore(
  folder: string,
  options: FamilyStoreOptions = {},
): Promise<FamilyStore> {
  const places = storePlaces(folder);
  const repairs: StoreRepair[] = [];
  try {
    await mkdir(places.tables, { recursive: true, mode: 0o700 });
    const { lance, db } = await connectTo(places.tables);
    const chunks = await ChunkStore.open({ lance, db, places }, repairs);
    const outlines = await OutlineTable.open({
      db,
      places,
      isHere: (key) => chunks.contents.has(key),
      // After a repair contents come back under their keys.
      mayPrune: () => repairs.length === 0,
      onRepair: (repair) => void repairs.push(repair),
    });
    for (const repair of repairs) options.log?.warn({ folder, ...repair }, 'store repaired');
    return new LanceFamilyStore({ folder, places, db, chunks, outlines, repairs, options });
  } catch (error) {
    throw unavailable(folder, diskError(error, folder));
  }
}

interface Parts {
  folder: string;
  places: StorePlaces;
  db: Connection;
  chunks: ChunkStore;
  outlines: OutlineTable;
  repairs: StoreRepair[];
  options: FamilyStoreOptions;
}

class LanceFamilyStore implements FamilyStore {
  readonly folder: string;
  readonly repairs: StoreRepair[];
  readonly #db: Connection;
  readonly #log: Log | null;
  readonly #queue = new WriteQueue(writesWaitingAtMost);
  readonly #syncer: Syncer;
  readonly #chunks: ChunkStore;
  readonly #outlines: OutlineTable;
  readonly #vectors: VectorTables;
  #suspectedAt = 0;

  constructor({ folder, places, db, chunks, outlines, repairs, options }: Parts) {
    this.folder = folder;
    this.repairs = repairs;
    this.#db = db;
    this.#log = options.log ?? null;
    this.#syncer = new Syncer(folder);
    this.#chunks = chunks;
    this.#outlines = outlines;
    this.#vectors = new VectorTables({
      db,
      places,
      queue: this.#queue,
      idleMs: options.vectorsIdleMs ?? vectorsIdleMs,
      isHere: (key) => chunks.contents.has(key),
      // After a repair contents come back under their keys, and their vectors are costly.
      mayPrune: () => this.repairs.length === 0,
      onRepair: (repair) => this.#repaired(repair),
      onUnreadable: () => this.#suspect(false),
    });
  }

  get keys(): ReadonlyMap<string, number> {
    return this.#chunks.contents;
  }

  addChunks(
    rows: Uint8Array[],
    contents: ReadonlyMap<string, number>,
    outlines: ReadonlyMap<string, Uint8Array> = new Map(),
  ): Promise<void> {
    return this.#write(async () => {
      // Before their chunks: what a crash leaves behind then is an outline without content, which is pruned.
      await this.#outlines.add(outlines);
      await this.#chunks.add(rows, contents);
    }, 'chunks');
  }

  isWhole(key: string): boolean {
    return this.keys.has(key) && this.#outlines.has(key);
  }

  outlines(keys: ReadonlySet<string>): Promise<Map<string, Uint8Array>> {
    return this.#tried(
      () => this.#outlines.read(keys),
      () => this.#suspect(false),
    );
  }

  async searchText(query: TextQuery): Promise<TextHit[]> {
    if (this.keys.size === 0) return [];
    return this.#read((chunks) => chunks.search(query));
  }

  termCounts(): Promise<TermCounts> {
    return this.#read((chunks) => chunks.termCounts());
  }

  matchText(query: TextMatchQuery, signal: AbortSignal): Promise<TextMatches> {
    return new TextMatcher((read) => this.#read(read)).match(query, signal);
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
    for (const [key, count] of this.keys) {
      if (ids.length >= limit) break;
      if (!live.has(key) || (vectors instanceof LanceVectors && vectors.chunksOf(key) >= count)) continue;
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
      const present = keys.filter((key) => this.keys.has(key));
      // Before their chunks: what a crash leaves behind then is a chunk without vector, not a vector without chunk.
      await this.#vectors.forget(present);
      await this.#chunks.delete(present);
      await this.#outlines.forget(present);
    });
  }

  maintain({ force = false }: { force?: boolean } = {}): Promise<void> {
    return this.#write(async () => {
      await this.#chunks.maintain(force);
      await this.#outlines.maintain(!force);
      await this.#vectors.maintain(!force);
      if (!force) await this.#chunks.recordChecksums();
    });
  }

  sync(): Promise<void> {
    return this.#write(() => this.#syncer.sync());
  }

  verify(): Promise<StoreRepair[]> {
    return this.#write(async () => {
      const before = this.repairs.length;
      const repair = await this.#chunks.verify();
      if (repair) this.#repaired(repair);
      await this.#outlines.verify();
      await this.#vectors.verify();
      return this.repairs.slice(before);
    });
  }

  stats(): Promise<StoreStats> {
    return this.#read(async ({ table }) => {
      const files = await listFiles(this.folder);
      return {
        chunks: this.#chunks.rows,
        bytes: files.reduce((sum, { size }) => sum + size, 0),
        unindexed: await this.#chunks.unindexedRows(),
        version: await table.version(),
      };
    });
  }

  async close(): Promise<void> {
    await this.#queue.close();
    this.#vectors.close();
    this.#outlines.close();
    this.#chunks.close();
    this.#db.close();
  }

  #write<T>(write: () => Promise<T>, lane?: Lane): Promise<T> {
    return this.#queue.run(async () => {
      try {
        return await write();
      } catch (error) {
        throw unavailable(this.folder, diskError(error, this.folder));
      }
    }, lane);
  }

  #read<T>(read: (chunks: ChunkTable) => Promise<T>): Promise<T> {
    return this.#tried(
      () => read(this.#chunks.reads),
      () => this.#suspect(true),
    );
  }

  /** A compaction may remove files under a read that began before it; the second try reads those after it. */
  async #tried<T>(read: () => Promise<T>, onUnreadable: () => void): Promise<T> {
    try {
      return await read();
    } catch (first) {
      this.#log?.debug(
        { folder: this.folder, error: messageOf(first) },
        'a read of the store is tried again',
      );
    }
    try {
      return await read();
    } catch (error) {
      onUnreadable();
      throw unavailable(this.folder, error);
    }
  }

  /**
   * Looks for damage after a read has failed, and mends it, but not all the time.
   * @param mend build the indices of the chunks anew if no damage is found
   */
  #suspect(mend: boolean): void {
    if (Date.now() - this.#suspectedAt < suspectEveryMs) return;
    this.#suspectedAt = Date.now();
    this.verify()
      .then((repairs) =>
        mend && repairs.length === 0 ? this.#write(() => this.#chunks.mendIndices()) : undefined,
      )
      .catch((error: unknown) => {
        this.#log?.warn({ folder: this.folder, error: messageOf(error) }, 'the store could not be verified');
      });
  }

  #repaired(repair: StoreRepair): void {
    this.repairs.push(repair);
    this.#log?.warn({ folder: this.folder, ...repair }, 'store repaired');
  }
}
