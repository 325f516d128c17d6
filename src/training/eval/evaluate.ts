import type { SearchResult } from '../../protocol/search.js';
import type { OwnDaemon } from './daemon.js';
import type { Subject } from './folders.js';
import type { Query } from './queries.js';
import { grouped, type QueryScore, type RankedResult, type Summary, scoreQuery, summarise } from './score.js';

/** A query with what the daemon answered. */
export interface Answer {
  query: Query;
  /** Paths from the repository's root. */
  results: RankedResult[];
  score: QueryScore;
  /** From the request to the reply, through the socket. */
  ms: number;
  /** Whether vectors took part. */
  vectors: SearchResult['tried']['vectors'];
}

/** The figures of an evaluation. */
export interface Report {
  overall: Summary;
  byCategory: Record<string, Summary>;
  byLanguage: Record<string, Summary>;
  byRepo: Record<string, Summary>;
  /** Milliseconds. */
  search: { p50: number; p95: number };
  index: { seconds: number; files: number; chunks: number };
  /** How many queries vectors took part in. */
  withVectors: number;
}

const limit = 10;

/** Asks every query of one subject, one after the other; the first is asked once before, so that caches are warm. */
export async function ask(
  { connection }: OwnDaemon,
  { queries, prefix }: Subject,
  repo: string,
  signal: AbortSignal,
): Promise<Answer[]> {
  const search = (query: string) =>
    connection.request('lcad/search', { query, repos: [repo], limit }, { signal });
  if (queries[0]) await search(queries[0].query);
  const answers: Answer[] = [];
  for (const query of queries) {
    const from = performance.now();
    const { hits, tried } = await search(query.query);
    const ms = performance.now() - from;
    const results = hits.map(({ path, startLine, endLine }) => ({
      path: prefix + path,
      startLine,
      endLine,
    }));
    answers.push({ query, results, score: scoreQuery(query, results), ms, vectors: tried.vectors });
  }
  return answers;
}

/** Sums up. Pure. */
export function reportOf(answers: readonly Answer[], index: Report['index']): Report {
  const scored = answers.map(({ query, score }) => ({ ...query, score }));
  const by = (name: 'category' | 'language' | 'repo') =>
    Object.fromEntries(
      [...grouped(scored, (one) => one[name])]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, some]) => [key, summarise(some)]),
    );
  const times = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  return {
    overall: summarise(scored),
    byCategory: by('category'),
    byLanguage: by('language'),
    byRepo: by('repo'),
    search: { p50: percentile(times, 0.5), p95: percentile(times, 0.95) },
    index,
    withVectors: answers.filter(({ vectors }) => vectors === 'used').length,
  };
}

/** The value below which a share of some ascending numbers lie (nearest rank); 0 for none. Pure. */
export function percentile(ascending: readonly number[], share: number): number {
  return ascending[Math.max(0, Math.ceil(ascending.length * share) - 1)] ?? 0;
}

/** One line a query, as scorers of ranked results read them. Pure. */
export function resultLines(answers: readonly Answer[]): string {
  return answers
    .map(({ query: { repo, query }, results }) => `${JSON.stringify({ repo, query, results })}\n`)
    .join('');
}
