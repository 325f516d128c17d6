import { termsOf } from '../../shared/terms.js';
import type { Candidate } from './candidates.js';
import type { Features } from './model.js';
import { sharedPrefix } from './path-index.js';
import type { QueryText } from './query.js';

/** Extra matches of a stem: "regist" is enough of "register" and "registry". */
const sharedShare = 0.6;
const sizeScale = Math.log(1 + 200);

/** Query words after which files of a kind are wanted rather than in the way. */
const asksFor = {
  test: new Set(['test', 'mock', 'fixtur', 'testcas', 'unittest']),
  compat: new Set(['compat', 'compatibility', 'legacy', 'deprecat', 'vendor', 'polyfill']),
  example: new Set([
    'exampl',
    'sampl',
    'demo',
    'benchmark',
    'bench',
    'tutorial',
    'doc',
    'docs',
    'documentation',
  ]),
  prose: new Set([
    'readm',
    'doc',
    'docs',
    'documentation',
    'changelog',
    'licens',
    'markdown',
    'guid',
    'config',
    'configuration',
    'json',
    'yaml',
    'yml',
    'toml',
    'xml',
    'html',
    'css',
    'packag',
    'workflow',
    'schema',
    'md',
  ]),
};

/** What all files of a reply are measured against. */
export interface Scale {
  query: QueryText;
  stems: readonly string[];
  asked: Record<keyof typeof asksFor, boolean>;
  identifiers: ReadonlySet<string>;
  plain: ReadonlySet<string>;
  bestText: number;
  bestPath: number;
  vector: Normal;
  vectorTop: Normal;
  /** Positions of the stems that a word matches, remembered for the reply: names share their words. */
  known: Map<string, readonly number[]>;
}

interface Normal {
  mean: number;
  max: number;
}

/** What is needed to compare files with one another. */
export function scaleOf(query: QueryText, candidates: readonly Candidate[]): Scale {
  const stems = query.stems;
  const identifiers = new Set(
    query.words.filter(({ identifier }) => identifier).flatMap(({ lower }) => [lower, plainName(lower)]),
  );
  const near = candidates.filter((candidate) => candidate.near.length > 0);
  return {
    query,
    stems,
    asked: {
      test: stems.some((stem) => asksFor.test.has(stem)),
      compat: stems.some((stem) => asksFor.compat.has(stem)),
      example: stems.some((stem) => asksFor.example.has(stem)),
      prose: stems.some((stem) => asksFor.prose.has(stem)),
    },
    identifiers,
    plain: new Set(query.names.map(plainName).filter((name) => !identifiers.has(name))),
    known: new Map(),
    bestText: max(candidates.map(({ hits }) => hits[0]?.score ?? 0)),
    bestPath: max(candidates.map(({ pathScore }) => pathScore)),
    vector: normalOf(near.map(({ near: [best] }) => best?.similarity ?? 0)),
    vectorTop: normalOf(near.map(({ near: all }) => topMean(all.map(({ similarity }) => similarity)))),
  };
}

/** The features of one file. */
export function featuresOf(candidate: Candidate, scale: Scale): Features {
  const { words, hits, near, pathScore } = candidate;
  const inStem = covered(words.stem, scale);
  const stemShare = words.stem.length === 0 ? 0 : matchedShare(words.stem, scale);
  const recall = weigh(inStem, scale);
  const names = nameFeatures(candidate, scale);
  const chunks = candidate.family.store.keys.get(candidate.key) ?? 1;
  return {
    'text.best': share(hits[0]?.score ?? 0, scale.bestText),
    'text.top10': share(meanOf10(hits), scale.bestText),
    'symbol.words': names.words,
    'symbol.fit': names.fit,
    'symbol.exact': names.exact,
    'symbol.plain': names.plain,
    'path.recall': recall,
    'path.all': words.stem.length > 0 && stemShare === 1 ? 1 : 0,
    'path.match': recall * stemShare,
    'path.equal': scale.identifiers.has(words.stemWhole) ? 1 : 0,
    'path.folders': weigh(covered(words.folders, scale), scale),
    'path.bm25': share(pathScore, scale.bestPath),
    'vector.best': near.length === 0 ? 0 : normal(near[0]?.similarity ?? 0, scale.vector),
    'vector.top3':
      near.length === 0 ? 0 : normal(topMean(near.map((hit) => hit.similarity)), scale.vectorTop),
    'prior.test': words.test && !scale.asked.test ? 1 : 0,
    'prior.compat': words.compat && !scale.asked.compat ? 1 : 0,
    'prior.example': words.example && !scale.asked.example ? 1 : 0,
    'prior.prose': words.prose && !scale.asked.prose ? 1 : 0,
    'prior.size': Math.min(1, Math.log(1 + chunks) / sizeScale),
  };
}

