import type { Candidate } from './candidates.js';
import { wordsOfName } from './definitions.js';
import type { Features } from './model.js';
import { definitionScore, fileScore, meanScore, normal, type Scale, sumSimilarity } from './scale.js';

const sizeScale = Math.log(1 + 200);

/** The features of one file. Pure but for what is remembered. */
export function featuresOf(candidate: Candidate, scale: Scale): Features {
  return {
    ...textFeatures(candidate, scale),
    ...symbolFeatures(candidate, scale),
    ...pathFeatures(candidate, scale),
    ...vectorFeatures(candidate, scale),
    ...priors(candidate, scale),
  };
}

type Of<Signal extends string> = Pick<Features, Extract<keyof Features, `${Signal}.${string}`>>;

function textFeatures(candidate: Candidate, scale: Scale): Of<'text'> {
  const { hits, counts, key } = candidate;
  const { stems } = scale.query;
  const inFile = stems.map((stem) => counts !== null && counts.countIn(key, stem) > 0);
  return {
    'text.best': share(hits[0]?.score ?? 0, scale.bestText),
    'text.top3': share(meanScore(hits, 3), scale.bestTop3),
    'text.named': bestNamed(hits, scale),
    'text.file': share(fileScore(candidate, scale), scale.bestFile),
    'text.cover': scale.words.weigh(inFile, scale.rarity),
  };
}

/** Hits beyond the first so many have too small a score to matter. */
const mostNamed = 20;

function bestNamed(hits: Candidate['hits'], scale: Scale): number {
  let best = 0;
  for (const { name, score } of hits.slice(0, mostNamed)) {
    const part = share(score, scale.bestText);
    if (name === '' || part <= best) continue;
    best = Math.max(best, part * scale.words.recall(wordsOfName(name).words));
  }
  return best;
}

function symbolFeatures(candidate: Candidate, scale: Scale): Of<'symbol'> {
  const { words } = scale;
  let [fit, exact, plain] = [0, 0, 0];
  for (const name of candidate.definitions.names) {
    if (scale.identifiers.has(name.whole)) exact = 1;
    else if (scale.plain.has(name.whole)) plain = 1;
    const precision = words.precision(name.words);
    if (precision > fit) fit = Math.max(fit, precision * words.recall(name.words));
  }
  return {
    'symbol.fit': fit,
    'symbol.bm25': share(definitionScore(candidate, scale), scale.bestSymbols),
    'symbol.exact': exact,
    'symbol.plain': plain,
  };
}

function pathFeatures({ words: path, pathScore, counts }: Candidate, scale: Scale): Of<'path'> {
  const { words } = scale;
  const inStem = words.covered(path.stem);
  const inFolders = words.covered(path.folders);
  const precision = words.precision(path.stem);
  const recall = words.weigh(inStem);
  return {
    'path.all': precision === 1 ? share(rarestOf(inStem, scale), scale.rarest) : 0,
    'path.match': recall * precision,
    'path.folders': words.weigh(inFolders),
    'path.mentions': mentions(path, counts),
    'path.bm25': share(pathScore, scale.bestPath),
  };
}

const rarestOf = (covered: readonly boolean[], { rarity }: Scale) =>
  covered.reduce((most, hit, at) => (hit ? Math.max(most, rarity[at] ?? 0) : most), 0);

function mentions({ stem, stemWhole }: Candidate['words'], counts: Candidate['counts']): number {
  if (!counts || counts.contents === 0 || stemWhole === '') return 0;
  const files = counts.contentsWith(stemWhole) || counts.contentsWith(stem.join(''));
  return Math.log(1 + files) / Math.log(1 + counts.contents);
}

function vectorFeatures(candidate: Candidate, { vectors }: Scale): Of<'vector'> {
  const { near, wholeSimilarity, nameSimilarity, pathSimilarity } = candidate;
  return {
    'vector.top10': near.length > 0 ? normal(sumSimilarity(near), vectors.top10) : 0,
    'vector.whole': normal(wholeSimilarity, vectors.whole),
    'vector.names': normal(nameSimilarity, vectors.names),
    'vector.path': normal(pathSimilarity, vectors.path),
  };
}

function priors({ words, family, key, languageShare }: Candidate, { asked }: Scale): Of<'prior'> {
  const chunks = family.store.keys.get(key) ?? 1;
  return {
    'prior.test': words.test ? 1 - asked.test : 0,
    'prior.compat': words.compat ? 1 - asked.compat : 0,
    'prior.example': words.example ? 1 - asked.example : 0,
    'prior.prose': words.prose ? 1 - asked.prose : 0,
    'prior.size': Math.min(1, Math.log(1 + chunks) / sizeScale),
    'prior.language': languageShare,
  };
}

const share = (value: number, most: number) => (most > 0 ? value / most : 0);
