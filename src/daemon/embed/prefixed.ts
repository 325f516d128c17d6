import type { EmbeddingConfig, EmbeddingProvider } from './contract.js';
import { prefixesOf } from './prefixes.js';

/**
 * A provider around a function that embeds texts as they are: puts the model family's prefixes before documents and
 * questions.
 */
export function withPrefixes(
  config: EmbeddingConfig,
  embed: (texts: string[], signal: AbortSignal) => Promise<Float32Array[]>,
): EmbeddingProvider {
  const { document, query } = prefixesOf(config.model, config);
  return {
    embedDocuments: (texts, signal) => {
      const prefixed = texts.map((text) => document + text);
      return embed(prefixed, signal);
    },
    embedQuery: async (text, signal) => (await embed([query + text], signal))[0] as Float32Array,
  };
}
