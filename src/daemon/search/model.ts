/**
 * What is known of a file in relation to a query, each from 0 to 1. The names are what `--explain` shows; the part
 * before the dot is the signal.
 */
export const featureNames = [
  /** BM25 of the best chunk, as a share of the best of all files. */
  'text.best',
  /** Mean BM25 of the three best chunks, likewise. */
  'text.top3',
  /** Share of the query's words (by rarity) among the names of definitions in chunks that matched. */
  'symbol.words',
  /** The best single name: share of the query's words that it has. */
  'symbol.one',
  /** It defines a name that the query writes as one. */
  'symbol.exact',
  /** It defines a name that is a plain word of the query, or two neighbours joined. */
  'symbol.plain',
  /** Share of the query's words (by rarity) in the file's name. */
  'path.recall',
  /** Every word of the file's name is in the query. */
  'path.all',
  /** path.recall times the share of the file name's words that are in the query. */
  'path.match',
  /** The file's name is a name that the query writes. */
  'path.equal',
  /** Share of the query's words (by rarity) among the folders. */
  'path.folders',
  /** BM25 over the words of the path, as a share of the best of all files. */
  'path.bm25',
  /** Cosine similarity of the best chunk, from the mean (0) to the best of all files (1). */
  'vector.best',
  /** Mean of the three best, likewise. */
  'vector.top3',
  /** A test, while the query does not ask for tests. */
  'prior.test',
  /** Kept for older versions, or vendored. */
  'prior.compat',
  /** An example or a benchmark, while the query does not ask for one. */
  'prior.example',
  /** Prose or data rather than code. */
  'prior.prose',
  /** How many chunks the file has: ln(1 + chunks) / ln(1 + 200), at most 1. */
  'prior.size',
] as const;

export type FeatureName = (typeof featureNames)[number];
export type Features = Record<FeatureName, number>;

/** A linear ranker: the score is the sum of each feature times its weight. */
export type Weights = Readonly<Record<FeatureName, number>>;

/** A file's score. */
export function scoreOf(features: Features, weights: Weights): number {
  let score = 0;
  for (const name of featureNames) score += features[name] * weights[name];
  return score;
}

/** Weights without vectors. */
export const textWeights: Weights = {
  'text.best': 1.34,
  'text.top3': 1.34,
  'symbol.words': 0.9,
  'symbol.one': 0.52,
  'symbol.exact': 0.65,
  'symbol.plain': 0.3,
  'path.recall': 0.49,
  'path.all': 1.36,
  'path.match': 0.65,
  'path.equal': 0.77,
  'path.folders': 0.3,
  'path.bm25': 0.3,
  'vector.best': 0,
  'vector.top3': 0,
  'prior.test': -1.5,
  'prior.compat': -0.8,
  'prior.example': -0.8,
  'prior.prose': -0.8,
  'prior.size': 0.2,
};

/** Weights with vectors. */
export const hybridWeights: Weights = { ...textWeights, 'vector.best': 0.98, 'vector.top3': 0.91 };
