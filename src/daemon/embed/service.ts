import type { EmbeddingStatus } from '../../protocol/status.js';
import type { Log } from '../log-contract.js';
import type { VectorStore } from '../store/contract.js';
import type { EmbeddingConfig } from './contract.js';
import { type EmbeddedFamily, FamilyEmbedder } from './family-embedder.js';
import { Upstream } from './upstream.js';

/** The model that answers questions on a family: its vectors, and how a question becomes one. */
export interface QueryVectors {
  readonly store: VectorStore;
  /** Null if the server is known not to answer now. @throws PROVIDER_…; the signal's reason */
  embedQuery(text: string, signal: AbortSignal): Promise<Float32Array | null>;
  /** False while the vectors are built for the first time. */
  readonly complete: boolean;
}

const keptQueries = 256;

/** Embeddings for all families, by the one provider of the configuration. */
export class EmbeddingService {
  readonly #families = new Map<string, FamilyEmbedder>();
  readonly #log: Log;
  #upstream: Upstream;
  /** Vectors of recent questions by model and text, oldest first. */
  readonly #queries = new Map<string, Float32Array>();

  constructor(config: EmbeddingConfig, log: Log) {
    this.#log = log;
    this.#upstream = new Upstream(config);
  }

  async join(family: EmbeddedFamily): Promise<void> {
    if (this.#families.has(family.id)) return;
    const embedder = new FamilyEmbedder(family, this.#upstream, this.#log);
    this.#families.set(family.id, embedder);
    await embedder.start();
  }

  async leave(id: string): Promise<void> {
    const embedder = this.#families.get(id);
    this.#families.delete(id);
    await embedder?.stop();
  }

  /** The index of a family has changed. */
  changed(id: string): void {
    this.#families.get(id)?.kick();
  }

  /** Applies another configuration. */
  configure(config: EmbeddingConfig): void {
    this.#upstream = new Upstream(config);
    for (const embedder of this.#families.values()) embedder.retarget(this.#upstream);
  }

  /** Null for a family that has not joined. */
  status(id: string): EmbeddingStatus | null {
    return this.#families.get(id)?.status() ?? null;
  }

  vectorsOf(id: string): QueryVectors | null {
    const source = this.#families.get(id)?.source();
    if (!source) return null;
    return {
      store: source.vectors,
      complete: source.complete,
      embedQuery: (text, signal) => this.#embedQuery(source.upstream, text, signal),
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#families.keys()].map((id) => this.leave(id)));
  }

  async #embedQuery(upstream: Upstream, text: string, signal: AbortSignal): Promise<Float32Array | null> {
    const at = `${upstream.id}\0${text}`;
    const kept = this.#queries.get(at);
    if (kept) return kept;
    const vector = await upstream.embedQuery(text, signal);
    if (!vector) return null;
    this.#queries.set(at, vector);
    for (const oldest of this.#queries.keys()) {
      if (this.#queries.size <= keptQueries) break;
      this.#queries.delete(oldest);
    }
    return vector;
  }
}
