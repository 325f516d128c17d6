import { createHash } from 'node:crypto';
import { LcadError } from '../../shared/errors.js';
import type { EmbeddingConfig, EmbeddingProvider } from './contract.js';
import { ollamaProvider } from './ollama.js';
import { openaiProvider } from './openai.js';
import { prefixesOf } from './prefixes.js';

/** What makes vectors comparable: two configurations with the same id give the same vectors. File-safe. Pure. */
export function modelId(config: EmbeddingConfig): string {
  const { provider, model, dimensions } = config;
  const { document, query } = prefixesOf(model, config);
  const digest = createHash('sha256').update(JSON.stringify([provider, model, dimensions, document, query]));
  const readable = model
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, 40);
  return `${readable}_${digest.digest('hex').slice(0, 8)}`;
}

/** The server of a configuration, null if it has none: for `builtin` and `none`. @throws CONFIG_INVALID */
export function createProvider(config: EmbeddingConfig): EmbeddingProvider | null {
  if (config.provider === 'builtin' || config.provider === 'none') return null;
  if (!config.model) {
    throw new LcadError('CONFIG_INVALID', 'embedding.model is empty.', {
      next: 'Name the embedding model, for example: lcad config set embedding.model nomic-embed-text',
    });
  }
  return config.provider === 'ollama' ? ollamaProvider(config) : openaiProvider(config);
}
