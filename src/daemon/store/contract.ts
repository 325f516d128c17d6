import type { ChunkRow } from '../../workers/chunk-rows.js';

/** Names one chunk of the store. */
export interface ChunkId {
  key: string;
  ord: number;
}

/** A chunk that matched, without its text. */
export interface TextHit extends ChunkId {
  score: number;
  startLine: number;
  endLine: number;
  language: string;
  kind: string;
  name: string;
  scope: string;
  symbols: string;
}

export interface TextQuery {
  /** Terms as shared/terms.ts splits them; any of them may match (BM25). Never empty. */
  terms: string[];
  /** `terms`: the chunk's words. `symbols`: names of definitions, whole and lower case. */
  column: 'terms' | 'symbols';
  limit: number;
  /** Only chunks of these languages or kinds; undefined: all. Applied before the limit. */
  languages?: string[];
  kinds?: string[];
}

/** A vector of the text that is embedded for a chunk. */
export interface VectorRow extends ChunkId {
  vector: Float32Array;
}

export interface VectorHit extends ChunkId {
  /** Cosine similarity, -1 to 1. */
  similarity: number;
}

/** The vectors of one embedding model. Built beside those of other models; `id` is a file-safe name. */
export interface VectorStore {
  readonly id: string;
  readonly dimensions: number;
  /** Chunks that have a vector, as `key:ord`. */
  has(id: ChunkId): boolean;
  readonly count: number;
  /** Idempotent. Rejects (INTERNAL_ERROR) vectors that are empty, not finite or of another length, adding none. */
  add(rows: VectorRow[]): Promise<void>;
  search(vector: Float32Array, limit: number): Promise<VectorHit[]>;
}

export interface StoreStats {
  chunks: number;
  /** Bytes on disk. */
  bytes: number;
  /** Rows that the full-text index does not cover yet. */
  unindexed: number;
  version: number;
}

/** What was wrong with a store when it was opened, and mended by setting the broken part aside. */
export interface StoreRepair {
  what: string;
  quarantinedTo: string | null;
}

/** The derived data of one repository family. One writer: all writes queue behind each other. */
export interface FamilyStore {
  readonly folder: string;
  /** Content keys that are completely in the table, with the number of their chunks. Live view. */
  readonly keys: ReadonlyMap<string, number>;
  readonly repairs: readonly StoreRepair[];
  /**
   * Adds the chunks of some contents. Keys that are in the table already must not be given again.
   * @param rows Arrow IPC streams in the schema of chunk-rows.ts
   * @param contents every key in `rows` with its number of chunks (0 is allowed: content without chunks)
   * @throws DISK_FULL, INDEX_UNAVAILABLE
   */
  addChunks(rows: Uint8Array[], contents: ReadonlyMap<string, number>): Promise<void>;
  searchText(query: TextQuery): Promise<TextHit[]>;
  /** Whole rows, in the order asked for; chunks that are not there are left out. */
  fetch(ids: ChunkId[]): Promise<ChunkRow[]>;
  /** All chunks of some contents without text and terms, ordered by key and ord. */
  chunksOf(keys: string[]): Promise<Omit<TextHit, 'score'>[]>;
  /** Chunks that `vectors` lacks (null: all), at most `limit`; skips keys not in `live`. */
  withoutVector(vectors: VectorStore | null, live: ReadonlySet<string>, limit: number): Promise<ChunkRow[]>;
  /** Opens or creates the vectors of a model. @throws INTERNAL_ERROR if it exists with other dimensions */
  vectors(id: string, dimensions: number): Promise<VectorStore>;
  /** Ids of the models that have vectors here. */
  vectorIds(): Promise<string[]>;
  dropVectors(id: string): Promise<void>;
  /** Removes contents and their vectors. */
  deleteContents(keys: string[]): Promise<void>;
  /** Brings the indices up to date and compacts, if there is enough to do; `force`: whatever there is. */
  maintain(options?: { force?: boolean }): Promise<void>;
  /**
   * Compares the files with the checksums that maintenance took of them, and mends what is broken: an index is built
   * anew, a broken table is set aside and an empty one takes its place. Reads the whole store. Returns what was mended.
   */
  verify(): Promise<StoreRepair[]>;
  /** Forces what was written to the disk (LanceDB itself never calls fsync). */
  sync(): Promise<void>;
  stats(): Promise<StoreStats>;
  /** Waits for the write queue, then closes. */
  close(): Promise<void>;
}
