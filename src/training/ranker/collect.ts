import type { SearchHit } from '../../protocol/search.js';
import type { OwnDaemon } from '../eval/daemon.js';
import type { Subject } from '../eval/folders.js';
import type { Query } from '../eval/queries.js';
import type { RankedResult } from '../eval/score.js';

/** A result with the features that it had. */
export interface Featured extends RankedResult {
  features: Record<string, number>;
}

/** A query with what competed to answer it. */
export interface Asked {
  query: Query;
  /** Whether the whole repository was indexed, or the benchmark's part of it. */
  whole: boolean;
  candidates: Featured[];
}

/** Files asked for: about as many as compete for the first ten places. */
const limit = 80;

/** Asks every query of one subject for all candidates with their features. */
export async function collect(
  { connection }: OwnDaemon,
  { queries, prefix }: Subject,
  repo: string,
  whole: boolean,
  signal: AbortSignal,
): Promise<Asked[]> {
  const asked: Asked[] = [];
  for (const query of queries) {
    const { hits } = await connection.request(
      'lcad/search',
      { query: query.query, repos: [repo], limit, explain: true, snippetLines: 0 },
      { signal },
    );
    asked.push({ query, whole, candidates: hits.map((hit) => featured(hit, prefix)) });
  }
  return asked;
}

/** Evidence names every feature that is not zero. */
function featured({ path, startLine, endLine, evidence = [] }: SearchHit, prefix: string): Featured {
  const features = Object.fromEntries(evidence.map(({ signal, value }) => [signal, value]));
  return { path: prefix + path, startLine, endLine, features };
}
