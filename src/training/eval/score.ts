import type { Query, Target } from './queries.js';

/** One result of a search; the path is from the repository's root, lines count from 1 and both belong to it. */
export interface RankedResult {
  path: string;
  startLine: number;
  endLine: number;
}

/** How well the first ten results answer one query. */
export interface QueryScore {
  /** Normalised discounted cumulative gain of the first ten results, 0 to 1. */
  ndcg10: number;
  /** Share of the files wanted that are among the first 1, 5 and 10 files of the results. */
  recall1: number;
  recall5: number;
  recall10: number;
  /** 1 / position of the first result that hits, 0 without one. */
  mrr: number;
}

/** Means over queries. */
export interface Summary extends QueryScore {
  queries: number;
  repos: number;
  /** NDCG@10 as the mean over repositories of their own means. */
  macro: number;
}

const depth = 10;

const discount = (rank: number): number => 1 / Math.log2(rank + 1);

/** True if one path is the other, or its end from a slash on. */
export function samePath(a: string, b: string): boolean {
  return a === b || a.endsWith(`/${b}`) || b.endsWith(`/${a}`);
}

function hits(result: RankedResult, target: Target): boolean {
  if (!samePath(result.path, target.path)) return false;
  if (target.start_line == null || target.end_line == null) return true;
  return result.startLine <= target.end_line && result.endLine >= target.start_line;
}

/**
 * Scores the results of one query by the rules of the semble benchmark (github.com/MinishLab/semble,
 * benchmarks/metrics.py): a target's rank is the first of ten results that hits it, gains are binary and belong to
 * positions, and the ideal has as many hits on top as there are targets. Pure.
 */
export function scoreQuery(
  { relevant, secondary }: Pick<Query, 'relevant' | 'secondary'>,
  results: readonly RankedResult[],
): QueryScore {
  const targets = [...relevant, ...secondary];
  const ranked = results.slice(0, depth);
  const ranks = new Set(
    targets
      .map((target) => ranked.findIndex((result) => hits(result, target)) + 1)
      .filter((rank) => rank > 0),
  );
  const gain = [...ranks].reduce((sum, rank) => sum + discount(rank), 0);
  const files = [...new Set(ranked.map(({ path }) => path))];
  const wanted = [...new Set(targets.map(({ path }) => path))];
  const recall = (k: number) => {
    const shown = files.slice(0, k);
    const found = wanted.filter((path) => shown.some((file) => samePath(file, path)));
    return wanted.length === 0 ? 0 : found.length / wanted.length;
  };
  return {
    ndcg10: targets.length === 0 ? 0 : gain / idealGain(targets.length),
    recall1: recall(1),
    recall5: recall(5),
    recall10: recall(10),
    mrr: ranks.size === 0 ? 0 : 1 / Math.min(...ranks),
  };
}

function idealGain(targets: number): number {
  let gain = 0;
  for (let rank = 1; rank <= Math.min(targets, depth); rank++) gain += discount(rank);
  return gain;
}

/** Means of some queries' scores. Pure. */
export function summarise(scored: readonly { repo: string; score: QueryScore }[]): Summary {
  const over = (name: keyof QueryScore) => mean(scored.map(({ score }) => score[name]));
  const byRepo = grouped(scored, ({ repo }) => repo);
  return {
    queries: scored.length,
    repos: byRepo.size,
    ndcg10: over('ndcg10'),
    macro: mean([...byRepo.values()].map((some) => mean(some.map(({ score }) => score.ndcg10)))),
    recall1: over('recall1'),
    recall5: over('recall5'),
    recall10: over('recall10'),
    mrr: over('mrr'),
  };
}

/** Items by a key, in the order in which keys come up. Pure. */
export function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
