import type { Candidate } from './candidates.js';
import { type Definitions, wordsOfName } from './definitions.js';
import { type Features, featureNames } from './model.js';
import { definitionScore, fileScore, meanScore, normal, type Scale, sumSimilarity } from './scale.js';

const sizeScale = Math.log(1 + 200);

const none = Object.fromEntries(featureNames.map((name) => [name, 0])) as Features;

/** The features of one file. Pure but for what is remembered. */
export function featuresOf(candidate: Candidate, scale: Scale): Features {
  const features = { ...none };
  addText(features, candidate, scale);
  addSymbols(features, candidate, scale);
  addPath(features, candidate, scale);
  addVectors(features, candidate, scale);
  addPriors(features, candidate, scale);
  return features;
}

function addText(features: Features, candidate: Candidate, scale: Scale): void {
  const { hits } = candidate;
  const { stems, terms } = scale.query;
  const counts = scale.countsOf(candidate);
  const inFile = stems.map((_, at) => (counts?.[terms.length + at] ?? 0) > 0);
  features['text.top3'] = share(meanScore(hits, 3), scale.bestTop3);
  features['text.named'] = bestNamed(hits, scale);
  features['text.file'] = share(
    scale.fileScores.get(candidate) ?? fileScore(candidate, scale),
    scale.bestFile,
  );
  features['text.cover'] = scale.words.weigh(inFile, scale.rarity);
}

/** Hits beyond the first so many have too small a score to matter. */
const mostNamed = 20;

function bestNamed(hits: Candidate['hits'], scale: Scale): number {
  let best = 0;
  for (const { name, score } of hits.slice(0, mostNamed)) {
    const part = share(score, scale.bestText);
    // Those behind score less, and no name is worth more than all of the score.
    if (part <= best) break;
    if (name !== '') best = Math.max(best, part * scale.words.recall(wordsOfName(name).words));
  }
  return best;
}

function addSymbols(features: Features, candidate: Candidate, scale: Scale): void {
  const { definitions } = candidate;
  features['symbol.bm25'] = share(
    scale.definitionScores.get(candidate) ?? definitionScore(candidate, scale),
    scale.bestSymbols,
  );
  features['symbol.exact'] = defines(definitions, scale.identifiers) ? 1 : 0;
  features['symbol.plain'] = defines(definitions, scale.plain) ? 1 : 0;
}

function defines({ wholes }: Definitions, names: ReadonlySet<string>): boolean {
  for (const name of names) if (wholes.has(name)) return true;
  return false;
}

function addPath(features: Features, { words: path, pathScore, counts }: Candidate, scale: Scale): void {
  const { words } = scale;
  const inStem = words.covered(path.stem);
  const inFolders = words.covered(path.folders);
  const precision = words.precision(path.stem);
  const recall = words.weigh(inStem);
  features['path.all'] = precision === 1 ? share(rarestOf(inStem, scale), scale.rarest) : 0;
  features['path.match'] = recall * precision;
  features['path.folders'] = words.weigh(inFolders);
  features['path.mentions'] = mentions(path, counts);
  features['path.bm25'] = share(pathScore, scale.bestPath);
}

const rarestOf = (covered: readonly boolean[], { rarity }: Scale) =>
  covered.reduce((most, hit, at) => (hit ? Math.max(most, rarity[at] ?? 0) : most), 0);

function mentions({ stem, stemWhole }: Candidate['words'], counts: Candidate['counts']): number {
  if (!counts || counts.contents === 0 || stemWhole === '') return 0;
  const files = counts.contentsWith(stemWhole) || counts.contentsWith(stem.join(''));
  return Math.log(1 + files) / Math.log(1 + counts.contents);
}

function addVectors(features: Features, candidate: Candidate, { vectors }: Scale): void {
  const { near, wholeSimilarity, pathSimilarity } = candidate;
  features['vector.top10'] = near.length > 0 ? normal(sumSimilarity(near), vectors.top10) : 0;
  features['vector.whole'] = normal(wholeSimilarity, vectors.whole);
  features['vector.path'] = normal(pathSimilarity, vectors.path);
}

function addPriors(
  features: Features,
  { words, family, key, languageShare }: Candidate,
  { asked }: Scale,
): void {
  const chunks = family.store.keys.get(key) ?? 1;
  features['prior.test'] = words.test ? 1 - asked.test : 0;
  features['prior.compat'] = words.compat ? 1 - asked.compat : 0;
  features['prior.example'] = words.example ? 1 - asked.example : 0;
  features['prior.prose'] = words.prose ? 1 - asked.prose : 0;
  features['prior.size'] = Math.min(1, Math.log(1 + chunks) / sizeScale);
  features['prior.language'] = languageShare;
}

const share = (value: number, most: number) => (most > 0 ? value / most : 0);
