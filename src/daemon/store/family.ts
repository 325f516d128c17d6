import { mkdir } from 'node:fs/promises';
import type { Connection } from '@lancedb/lancedb';
import type { ChunkRow } from '../../workers/chunk-rows.js';
import type { BuildTermsTask, TermSegment } from '../../workers/messages.js';
import { buildSegment } from '../../workers/terms/segment.js';
import type { Log } from '../log-contract.js';
import { ChunkStore } from './chunk-store.js';
import type { ChunkTable } from './chunk-table.js';
import { ContentTable } from './content-table.js';
import type {
  ChunkId,
  ContentParts,
  FamilyStore,
  ScoredChunk,
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
import { ReadGuard } from './read-guard.js';
import { diskError } from './record-file.js';
import { type TermBuilder, TermIndex } from './term-index.js';
import type { Terms } from './terms.js';
import { TextMatcher } from './text-match.js';
import { VectorTables } from './vector-tables.js';
import { LanceVectors } from './vectors.js';
import { type Lane, WriteQueue } from './write-queue.js';

const writesWaitingAtMost = 256;
/** How long vectors and the index of terms stay in memory after a search. */
const memoryIdleMs = 10 * 60_000;

export interface FamilyStoreOptions {
  log?: Log;
  /** How long vectors stay in memory after a scan, in milliseconds; default 10 minutes. */
  vectorsIdleMs?: number;
  /** How long the index of terms does after a search, in milliseconds; default 10 minutes. */
  termsIdleMs?: number;
  /** Builds the index of terms; default: in this thread. */
  buildTerms?: TermBuilder;
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
    const { db } = await connectTo(places.tables);
    const chunks = await ChunkStore.open({ db, places }, repairs);
    const contents = await ContentTable.open({
      db,
      places,
      isHere: (key) => chunks.contents.has(key),
      // After a repair contents come back under their keys.
      mayPrune: () => repairs.length === 0,
      onRepair: (repair) => void repairs.push(repair),
    });
    for (const repair of repairs) options.log?.warn({ folder, ...repair }, 'store repaired');
    return new LanceFamilyStore({ folder, places, db, chunks, contents, repairs, options });
  } catch (error) {
    throw unavailable(folder, diskError(error, folder));
  }
}

interface Parts {
  folder: string;
  places: StorePlaces;
  db: Connection;
  chunks: ChunkStore;
  contents: ContentTable;
  repairs: StoreRepair[];
  options: FamilyStoreOptions;
}

class LanceFamilyStore implements FamilyStore {
  readonly folder: string;
  readonly repairs: StoreRepair[];
  readonly #db: Connection;
  readonly #log: Log | null;
  readonly #queue = new WriteQueue(writesWaitingAtMost);
  readonly #guard: ReadGuard;
  readonly #syncer: Syncer;
  readonly #chunks: ChunkStore;
  readonly #contents: ContentTable;
  readonly #terms: TermIndex;
  readonly #vectors: VectorTables;

  constructor({ folder, places, db, chunks, contents, repairs, options }: Parts) {
    this.folder = folder;
    this.repairs = repairs;
    this.#db = db;
    this.#log = options.log ?? null;
    this.#syncer = new Syncer(folder);
    this.#guard = new ReadGuard({ folder, log: this.#log, verify: () => this.verify() });
    this.#chunks = chunks;
    this.#contents = contents;
    this.#terms = new TermIndex({
      contents: chunks.contents,
      read: (take) => contents.eachTerms(take),
      build: options.buildTerms ?? buildHere,
      idleMs: options.termsIdleMs ?? memoryIdleMs,
      onBroken: (keys) => void this.#write(() => contents.forget(keys)).catch(() => this.#guard.suspect()),
    });
    this.#vectors = new VectorTables({
      db,
      places,
      queue: this.#queue,
      idleMs: options.vectorsIdleMs ?? memoryIdleMs,
      isHere: (key) => chunks.contents.has(key),
      // After a repair contents come back under their keys, and their vectors are costly.
      mayPrune: () => this.repairs.length === 0,
      onRepair: (repair) => this.#repaired(repair),
      onUnreadable: () => this.#guard.suspect(),
    });
  }

  get keys(): ReadonlyMap<string, number> {
    return this.#chunks.contents;
  }

  addChunks(
    rows: Uint8Array[],
    contents: ReadonlyMap<string, number>,
    parts: ReadonlyMap<string, ContentParts> = new Map(),
  ): Promise<void> {
    return this.#write(async () => {
      // Before their chunks: what a crash leaves behind then are parts without content, which are pruned.
      await this.#contents.add(parts);
      await this.#chunks.add(rows, contents);
      for (const [key, { terms }] of parts) if (this.keys.has(key)) this.#terms.add(key, terms);
    }, 'chunks');
  }

  isWhole(key: string): boolean {
    return this.keys.has(key) && this.#contents.has(key);
  }

  outlines(keys: ReadonlySet<string>): Promise<Map<string, Uint8Array>> {
    return this.#guard.read(() => this.#contents.outlines(keys));
  }

  async searchText(query: TextQuery): Promise<TextHit[]> {
    const nothing = query.terms.length === 0 || query.languages?.length === 0 || query.kinds?.length === 0;
    if (nothing || this.keys.size === 0) return [];
    const scored = await (await this.#useTerms()).search(query);
    return this.#read((chunks) => chunks.hits(scored));
  }

  async scoreText(query: TextQuery, contents: ReadonlyMap<string, Uint8Array>): Promise<ScoredChunk[]> {
    return (await this.#useTerms()).score(query, contents);
  }

  async warm(): Promise<void> {
    await this.#useTerms();
  }

  termCounts(): Promise<TermCounts> {
    return this.#useTerms();
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
      try {
        await this.#chunks.delete(present);
      } finally {
        for (const key of present) if (!this.keys.has(key)) this.#terms.remove(key);
      }
      await this.#contents.forget(present);
    });
  }

  maintain(): Promise<void> {
    return this.#write(async () => {
      await this.#chunks.maintain();
      await this.#contents.maintain();
      await this.#vectors.maintain();
    });
  }

  sync(): Promise<void> {
    return this.#write(() => this.#syncer.sync());
  }

  verify(): Promise<StoreRepair[]> {
    return this.#write(async () => {
      const before = this.repairs.length;
      const repair = await this.#chunks.verify();
      if (repair) {
        this.#terms.release();
        this.#repaired(repair);
      }
      await this.#contents.verify();
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
        version: await table.version(),
      };
    });
  }

  async close(): Promise<void> {
    await this.#queue.close();
    this.#vectors.close();
    this.#terms.release();
    this.#contents.close();
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
    return this.#guard.read(() => read(this.#chunks.reads));
  }

  #useTerms(): Promise<Terms> {
    return this.#guard.read(() => this.#terms.use());
  }

  #repaired(repair: StoreRepair): void {
    this.repairs.push(repair);
    this.#log?.warn({ folder: this.folder, ...repair }, 'store repaired');
  }
}

async function buildHere(task: BuildTermsTask): Promise<TermSegment> {
  return buildSegment(task);
}
