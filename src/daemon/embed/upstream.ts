import { LcadError, messageOf } from '../../shared/errors.js';
import { backOffMs } from './back-off.js';
import type { EmbeddingConfig, EmbeddingProvider } from './contract.js';
import { createProvider, modelId } from './model.js';

export type UpstreamState = 'off' | 'ready' | 'unreachable' | 'refused';

/**
 * One model on one server, shared by all families. Background work goes one request at a time, and stops while the
 * server is down or busy; a question for a query may overtake it.
 */
export class Upstream {
  readonly config: EmbeddingConfig;
  readonly id: string;
  readonly #provider: EmbeddingProvider | null;
  #state: UpstreamState = 'ready';
  #message: string | null = null;
  #failures = 0;
  #notBefore = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(config: EmbeddingConfig) {
    this.config = config;
    this.id = config.provider === 'none' ? 'none' : modelId(config);
    let provider: EmbeddingProvider | null = null;
    try {
      provider = createProvider(config);
      if (!provider) this.#state = 'off';
    } catch (error) {
      this.#state = 'refused';
      this.#message = messageOf(error);
    }
    this.#provider = provider;
  }

  get state(): UpstreamState {
    return this.#state;
  }

  /** Why it is not ready. */
  get message(): string | null {
    return this.#message;
  }

  get usable(): boolean {
    return this.#provider !== null;
  }

  /** Milliseconds until the server may be asked again. */
  get waitMs(): number {
    return Math.max(0, this.#notBefore - Date.now());
  }

  /** Vectors of texts, when earlier callers have theirs. @throws PROVIDER_…; the signal's reason */
  embedDocuments(texts: string[], signal: AbortSignal): Promise<Float32Array[]> {
    const result = this.#turn.then(() =>
      this.#ask((provider) => provider.embedDocuments(texts, signal), signal),
    );
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** Vector of a question, null if the server is known not to answer now. */
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
    this.#message = error instanceof LcadError ? `${error.message} ${error.next}` : messageOf(error);
  }
}
