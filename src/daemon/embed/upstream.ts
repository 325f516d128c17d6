import { LcadError, messageOf } from '../../shared/errors.js';
import { quantiseAll } from '../../shared/model/quantise.js';
import type { ByteVectors } from '../../workers/messages.js';
import { backOffMs } from './back-off.js';
import type {
  EmbeddingConfig,
  EmbeddingGate,
  EmbeddingItem,
  EmbeddingModel,
  EmbeddingProvider,
} from './contract.js';
import { createProvider, modelId } from './model.js';
import { Turns } from './turns.js';

/** Characters of a chunk that are sent: more than models read. */
const longestTextChars = 24_000;
/** Where servers are that no url is configured for. */
const usualOrigins = { ollama: 'http://127.0.0.1:11434', openai: 'http://127.0.0.1:8080' };

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
  /** The server is up, but has other things to do. */
  #busyUntil = 0;
  readonly #turns = new Turns();
  readonly #gate: () => EmbeddingGate | null;

  /** @param gate where requests wait for their turn; null: they do not */
  constructor(config: EmbeddingConfig, gate: () => EmbeddingGate | null = () => null) {
    this.config = config;
    this.#gate = gate;
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
    return Math.max(0, this.#notBefore - Date.now(), this.#busyUntil - Date.now());
  }

  /** When earlier callers have their vectors. */
  async embed(items: readonly EmbeddingItem[], signal: AbortSignal): Promise<ByteVectors> {
    const texts = items.map(({ text }) => text.slice(0, longestTextChars));
    const vectors = await this.#turns.run(() => this.#inBackground(texts, signal));
    return quantiseAll(vectors, vectors[0]?.length ?? 0);
  }

  /** Null if the server is known not to answer now, or has too much to do. */
  async embedQuery(text: string, signal: AbortSignal): Promise<Float32Array | null> {
    if (!this.usable || Date.now() < this.#notBefore) return null;
    try {
      return await this.#inTurn(
        'queryEmbedding',
        (ended) => this.#ask((provider) => provider.embedQuery(text, ended), ended),
        signal,
      );
    } catch (error) {
      if (isBusy(error)) return null;
      throw error;
    }
  }

  /** Begins again as often as it has to make way: it then waits for its turn once more. */
  async #inBackground(texts: string[], signal: AbortSignal): Promise<Float32Array[]> {
    for (;;) {
      try {
        return await this.#inTurn(
          'backgroundEmbedding',
          (ended) => this.#ask((provider) => provider.embedDocuments(texts, ended), ended),
          signal,
        );
      } catch (error) {
        if (signal.aborted || !isBusy(error)) throw error;
        if (error.details.preempted === true) continue;
        const { retryAfterMs } = error.details;
        this.#busyUntil = Date.now() + (typeof retryAfterMs === 'number' ? retryAfterMs : 0);
        throw error;
      }
    }
  }

  #inTurn<T>(
    turn: 'queryEmbedding' | 'backgroundEmbedding',
    work: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const gate = this.#gate();
    const { provider, url } = this.config;
    if (!gate || (provider !== 'ollama' && provider !== 'openai')) return work(signal);
    const origin = url || usualOrigins[provider];
    return gate.reserve({ origin, class: turn, client: 'embedding' }, work, signal);
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

function isBusy(error: unknown): error is LcadError {
  return error instanceof LcadError && error.kind === 'BUSY';
}
