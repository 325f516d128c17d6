import type { TermCounts } from '../store/contract.js';
import type { Candidate } from './candidates.js';
import { plainName } from './definitions.js';
import { type Asides, asksFor } from './priors.js';
import type { QueryText } from './query.js';
import { WordMatcher } from './words.js';

/** What all files of a reply are measured against. */
export interface Scale {
  query: QueryText;
  words: WordMatcher;
  /** What each stem counts by its rarity among the files; they sum to 1. */
  rarity: readonly number[];
  rarest: number;
  rarityOf: (word: string) => number;
  /** How often a file has the query's terms and then its stems; null if that is not known. */
  countsOf: (candidate: Candidate) => readonly number[] | null;
  asked: Asides;
  /** Names that the query writes, without what only says where they are. */
  identifiers: ReadonlySet<string>;
  plain: ReadonlySet<string>;
  bestText: number;
  bestTop3: number;
  bestFile: number;
  /** BM25 over whole files and over the names they define, of those that were looked at. */
  fileScores: ReadonlyMap<Candidate, number>;
  definitionScores: ReadonlyMap<Candidate, number>;
  bestPath: number;
  bestSymbols: number;
  averageDefinitions: number;
  vectors: Record<'top10' | 'whole' | 'path', Normal>;
}

/** Maps similarities: the mean to 0, the best to 1. */
export interface Normal {
  mean: number;
  max: number;
}

const k1 = 1.2;
const b = 0.75;
/** Whole files: a word's repeats say more, a file's length less than among chunks. */
const fileK1 = 2;
const fileB = 0.4;

/**
 * What is needed to compare files with one another. Pure.
 * @param rarityOf inverse document frequency of a word among the files
 */
export function scaleOf(
  query: QueryText,
  candidates: readonly Candidate[],
  rarityOf: (word: string) => number = () => 1,
): Scale {
  const words = new WordMatcher(query);
  const rarityOnce = remembered(rarityOf);
  const identifiers = new Set(
    query.words
      .filter(({ identifier, qualifier }) => identifier && !qualifier)
      .flatMap(({ lower }) => [lower, plainName(lower)]),
  );
  const lengths = candidates.map(({ definitions }) => definitions.length);
  const rarity = sharesOf(query.stems.map(rarityOnce));
  const compared = candidates.filter(({ near }) => near.length > 0);
  const scale: Scale = {
    query,
    words,
    rarity,
    rarest: max(rarity),
    rarityOf: rarityOnce,
    countsOf: counterOf(query),
    asked: asksFor(query),
    identifiers,
    plain: new Set(query.names.map(plainName).filter((name) => !identifiers.has(name))),
    bestText: max(candidates.map(({ hits }) => hits[0]?.score ?? 0)),
    bestFile: 0,
    fileScores: new Map(),
    definitionScores: new Map(),
    bestTop3: max(candidates.map(({ hits }) => meanScore(hits, 3))),
    bestPath: max(candidates.map(({ pathScore }) => pathScore)),
    bestSymbols: 0,
    averageDefinitions: lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length),
    vectors: {
      top10: normalOf(compared.map(({ near }) => sumSimilarity(near))),
      whole: normalOf(candidates.flatMap(({ wholeSimilarity }) => wholeSimilarity ?? [])),
      path: normalOf(candidates.flatMap(({ pathSimilarity }) => pathSimilarity ?? [])),
    },
  };
  const scored = (score: (candidate: Candidate, scale: Scale) => number) =>
    new Map(candidates.map((candidate) => [candidate, score(candidate, scale)]));
  scale.fileScores = scored(fileScore);
  scale.definitionScores = scored(definitionScore);
  scale.bestFile = max([...scale.fileScores.values()]);
  scale.bestSymbols = max([...scale.definitionScores.values()]);
  return scale;
}

/** BM25 of the query's words over the names that a file defines, all words being equally rare. */
export function definitionScore(
  { definitions }: Candidate,
  scale: Pick<Scale, 'query' | 'averageDefinitions'>,
) {
  const { byWord, length } = definitions;
  if (length === 0) return 0;
  const norm = k1 * (1 - b + (b * length) / scale.averageDefinitions);
  let score = 0;
  for (const [at, stem] of scale.query.stems.entries()) {
    const count = byWord.get(stem) ?? 0;
    score += ((scale.query.shares[at] ?? 0) * count * (k1 + 1)) / (count + norm);
  }
  return score;
}

/** Inverse document frequency of a term among the files: log(1 + (N - n + 0.5) / (n + 0.5)), as BM25 has it. */
export function rarityIn(counts: TermCounts, term: string): number {
  const found = counts.contentsWith(term);
  return Math.log(1 + (counts.contents - found + 0.5) / (found + 0.5));
}

/** BM25 of the query's terms over the file as a whole. */
export function fileScore(
  candidate: Candidate,
  { query, rarityOf, countsOf }: Pick<Scale, 'query' | 'rarityOf' | 'countsOf'>,
) {
  const { counts, key } = candidate;
  const found = countsOf(candidate);
  if (!counts || !found) return 0;
  const norm = fileK1 * (1 - fileB + (fileB * counts.lengthOf(key)) / Math.max(1, counts.averageLength));
  let score = 0;
  for (const [at, term] of query.terms.entries()) {
    const count = found[at] ?? 0;
    if (count > 0) score += (rarityOf(term) * count * (fileK1 + 1)) / (count + norm);
  }
  return score;
}

/** Counts the words of a query in files, those of one family with the same preparation and each file once. */
function counterOf({ terms, stems }: QueryText): Scale['countsOf'] {
  const words = [...terms, ...stems];
  const counters = new Map<TermCounts, (key: string) => number[]>();
  const known = new Map<Candidate, number[]>();
  return (candidate) => {
    const { counts, key } = candidate;
    if (!counts) return null;
    const before = known.get(candidate);
    if (before) return before;
    const counter = counters.get(counts) ?? counts.counter(words);
    counters.set(counts, counter);
    const found = counter(key);
    known.set(candidate, found);
    return found;
  };
}

function remembered(of: (word: string) => number): (word: string) => number {
  const known = new Map<string, number>();
  return (word) => {
    const before = known.get(word);
    if (before !== undefined) return before;
    const value = of(word);
    known.set(word, value);
    return value;
  };
}

/** Mean of the first so many scores of some descending hits, fewer counting as zeros. */
export function meanScore(hits: Candidate['hits'], most: number): number {
  let sum = 0;
  for (let at = 0; at < most; at++) sum += hits[at]?.score ?? 0;
  return sum / most;
}

const mostSummed = 10;

/** Sum over the ten nearest chunks: a file with fewer has less of what is asked for. */
export function sumSimilarity(near: Candidate['near']): number {
  let sum = 0;
  for (let at = 0; at < near.length && at < mostSummed; at++) sum += near[at]?.similarity ?? 0;
  return sum;
}

/** A similarity on a scale; 0 for what is no better than the mean, or not known. */
export function normal(value: number | null | undefined, { mean, max: most }: Normal): number {
  if (value === null || value === undefined) return 0;
  return most > mean ? Math.max(0, (value - mean) / (most - mean)) : 1;
}

const normalOf = (values: readonly number[]): Normal => ({
  mean: values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length,
  max: values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
});

const max = (values: readonly number[]) => values.reduce((most, value) => Math.max(most, value), 0);

function sharesOf(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0) || 1;
  return weights.map((weight) => weight / total);
}
