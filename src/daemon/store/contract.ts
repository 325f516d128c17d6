import type { ChunkRow } from '../../workers/chunk-rows.js';

/** Names one chunk of the store. */
export interface ChunkId {
  key: string;
  ord: number;
}

/** A chunk and how well it matches. */
export interface ScoredChunk extends ChunkId {
  score: number;
}

/** A chunk that matched, without its text. */
export interface TextHit extends ScoredChunk {
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

/** Vectors as they are kept: of unit length, each as signed bytes with a scale. A vector of zeros is like nothing. */
export interface VectorBatch {
  /** One a row. */
  ids: ChunkId[];
  /** `dimensions` bytes a row, one row after the other. */
  values: Int8Array;
  /** One a row: a component is its byte times this. */
  scales: Float32Array;
}

export interface VectorHit extends ChunkId {
  /** Cosine similarity, -1 to 1. */
  similarity: number;
}

/** Similarities of everything in a vector store with one query, as it was when the scan was made. */
export interface VectorScores {
  /**
   * The nearest chunks of the contents that are wanted, nearest first; equal ones by key and ord. Of a great many
   * vectors, one whose sketch is misleading may be missing or come late; its similarity is right.
   */
  nearest(limit: number, wanted: (key: string) => boolean): VectorHit[];
  /** How near some contents are, in their order, with the `limit` nearest chunks of each. */
  of(keys: readonly string[], limit?: number): ContentSimilarity[];
}

/** How near one content is to a query. */
export interface ContentSimilarity {
  /** Chunks, nearest first; empty if it has no vectors. */
  nearest: VectorHit[];
  /** Similarity of the content as a whole, which is the sum of its chunks; null if they have no vectors. */
  whole: number | null;
}

/**
 * The vectors of one embedding model. Built beside those of other models; `id` is a file-safe name. All are compared
 * with a query, in memory: each by a sketch of it, and exactly where that shows that it may be among the nearest, or
 * where a content is asked for.
 */
export interface VectorStore {
  readonly id: string;
  readonly dimensions: number;
  has(id: ChunkId): boolean;
  /** Chunks that have a vector. */
  readonly count: number;
  /** Idempotent: rows that are here already are left as they are. @throws INTERNAL_ERROR on rows of another shape, DISK_FULL */
  add(batch: VectorBatch): Promise<void>;
  /** Vector of a chunk, of unit length (zeros if it is like nothing); null if it has none. Reads them in if need be. */
  vectorOf(id: ChunkId): Promise<Float32Array | null>;
  /**
   * Compares the query with all vectors, giving way to other work in between.
   * @param likely how many of the nearest will probably be asked for; 0: only contents by their keys
   * @throws INTERNAL_ERROR on a query of another length
   */
  scan(query: Float32Array, likely: number): Promise<VectorScores>;
}

/** What to look for in the text of chunks. */
export type TextPattern =
  | { literal: string }
  /**
   * In the syntax of Rust's regex crate, over lines joined by "\n"; `written` is what the user wrote, for the message
   * if it is none.
   */
  | { regex: string; written: string };

export interface TextMatchQuery {
  pattern: TextPattern;
  /** Only chunks of these languages or kinds; undefined: all. */
  languages?: string[];
  kinds?: string[];
}

/** A chunk whose text matches a pattern. */
export interface MatchedChunk extends ChunkId {
  startLine: number;
  /** Names the row in its store. */
  row: number;
}

export interface MarkedText {
  text: string;
  /** Where the pattern matches, as offsets in `text`: begin and end of each match in turn. */
  spans: number[];
}

export interface TextMatches {
  /** Every chunk that matches, in no particular order. */
  readonly chunks: readonly MatchedChunk[];
  /**
   * The text of some of them, in the order asked for; chunks that are gone meanwhile are left out.
   * @param pattern what is marked in it, if not that of the query
   */
  texts(
    chunks: readonly MatchedChunk[],
    pattern?: TextPattern,
  ): Promise<{ chunk: MatchedChunk; text: MarkedText }[]>;
}

/** Which terms (shared/terms.ts) contents have, over all their chunks. Stays up to date for as long as it is used. */
export interface TermCounts {
  /** Contents that are counted. */
  readonly contents: number;
  /** Terms of a content, with repeats. */
  readonly averageLength: number;
  lengthOf(key: string): number;
  /** Tells how often a content has some terms, each at most 255, in their order. To be used at once. */
  counter(terms: readonly string[]): (key: string) => number[];
  /** How many contents have a term. */
  contentsWith(term: string): number;
}

/** What is derived of a content as a whole. */
export interface ContentParts {
  /** Packed outline (workers/outline/compact.ts); empty: it has none. */
  outline: Uint8Array;
  /** Packed terms of its chunks (workers/terms/pack.ts). */
  terms: Uint8Array;
}

export interface StoreStats {
  chunks: number;
  /** Bytes on disk. */
  bytes: number;
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
   * Adds the chunks of some contents. Of keys that are here already, only parts that are missing are taken.
   * @param rows Arrow IPC streams in the schema of chunk-rows.ts
   * @param contents every key in `rows` with its number of chunks (0 is allowed: content without chunks)
   * @param parts of each content; one that is left out is not whole, and its words are not found
   * @throws DISK_FULL, INDEX_UNAVAILABLE
   */
  addChunks(
    rows: Uint8Array[],
    contents: ReadonlyMap<string, number>,
    parts?: ReadonlyMap<string, ContentParts>,
  ): Promise<void>;
  /** Whether a content is here with all its parts: if not, it is to be derived again. */
  isWhole(key: string): boolean;
  /** Packed outlines of contents; those that have none are left out. @throws INDEX_UNAVAILABLE */
  outlines(keys: ReadonlySet<string>): Promise<Map<string, Uint8Array>>;
  /**
   * Finds chunks by their words or names. The first call, and one after a long time without any, reads the terms of all
   * contents, which `warm` does beforehand.
   */
  searchText(query: TextQuery): Promise<TextHit[]>;
  /**
   * Scores the chunks of contents that are not here by the same measure, as if they were; best first, those that match.
   * @param contents packed terms (workers/terms/pack.ts) by key
   */
  scoreText(query: TextQuery, contents: ReadonlyMap<string, Uint8Array>): Promise<ScoredChunk[]>;
  /** Reads what searches need in memory. @throws INDEX_UNAVAILABLE */
  warm(): Promise<void>;
  /** Finds a pattern in the text of all chunks. @throws PATTERN_INVALID, INDEX_UNAVAILABLE, the signal's reason */
  matchText(query: TextMatchQuery, signal: AbortSignal): Promise<TextMatches>;
  /** Counts of everything that is here now. */
  termCounts(): Promise<TermCounts>;
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
  /** Compacts, if there is enough to do. */
  maintain(): Promise<void>;
  /**
   * Compares the files with the checksums that maintenance took of them, and mends what is broken: a
   * broken table is set aside and an empty one takes its place. Reads the whole store. Returns what was mended.
   */
  verify(): Promise<StoreRepair[]>;
  /** Forces what was written to the disk (LanceDB itself never calls fsync). */
  sync(): Promise<void>;
  stats(): Promise<StoreStats>;
  /** Waits for the write queue, then closes. */
  close(): Promise<void>;
}
