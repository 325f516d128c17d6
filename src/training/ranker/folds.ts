import { samePath, scoreQuery, summarise } from '../eval/score.js';
import { boundsOf } from './bounds.js';
import type { Asked, Featured } from './collect.js';
import { fitWeights, type Sample, scoreAt } from './fit.js';

/** NDCG@10 by what was indexed. */
interface ModeFigures {
  root: number;
  whole: number;
}

interface FoldFigures {
  /** Repositories that this fold's weights were not fitted to. */
  repos: string[];
  figures: ModeFigures;
}

export interface Fitted {
  /** Fitted to all queries. */
  weights: Record<string, number>;
  /** Each query scored by weights that were fitted without its repository. */
  crossValidated: ModeFigures;
  /** Each query scored by the weights fitted to all. */
  fitted: ModeFigures;
  folds: FoldFigures[];
}

const l2 = 1;
const foldCount = 8;

/** Fits weights to all queries, and to all but those of each fold's repositories. Pure. */
export function fitAndValidate(asked: readonly Asked[], features: readonly string[]): Fitted {
  const bounds = features.map(boundsOf);
  const fit = (some: readonly Asked[], start?: readonly number[]) =>
    fitWeights(
      some.map((one) => sampleOf(one, features)),
      { bounds, l2, ...(start ? { start } : {}) },
    );
  const weights = fit(asked);
  const scored: { asked: Asked; weights: number[] }[] = [];
  const folds = foldsOf(asked).map((repos): FoldFigures => {
    const out = asked.filter(({ query }) => repos.includes(query.repo));
    const without = fit(
      asked.filter(({ query }) => !repos.includes(query.repo)),
      weights,
    );
    const own = out.map((one) => ({ asked: one, weights: without }));
    scored.push(...own);
    return { repos, figures: figuresOf(own, features) };
  });
  return {
    weights: Object.fromEntries(features.map((name, at) => [name, rounded(weights[at] as number)])),
    crossValidated: figuresOf(scored, features),
    fitted: figuresOf(
      asked.map((one) => ({ asked: one, weights })),
      features,
    ),
    folds,
  };
}

const rounded = (value: number) => Math.round(value * 1000) / 1000;

/** Every feature that some candidate has, in alphabetical order. Pure. */
export function featuresIn(asked: readonly Asked[]): string[] {
  const names = new Set(
    asked.flatMap(({ candidates }) => candidates.flatMap(({ features }) => Object.keys(features))),
  );
  names.delete(furtherChunk);
  return [...names].sort();
}

/** What a further chunk of a file loses is no feature of the file. */
const furtherChunk = 'prior.further';

/** Repositories dealt out by size, so that folds have about as many queries; always in the same way. */
export function foldsOf(asked: readonly Asked[]): string[][] {
  const counts = new Map<string, number>();
  for (const { query } of asked) counts.set(query.repo, (counts.get(query.repo) ?? 0) + 1);
  const names = [...counts.keys()].sort(
    (a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || (a < b ? -1 : 1),
  );
  const folds = Array.from({ length: Math.min(foldCount, names.length) }, (): string[] => []);
  for (const [at, name] of names.entries()) folds[at % folds.length]?.push(name);
  return folds;
}

function sampleOf({ query, candidates }: Asked, features: readonly string[]): Sample {
  const targets = [...query.relevant, ...query.secondary];
  return {
    features: Float64Array.from(candidates.flatMap((one) => valuesOf(one, features))),
    right: candidates.map(({ path }) => targets.some((target) => samePath(path, target.path))),
  };
}

const valuesOf = (one: Featured, features: readonly string[]) =>
  features.map((name) => one.features[name] ?? 0);

function figuresOf(
  scored: readonly { asked: Asked; weights: readonly number[] }[],
  features: readonly string[],
): ModeFigures {
  const of = (whole: boolean) => {
    const some = scored.filter(({ asked }) => asked.whole === whole);
    return rounded4(
      summarise(
        some.map(({ asked, weights }) => ({
          repo: asked.query.repo,
          score: scoreQuery(asked.query, ranked(asked, weights, features)),
        })),
      ).ndcg10,
    );
  };
  return { root: of(false), whole: of(true) };
}

const rounded4 = (value: number) => Math.round(value * 10_000) / 10_000;

function ranked({ candidates }: Asked, weights: readonly number[], features: readonly string[]): Featured[] {
  return candidates
    .map((one) => ({ one, score: scoreAt(Float64Array.from(valuesOf(one, features)), 0, weights) }))
    .sort((a, b) => b.score - a.score || (a.one.path < b.one.path ? -1 : 1))
    .map(({ one }) => one);
}
