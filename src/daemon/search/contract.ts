import type { Freshness } from '../../protocol/common.js';
import type { SearchResult } from '../../protocol/search.js';
import type { StaticModel } from '../../shared/model/contract.js';
import type { ChunkRow } from '../../workers/chunk-rows.js';
import type { FamilyStore, VectorStore } from '../store/contract.js';

/** What search needs to know of one repository's live state. */
export interface SearchableRepo {
  readonly id: string;
  readonly name: string;
  /** Canonical absolute path. */
  readonly root: string;
  readonly family: string;
  /** Live view of what is published: paths from the root that have this content now. */
  pathsOf(key: string): readonly string[];
  /** Every published path. Files that are known but not indexed have an empty key. */
  readonly files: ReadonlyMap<string, { key: string; language: string }>;
  freshness(fresh: boolean): Freshness;
  /** Changes with every publish. */
  readonly generation: number;
  readonly epoch: string;
  /** The repository as it is published, where this is a view with other contents in place of some files'. */
  readonly published?: SearchableRepo;
}

/** What searches ask of a store. */
type SearchedStore = Pick<
  FamilyStore,
  'keys' | 'searchText' | 'scoreText' | 'termCounts' | 'fetch' | 'chunksOf'
>;
/** What they ask of vectors. */
type SearchedVectors = Pick<VectorStore, 'id' | 'dimensions' | 'count' | 'vectorOf' | 'scan'>;

/** Vectors of one family for the embedding model in force. */
export interface VectorSource {
  readonly store: SearchedVectors;
  /** Null: not available now. Ends early when `signal` aborts. */
  embedQuery(text: string, signal: AbortSignal): Promise<Float32Array | null>;
  /** Whether every live chunk has its vector. */
  readonly complete: boolean;
  readonly kind: 'builtin' | 'external';
  /** With which anything can be embedded at once; null unless `kind` is builtin. */
  readonly model: StaticModel | null;
}

/** The selected repositories that share one store. */
export interface SearchFamily {
  readonly id: string;
  readonly store: SearchedStore;
  readonly repos: readonly SearchableRepo[];
  /** Null: vectors are off. */
  readonly vectors: VectorSource | null;
}

/** The same with all of its store. */
export interface StoredFamily extends SearchFamily {
  readonly store: FamilyStore;
}

/** A content that no store has. */
export interface LooseContent {
  readonly key: string;
  readonly language: string;
  readonly rows: readonly ChunkRow[];
  /** Packed terms (workers/terms/pack.ts) of the rows. */
  readonly terms: Uint8Array;
  /** One for each of `rows`, of unit length, or zeros. */
  vectors(model: StaticModel): readonly Float32Array[];
}

/** A file, and what takes the place of its indexed content. It need not be indexed at all. */
export interface LaidOverFile {
  readonly repo: string;
  /** Relative to the repository's root. */
  readonly path: string;
  readonly content: LooseContent;
}

/** A reply without what its sender knows best: freshness and time. */
export type SearchReply = Omit<SearchResult, 'freshness' | 'tookMs'>;
