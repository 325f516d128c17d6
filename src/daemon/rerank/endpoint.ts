import { LcadError } from '../../shared/errors.js';

/** The request of a `/rerank` endpoint in Jina's format, which llama-server, Cohere, vLLM and others share. */
export function jinaBody(model: string, query: string, documents: readonly string[]): object {
  return {
    ...(model === '' ? {} : { model }),
    query,
    documents,
    top_n: documents.length,
    return_documents: false,
  };
}

/** The request of Text Embeddings Inference's `/rerank`. What is too long for the model is cut by the server. */
export function teiBody(query: string, texts: readonly string[]): object {
  return { query, texts, raw_scores: false, return_text: false, truncate: true };
}

/**
 * Scores from the reply of a `/rerank` endpoint: `{results: [{index, relevance_score}]}` (Jina) or
 * `[{index, score}]` (TEI), in any order. A text without a number for its score has none. Pure.
 *
 * @throws PROVIDER_BAD_REPLY for another shape, for indices that are out of range or come twice, and without any score
 */
export function scoresFromRanks(reply: unknown, count: number, what: string): (number | null)[] {
  const bad = (how: string) => new LcadError('PROVIDER_BAD_REPLY', `${what} sent ${how}.`);
  const list = listOf(reply);
  if (list === null) throw bad('a reply that is no list of scores');
  const scores = new Array<number | null>(count).fill(null);
  const seen = new Set<number>();
  for (const entry of list) {
    const { index, relevance_score: relevance, score = relevance } = (entry ?? {}) as Record<string, unknown>;
    if (
      typeof index !== 'number' ||
      !Number.isInteger(index) ||
      index < 0 ||
      index >= count ||
      seen.has(index)
    )
      throw bad('scores with wrong indices');
    seen.add(index);
    if (typeof score === 'number' && Number.isFinite(score)) scores[index] = score;
  }
  if (scores.every((score) => score === null)) throw bad('no scores');
  return scores;
}

function listOf(reply: unknown): unknown[] | null {
  if (Array.isArray(reply)) return reply;
  const { results, data } = (reply ?? {}) as Record<string, unknown>;
  if (Array.isArray(results)) return results;
  return Array.isArray(data) ? data : null;
}
