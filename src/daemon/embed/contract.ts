import type { Config } from '../../protocol/config.js';
import type { EmbeddingStatus } from '../../protocol/status.js';
import type { StaticModel } from '../../shared/model/contract.js';
import type {
  ByteVectors,
  EmbedTask,
  LoadModelResult,
  LoadModelTask,
  SharedModel,
} from '../../workers/messages.js';
import type { ChunkId } from '../store/contract.js';

/** Settings of an embedding provider: the `embedding` table of the configuration. */
export type EmbeddingConfig = Config['embedding'];

/**
 * Turns text into vectors. Vectors are of unit length and all of `dimensions`, as far as those were asked for.
 *
 * Every function throws PROVIDER_UNREACHABLE (down, slow, overloaded: try later; `details.retryAfterMs` if the server
 * said when), PROVIDER_REFUSED (it answers, but not to this: wrong model or key; or a text too long) or
 * PROVIDER_BAD_REPLY (what it says is not embeddings), or the signal's reason.
 */
export interface EmbeddingProvider {
  /** Vectors for texts of the index, in their order. */
  embedDocuments(texts: string[], signal: AbortSignal): Promise<Float32Array[]>;
  /** Vector for a question. */
  embedQuery(text: string, signal: AbortSignal): Promise<Float32Array>;
}

/** The worker threads, as far as they embed. Functions throw DEADLINE_EXCEEDED, BUSY, INTERNAL_ERROR; the signal's reason. */
export interface EmbeddingWorkers {
  loadModel(task: Omit<LoadModelTask, 'type'>, signal: AbortSignal): Promise<LoadModelResult>;
  /** At low priority. */
  embed(task: Omit<EmbedTask, 'type'>, signal: AbortSignal): Promise<ByteVectors>;
}

/** A chunk to be embedded. */
export interface EmbeddingItem extends ChunkId {
  text: string;
  /** Terms of the text as they are indexed (shared/terms.ts). */
  terms: string;
}

/** A model, shared by all families: the built-in one, or one on a server. */
export interface EmbeddingModel {
  readonly kind: 'builtin' | 'external';
  readonly config: EmbeddingConfig;
  /** What makes vectors comparable: models with the same id give the same vectors. File-safe. */
  readonly id: string;
  /** As people know it; null if that is unknown. */
  readonly name: string | null;
  /** Null until its first vectors tell. */
  readonly dimensions: number | null;
  /** How many items to embed at a time. */
  readonly batchSize: number;
  readonly state: EmbeddingStatus['state'];
  /** Why it is not ready, or what should be known of it. */
  readonly message: string | null;
  /** False if it cannot embed and will not be able to: whoever can is another object. */
  readonly usable: boolean;
  /** Milliseconds until it may be asked again. */
  readonly waitMs: number;
  /** For embedding in any thread; null for a model on a server. */
  readonly inMemory: { shared: SharedModel; model: StaticModel } | null;
  /** Vectors of items, in their order. @throws PROVIDER_…, DEADLINE_EXCEEDED, BUSY, INTERNAL_ERROR; the signal's reason */
  embed(items: readonly EmbeddingItem[], signal: AbortSignal): Promise<ByteVectors>;
  /** Vector of a question, null if it cannot be had now. @throws PROVIDER_…; the signal's reason */
  embedQuery(text: string, signal: AbortSignal): Promise<Float32Array | null>;
}

/**
 * Where work for a model server waits for its turn, so that embedding and what else a server does do not get in each
 * other's way. Background work may be told to make way: its signal is aborted with BUSY and `details.preempted`.
 */
export interface EmbeddingGate {
  /** @throws what `work` throws, BUSY with `details.retryAfterMs`, the signal's reason */
  reserve<T>(
    place: { origin: string; class: 'queryEmbedding' | 'backgroundEmbedding'; client: string },
    work: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T>;
}
