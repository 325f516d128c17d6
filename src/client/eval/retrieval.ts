import type { Connection } from '../connection.js';
import { commitsOf, trackedFiles } from './git.js';
import { type LeftOut, type Query, queriesOf } from './queries.js';
import { type RankingScores, scoreRanking } from './ranking.js';
import { type Estimate, estimate, quantile } from './statistics.js';

/** What `lcad eval retrieval --json` prints. */
export interface RetrievalReport {
  readonly root: string;
  /** Commits that were asked for. */
  readonly queries: number;
  readonly leftOut: LeftOut;
  /** Mean number of right files of a query. */
  readonly answersPerQuery: number;
  readonly scores: Readonly<Record<keyof RankingScores, Estimate>>;
  readonly searchMs: { readonly p50: number; readonly p95: number };
  readonly notes: readonly string[];
}

export interface RetrievalWanted {
  readonly root: string;
  readonly repo: string;
  readonly commits: number;
}

const measures = ['recall1', 'recall5', 'recall10', 'reciprocalRank', 'ndcg10'] as const;
/** Of the weights that intervals are made with: the same scores give the same intervals. */
const seed = 1;
/** Commits that are looked at for each one that is wanted. */
const looked = 20;
const notes = [
  'Files are searched as they are now, with the changes of these commits in them.',
  'A commit may need files that it did not change: these count as wrong; files that are not indexed cannot be found.',
];

/**
 * Searches for the files of past commits by their messages.
 * @returns null if no commit is fit
 * @throws GIT_UNAVAILABLE, what `lcad/search` throws
 */
export async function evaluateRetrieval(
  connection: Connection,
  { root, repo, commits }: RetrievalWanted,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (done: number, total: number) => void },
): Promise<RetrievalReport | null> {
  const [files, history] = await Promise.all([
    trackedFiles(root, signal),
    commitsOf(root, commits * looked, signal),
  ]);
  const { queries, leftOut } = queriesOf(history, new Set(files), commits);
  if (queries.length === 0) return null;
  const scores: RankingScores[] = [];
  const tookMs: number[] = [];
  for (const query of queries) {
    const from = performance.now();
    scores.push(await scoreOf(connection, query, root, repo, signal));
    tookMs.push(performance.now() - from);
    onProgress(scores.length, queries.length);
  }
  const estimates = Object.fromEntries(
    measures.map((measure) => [
      measure,
      estimate(
        scores.map((one) => one[measure]),
        { seed },
      ),
    ]),
  ) as Record<keyof RankingScores, Estimate>;
  return {
    root,
    queries: queries.length,
    leftOut,
    answersPerQuery: queries.reduce((sum, { answers }) => sum + answers.length, 0) / queries.length,
    scores: estimates,
    searchMs: { p50: quantile(tookMs, 0.5) ?? 0, p95: quantile(tookMs, 0.95) ?? 0 },
    notes,
  };
}

async function scoreOf(
  connection: Connection,
  { text, answers }: Query,
  root: string,
  repo: string,
  signal: AbortSignal,
): Promise<RankingScores> {
  const params = { query: text, repos: [repo], limit: 10, snippetLines: 0 };
  const { hits } = await connection.request('lcad/search', params, { signal });
  const ranked = hits.map(({ path, otherPaths }) => [path, ...otherPaths.map((other) => below(root, other))]);
  return scoreRanking(ranked, new Set(answers));
}

function below(root: string, path: string): string {
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}
