import { z } from 'zod';
import { LcadError } from '../../shared/errors.js';
import type { EmbeddingConfig, EmbeddingProvider } from './contract.js';
import { fetchDetail, httpFailure, providerUrl } from './http.js';
import { withPrefixes } from './prefixed.js';
import { unitVectors } from './vectors.js';

const defaultUrl = 'http://127.0.0.1:8080/v1';

const Reply = z.object({
  data: z.array(z.object({ index: z.int().min(0), embedding: z.array(z.number()) })),
});

/**
 * Embeddings by any server with OpenAI's `POST /v1/embeddings` (llama-server, vLLM, LM Studio, TEI, …). The url is the
 * base, with or without `/v1`. @throws CONFIG_INVALID
 */
export function openaiProvider(
  config: EmbeddingConfig,
  env: NodeJS.ProcessEnv = process.env,
): EmbeddingProvider {
  const { model, dimensions, timeoutMs, apiKeyEnv, allowRemote } = config;
  const base = providerUrl(config.url, defaultUrl, allowRemote);
  const url = `${/\/v\d+$/.test(base) ? base : `${base}/v1`}/embeddings`;
  const key = apiKeyEnv ? env[apiKeyEnv] : undefined;
  const what = `The embedding server at ${base}`;

  async function post(texts: string[], signal: AbortSignal): Promise<unknown> {
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(key ? { authorization: `Bearer ${key}` } : {}) },
        body: JSON.stringify({
          model,
          input: texts,
          encoding_format: 'float',
          ...(dimensions > 0 ? { dimensions } : {}),
        }),
        redirect: 'error',
        signal: AbortSignal.any([signal, timeout]),
      });
      const text = await response.text();
      if (!response.ok) {
        throw httpFailure(what, response.status, text, { retryAfter: response.headers.get('retry-after') });
      }
      return JSON.parse(text);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof LcadError) throw error;
      if (error instanceof SyntaxError) {
        throw new LcadError('PROVIDER_BAD_REPLY', `${what} sent a reply that is not JSON.`, { cause: error });
      }
      const detail = timeout.aborted ? `no answer in ${timeoutMs} ms` : fetchDetail(error);
      throw httpFailure(what, null, detail, { cause: error });
    }
  }

  async function embed(texts: string[], signal: AbortSignal): Promise<Float32Array[]> {
    const parsed = Reply.safeParse(await post(texts, signal));
    if (!parsed.success) {
      throw new LcadError('PROVIDER_BAD_REPLY', `${what} sent a reply that is no list of embeddings.`);
    }
    const byIndex = parsed.data.data.toSorted((a, b) => a.index - b.index);
    if (byIndex.some(({ index }, i) => index !== i)) {
      throw new LcadError('PROVIDER_BAD_REPLY', `${what} sent embeddings with wrong indices.`);
    }
    return unitVectors(
      byIndex.map(({ embedding }) => embedding),
      texts.length,
      dimensions,
    );
  }

  return withPrefixes(config, embed);
}
