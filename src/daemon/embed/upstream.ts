import { LcadError, messageOf } from '../../shared/errors.js';
import { quantiseAll } from '../../shared/model/quantise.js';
import type { ByteVectors } from '../../workers/messages.js';
import { backOffMs } from './back-off.js';
import type { EmbeddingConfig, EmbeddingItem, EmbeddingModel, EmbeddingProvider } from './contract.js';
import { createProvider, modelId } from './model.js';
import { Turns } from './turns.js';

/** Characters of a chunk that are sent: more than models read. */
const longestTextChars = 24_000;

/**
 * One model on one server. Background work goes one request at a time, and stops while the server is down or busy; a
 * question for a query may overtake it.
 */
export class Upstream implements EmbeddingModel {
  readonly kind = 'external';
  readonly dimensions = null;
  readonly inMemory = null;
  readonly config: EmbeddingConfig;
  readonly id: string;
  readonly #provider: EmbeddingProvider | null;
  #state: 'ready' | 'unreachable' | 'refused' = 'ready';
  #message: string | null = null;
  #failures = 0;
  #notBefore = 0;
  readonly #turns = new Turns();

  constructor(config: EmbeddingConfig) {
    this.config = config;
    this.id = modelId(config);
    let provider: EmbeddingProvider | null = null;
    try {
      provider = createProvider(config);
    } catch (error) {
      this.#state = 'refused';
      this.#message = withNext(error);
    }
    this.#provider = provider;
  }

  get name(): string {
    return this.config.model;
  }

  get batchSize(): number {
    return this.config.batchSize;
  }

  get state(): EmbeddingModel['state'] {
    return this.#state;
  }

  get message(): string | null {
    return this.#message;
  }

  get usable(): boolean {
    return this.#provider !== null;
  }

  get waitMs(): number {
    return Math.max(0, this.#notBefore - Date.now());
  }

  /** When earlier callers have their vectors. */
  async embed(items: readonly EmbeddingItem[], signal: AbortSignal): Promise<ByteVectors> {
    const texts = items.map(({ text }) => text.slice(0, longestTextChars));
    const vectors = await this.#turns.run(() =>
      this.#ask((provider) => provider.embedDocuments(texts, signal), signal),
    );
    return quantiseAll(vectors, vectors[0]?.length ?? 0);
  }

  /** Null if the server is known not to answer now. */
  async embedQuery(text: string, signal: AbortSignal): Promise<Float32Array | null> {
    if (!this.usable || this.waitMs > 0) return null;
    return await this.#ask((provider) => provider.embedQuery(text, signal), signal);
  }

  async #ask<T>(question: (provider: EmbeddingProvider) => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    if (!this.#provider)
      throw new LcadError('PROVIDER_REFUSED', this.#message ?? 'No embedding provider is set.');
    try {
      const answer = await question(this.#provider);
      this.#state = 'ready';
      this.#message = null;
      this.#failures = 0;
      this.#notBefore = 0;
      return answer;
    } catch (error) {
      if (!signal.aborted) this.#failed(error);
      throw error;
    }
  }

  #failed(error: unknown): void {
    this.#failures++;
    const details = error instanceof LcadError ? error.details : {};
    const asked = typeof details.retryAfterMs === 'number' ? details.retryAfterMs : undefined;
    this.#notBefore = Date.now() + backOffMs(this.#failures, asked);
    const unreachable = error instanceof LcadError && error.kind === 'PROVIDER_UNREACHABLE';
    this.#state = unreachable ? 'unreachable' : 'refused';
    this.#message = withNext(error);
  }
}

function withNext(error: unknown): string {
  return error instanceof LcadError ? `${error.message} ${error.next}` : messageOf(error);
}
