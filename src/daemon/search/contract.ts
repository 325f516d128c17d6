import type { Freshness } from '../../protocol/common.js';
import type { SearchResult } from '../../protocol/search.js';
import type { StaticModel } from '../../shared/model/contract.js';
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
}

/** Vectors of one family for the embedding model in force. */
export interface VectorSource {
  readonly store: VectorStore;
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
  readonly store: FamilyStore;
  readonly repos: readonly SearchableRepo[];
  /** Null: vectors are off. */
  readonly vectors: VectorSource | null;
}

/** A reply without what its sender knows best: freshness and time. */
export type SearchReply = Omit<SearchResult, 'freshness' | 'tookMs'>;
