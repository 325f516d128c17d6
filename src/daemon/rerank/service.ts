import { LcadError, messageOf } from '../../shared/errors.js';
import { backOffMs } from '../embed/back-off.js';
import { cutText } from '../plain-text.js';
import { type Attempt, attemptsOf } from './attempts.js';
import { ollamaBody, openaiBody, scoresFromChat } from './chat.js';
import type { RerankConfig, Reranker, RerankReply } from './contract.js';
import { jinaBody, scoresFromRanks, teiBody } from './endpoint.js';
import { postJson } from './post.js';

/** Questions are cut to what a model for reranking reads besides the text. */
const longestQuery = 1000;
/** Requests that wait for the server; more are not sent. */
const mostAtOnce = 4;
/** What a server answers that does not know the path, or not this format. */
const otherFormat = new Set([400, 404, 405, 422]);

/**
 * Reranking by the server that the configuration names. After a failure the server is left alone for a while, so that
 * a server that hangs costs one deadline and not one for each request. Holds no handles: there is nothing to close.
 */
export class RerankService implements Reranker {
  #config: RerankConfig;
  readonly #env: NodeJS.ProcessEnv;
  #attempts: readonly Attempt[] = [];
  #problem: string | null = null;
  /** The one that the server understood. */
  #known: Attempt | null = null;
  #failures = 0;
  #notBefore = 0;
  #running = 0;

  constructor(config: RerankConfig, env: NodeJS.ProcessEnv = process.env) {
    this.#config = config;
    this.#env = env;
    this.configure(config);
  }

  /** Takes a changed configuration over; requests under way end as they began. */
  configure(config: RerankConfig): void {
    this.#config = config;
    this.#known = null;
    this.#failures = 0;
    this.#notBefore = 0;
    this.#problem = null;
    this.#attempts = [];
    if (config.provider === 'builtin') return;
    try {
      this.#attempts = attemptsOf(config);
      if (this.#attempts.length === 0)
        this.#problem = `rerank.style = "${config.style}" is no format of rerank.provider = "${config.provider}".`;
    } catch (error) {
      this.#problem = error instanceof LcadError ? `${error.message} ${error.next}` : messageOf(error);
    }
  }

  get active(): boolean {
    return this.#config.provider !== 'builtin';
  }

  async rerank(
    query: string,
    texts: readonly string[],
    { signal }: { signal: AbortSignal },
  ): Promise<RerankReply> {
    signal.throwIfAborted();
    const config = this.#config;
    const why = this.#whyNot();
    if (why !== null) return { ok: false, reason: why };
    const timeout = AbortSignal.timeout(config.deadlineMs);
    this.#running++;
    try {
      const sent = texts.slice(0, config.maxDocuments).map((text) => cutText(text, config.maxDocumentChars));
      const { scores, attempt } = await this.#ask(
        config,
        cutText(query, longestQuery),
        sent,
        AbortSignal.any([signal, timeout]),
      );
      if (config === this.#config) this.#succeeded(attempt);
      const rest = new Array<null>(texts.length - sent.length).fill(null);
      return { ok: true, answer: { scores: [...scores, ...rest], by: nameOf(config, attempt) } };
    } catch (error) {
      signal.throwIfAborted();
      const late = `The reranker gave no answer in ${config.deadlineMs} ms.`;
      const reason = timeout.aborted ? late : messageOf(error);
      if (config === this.#config) this.#failed(error);
      return { ok: false, reason };
    } finally {
      this.#running--;
    }
  }

  #whyNot(): string | null {
    if (!this.active) return 'No reranker is configured.';
    if (this.#problem !== null) return this.#problem;
    const waitMs = this.#notBefore - Date.now();
    if (waitMs > 0) return `The reranker failed lately; it is asked again in ${Math.ceil(waitMs / 1000)} s.`;
    return this.#running >= mostAtOnce ? 'The reranker is busy with other requests.' : null;
  }

  /** Asks in the format that is known to work, else in each until one is understood. */
  async #ask(config: RerankConfig, query: string, texts: readonly string[], signal: AbortSignal) {
    const attempts = this.#known ? [this.#known] : this.#attempts;
    let failure: unknown;
    for (const attempt of attempts) {
      try {
        return { attempt, scores: await this.#try(attempt, config, query, texts, signal) };
      } catch (error) {
        const status = error instanceof LcadError ? error.details.status : undefined;
        // Of several refusals the one that tells most: not that there is no such path.
        if (failure === undefined || isUnknownPath(failure)) failure = error;
        if (typeof status !== 'number' || !otherFormat.has(status)) throw error;
      }
    }
    throw failure;
  }

  async #try(
    { style, url }: Attempt,
    config: RerankConfig,
    query: string,
    texts: readonly string[],
    signal: AbortSignal,
  ): Promise<(number | null)[]> {
    const { model, apiKeyEnv } = config;
    const key = apiKeyEnv ? this.#env[apiKeyEnv] : undefined;
    const what = `The reranker at ${url}`;
    const post = (body: object) => postJson(url, body, { what, key, signal });
    switch (style) {
      case 'jina':
        return scoresFromRanks(await post(jinaBody(model, query, texts)), texts.length, what);
      case 'tei':
        return scoresFromRanks(await post(teiBody(query, texts)), texts.length, what);
      case 'openai':
        return scoresFromChat(await post(openaiBody(model, query, texts)), texts.length, what);
      case 'ollama':
        return scoresFromChat(await post(ollamaBody(config, query, texts)), texts.length, what);
    }
  }

  #succeeded(attempt: Attempt): void {
    this.#known = attempt;
    this.#failures = 0;
    this.#notBefore = 0;
  }

  #failed(error: unknown): void {
    this.#known = null;
    this.#failures++;
    const details = error instanceof LcadError ? error.details : {};
    const asked = typeof details.retryAfterMs === 'number' ? details.retryAfterMs : undefined;
    this.#notBefore = Date.now() + backOffMs(this.#failures, asked);
  }
}

function isUnknownPath(error: unknown): boolean {
  const status = error instanceof LcadError ? error.details.status : undefined;
  return status === 404 || status === 405;
}

function nameOf({ model }: RerankConfig, { url }: Attempt): string {
  return `${model === '' ? 'the model' : model} at ${new URL(url).origin}`;
}
