import type { Config } from '../../protocol/config.js';

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
