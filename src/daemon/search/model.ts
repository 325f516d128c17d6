import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { LcadError, messageOf } from '../../shared/errors.js';
import { packagePath } from '../../shared/package-root.js';

/**
 * What is known of a file in relation to a query, each from 0 to 1. The names are what `--explain` shows; the part
 * before the dot is the signal.
 */
export const featureNames = [
  /** Mean of the three best chunks, fewer counting as zeros, as a share of the best mean of all files. */
  'text.top3',
  /** The best chunk by its BM25 (a share of the best) times the share of the query's words in its own name. */
  'text.named',
  /** BM25 of the file as a whole, as a share of the best of all files. */
  'text.file',
  /** Share of the query's words that are in the file, rare ones counting more. */
  'text.cover',
  /** BM25 of the query's words over the names that the file defines, as a share of the best of all files. */
  'symbol.bm25',
  /** It defines a name that the query writes as one. */
  'symbol.exact',
  /** It defines a name that is a plain word of the query, or two neighbours joined. */
  'symbol.plain',
  /** Every word of the file's name is in the query: the rarity of the rarest, as a share of that of all words. */
  'path.all',
  /** The share of the query's words in the file's name times the share of the name's words in the query. */
  'path.match',
  /** Share of the query's words among the folders. */
  'path.folders',
  /** How many files have the file's name as a word: ln(1 + files) / ln(1 + all files). */
  'path.mentions',
  /** BM25 over the words of the path, as a share of the best of all files. */
  'path.bm25',
  /** Sum of the cosine similarities of the ten nearest chunks, from the mean (0) to the best of all files (1). */
  'vector.top10',
  /** Cosine similarity of the file as a whole, likewise. */
  'vector.whole',
  /** Cosine similarity of the words of the path, likewise. */
  'vector.path',
  /** A test, while the query does not ask for tests. */
  'prior.test',
  /** Kept for older versions, or vendored. */
  'prior.compat',
  /** An example, a benchmark, documentation or a script, while the query does not ask for one. */
  'prior.example',
  /** Prose or data rather than code. */
  'prior.prose',
  /** How many chunks the file has: ln(1 + chunks) / ln(1 + 200), at most 1. */
  'prior.size',
  /** The share of the repository's files that are in this file's language. */
  'prior.language',
] as const;

export type FeatureName = (typeof featureNames)[number];
export type Features = Record<FeatureName, number>;

/** A linear ranker: the score is the sum of each feature times its weight. */
export type Weights = Readonly<Record<FeatureName, number>>;

/** Weights for each kind of vectors that a search may have. */
export interface Ranker {
  readonly builtin: Weights;
  readonly external: Weights;
  readonly none: Weights;
}

/** A feature that a set of weights does not name counts nothing. */
const WeightsJson = z
  .partialRecord(z.enum(featureNames), z.number())
  .transform(
    (given): Weights => Object.fromEntries(featureNames.map((name) => [name, given[name] ?? 0])) as Features,
  );
const RankerJson = z.object({ builtin: WeightsJson, external: WeightsJson, none: WeightsJson });

/**
 * Reads the weights that `npm run train:ranker` wrote.
 * @param file default: the one of the package
 * @throws MODEL_UNREADABLE if it is missing or no such file
 */
export function loadRanker(file = packagePath('models', 'ranker.json')): Ranker {
  try {
    return RankerJson.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new LcadError('MODEL_UNREADABLE', `The weights of the ranker in ${file} cannot be read: ${why}`, {
      next: 'The file is part of the package: install lcad again.',
      details: { file },
      cause: error,
    });
  }
}

/** A file's score. */
export function scoreOf(features: Features, weights: Weights): number {
  let score = 0;
  for (const name of featureNames) score += features[name] * weights[name];
  return score;
}