function nameFeatures({ hits, named }: Candidate, scale: Scale) {
  const seen = new Set<string>();
  const union = new Array<boolean>(scale.stems.length).fill(false);
  const found = { words: 0, fit: 0, exact: 0, plain: 0 };
  for (const { symbols } of [...hits, ...named]) {
    for (const name of symbols.split(' ')) {
      if (name === '' || seen.has(name)) continue;
      seen.add(name);
      const { whole, words } = wordsOfName(name);
      if (scale.identifiers.has(whole)) found.exact = 1;
      else if (scale.plain.has(whole)) found.plain = 1;
      const one = covered(words, scale);
      for (const [at, hit] of one.entries()) if (hit) union[at] = true;
      const recall = weigh(one, scale);
      if (recall === 0) continue;
      found.fit = Math.max(found.fit, recall * matchedShare(words, scale));
    }
  }
  found.words = weigh(union, scale);
  return found;
}

interface NameWords {
  whole: string;
  /** Stems of its parts; the whole only where it is the one part. */
  words: readonly string[];
}

const knownNames = new Map<string, NameWords>();
const mostNames = 50_000;

/** The words of a definition's name, remembered: the same names come up in query after query. */
export function wordsOfName(name: string): NameWords {
  const known = knownNames.get(name);
  if (known) return known;
  const whole = plainName(name);
  const terms = termsOf(name);
  const words = terms.length > 1 ? terms.filter((term) => term !== whole) : terms;
  if (knownNames.size >= mostNames) knownNames.clear();
  knownNames.set(name, { whole, words });
  return { whole, words };
}

/** Which of the query's stems are among some words. */
export function covered(words: readonly string[], scale: Pick<Scale, 'stems' | 'known'>): boolean[] {
  const found = new Array<boolean>(scale.stems.length).fill(false);
  for (const word of words) for (const at of stemsOf(word, scale)) found[at] = true;
  return found;
}

function matchedShare(words: readonly string[], scale: Scale): number {
  return words.filter((word) => stemsOf(word, scale).length > 0).length / words.length;
}

function stemsOf(word: string, { stems, known }: Pick<Scale, 'stems' | 'known'>): readonly number[] {
  const before = known.get(word);
  if (before) return before;
  const found = stems.flatMap((stem, at) => (matches(stem, word) ? [at] : []));
  known.set(word, found);
  return found;
}

/** The same word, or the same beginning: "auth" and "authentication", "registry" and "register". */
export function matches(a: string, b: string): boolean {
  if (a.charCodeAt(0) !== b.charCodeAt(0)) return false;
  if (a === b) return true;
  const shorter = Math.min(a.length, b.length);
  if (shorter < sharedPrefix) return false;
  let shared = 1;
  while (shared < shorter && a.charCodeAt(shared) === b.charCodeAt(shared)) shared++;
  const longer = Math.max(a.length, b.length);
  return shared === shorter || (shared >= sharedPrefix && shared >= longer * sharedShare);
}

const weigh = (hits: readonly boolean[], { query: { shares } }: Scale) =>
  hits.reduce((sum, hit, at) => (hit ? sum + (shares[at] ?? 0) : sum), 0);

/** A name without case and separators. */
const plainName = (name: string) => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

/** Mean of the three largest of some descending numbers; fewer count as zeros. */
const topMean = (values: readonly number[]) => ((values[0] ?? 0) + (values[1] ?? 0) + (values[2] ?? 0)) / 3;

const meanOf10 = (hits: Candidate['hits']) =>
  hits.slice(0, 10).reduce((sum, { score }) => sum + score, 0) / 10;

const max = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), 0);
const share = (value: number, most: number) => (most > 0 ? value / most : 0);
const normalOf = (values: readonly number[]): Normal => ({
  mean: values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length,
  max: values.reduce((a, b) => Math.max(a, b), -1),
});
const normal = (value: number, { mean, max: most }: Normal) =>
  most > mean ? Math.max(0, (value - mean) / (most - mean)) : 1;
