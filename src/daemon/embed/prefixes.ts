/** What a model family wants before documents and before queries. Empty for families without such a habit. */
export interface Prefixes {
  document: string;
  query: string;
}

/**
 * Prefixes by model family, as their model cards give them. The first pattern that the model's name matches counts,
 * so the narrower ones come first.
 */
const families: readonly (readonly [RegExp, Prefixes])[] = [
  // huggingface.co/nomic-ai/CodeRankEmbed and /nomic-embed-code
  [
    /coderank|nomic-embed-code/i,
    { document: '', query: 'Represent this query for searching relevant code: ' },
  ],
  // huggingface.co/nomic-ai/nomic-embed-text-v1.5
  [/nomic-embed/i, { document: 'search_document: ', query: 'search_query: ' }],
  // huggingface.co/mixedbread-ai/mxbai-embed-large-v1
  [/mxbai-embed/i, { document: '', query: 'Represent this sentence for searching relevant passages: ' }],
  // huggingface.co/Snowflake/snowflake-arctic-embed-l-v2.0
  [/arctic-embed.*(2|v2)/i, { document: '', query: 'query: ' }],
  [/arctic-embed/i, { document: '', query: 'Represent this sentence for searching relevant passages: ' }],
  // huggingface.co/BAAI/bge-m3 (none) and /bge-large-en-v1.5
  [/bge-m3/i, { document: '', query: '' }],
  [/bge-/i, { document: '', query: 'Represent this sentence for searching relevant passages: ' }],
  // huggingface.co/google/embeddinggemma-300m
  [/embeddinggemma/i, { document: 'title: none | text: ', query: 'task: code retrieval | query: ' }],
  // huggingface.co/Qwen/Qwen3-Embedding-0.6B
  [
    /qwen3-embedding/i,
    { document: '', query: 'Instruct: Given a question about code, retrieve code that answers it\nQuery:' },
  ],
  // huggingface.co/intfloat/e5-large-v2
  [/(^|[/_-])e5-/i, { document: 'passage: ', query: 'query: ' }],
];

/** The prefixes of a model by its name; those of the configuration, where given, go before. Pure. */
export function prefixesOf(
  model: string,
  configured: { documentPrefix?: string | undefined; queryPrefix?: string | undefined },
): Prefixes {
  const family = families.find(([pattern]) => pattern.test(model))?.[1];
  return {
    document: configured.documentPrefix ?? family?.document ?? '',
    query: configured.queryPrefix ?? family?.query ?? '',
  };
}
