import { Ollama } from 'ollama';
import { LcadError } from '../../shared/errors.js';
import type { EmbeddingConfig, EmbeddingProvider } from './contract.js';
import { fetchDetail, httpFailure, providerUrl } from './http.js';
import { withPrefixes } from './prefixed.js';
import { unitVectors } from './vectors.js';

const defaultUrl = 'http://127.0.0.1:11434';

/** Embeddings by Ollama's `/api/embed`. @throws CONFIG_INVALID */
export function ollamaProvider(config: EmbeddingConfig): EmbeddingProvider {
  const { model, dimensions, keepAlive, timeoutMs, allowRemote } = config;
  const host = providerUrl(config.url, defaultUrl, allowRemote);

  async function embed(texts: string[], signal: AbortSignal): Promise<Float32Array[]> {
    const ended = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    // The package cannot cancel a request that does not stream: each call gets a client whose fetch can be.
    let retryAfter: string | null = null;
    const client = new Ollama({
      host,
      fetch: async (input, init) => {
        const response = await fetch(input, { ...init, signal: ended });
        retryAfter = response.headers.get('retry-after');
        return response;
      },
    });
    try {
      const reply = await client.embed({
        model,
        input: texts,
        truncate: true,
        keep_alive: keepAlive,
        ...(dimensions > 0 ? { dimensions } : {}),
      });
      return unitVectors(reply.embeddings, texts.length, dimensions);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof LcadError) throw error;
      throw failure(error, { host, model, timeoutMs, retryAfter, timedOut: ended.aborted });
    }
  }

  return withPrefixes(config, embed);
}

function failure(
  error: unknown,
  at: { host: string; model: string; timeoutMs: number; retryAfter: string | null; timedOut: boolean },
): LcadError {
  const what = `Ollama at ${at.host}`;
  if (at.timedOut) return httpFailure(what, null, `no answer in ${at.timeoutMs} ms`, { cause: error });
  if (error instanceof SyntaxError) {
    return new LcadError('PROVIDER_BAD_REPLY', `${what} sent a reply that is not JSON.`, { cause: error });
  }
  const status = (error as { status_code?: unknown }).status_code;
  if (typeof status !== 'number') return httpFailure(what, null, fetchDetail(error), { cause: error });
  if (status === 404) {
    return new LcadError('PROVIDER_REFUSED', `${what} does not have the model ${at.model}.`, {
      next: `Run: ollama pull ${at.model}`,
      details: { status },
      cause: error,
    });
  }
  return httpFailure(what, status, (error as Error).message, { retryAfter: at.retryAfter, cause: error });
}
