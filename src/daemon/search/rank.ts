import type { ChunkId, TextHit } from '../store/contract.js';
import type { Candidate } from './candidates.js';
import { wordsOfName } from './definitions.js';
import { featuresOf } from './features.js';
import { type Features, featureNames, scoreOf, type Weights } from './model.js';
import type { Scale } from './scale.js';

/** A file with its score. */
export interface RankedFile {
  candidate: Candidate;
  features: Features;
  score: number;
}

/** A chunk that will be a result. */
export interface RankedChunk {
  file: RankedFile;
  chunk: ChunkId;
  score: number;
  /** What being a further chunk of its file takes from the file's score; 0 for the file's best chunk. */
  further: number;
}

/** So many files come first, each with its best chunk, before second chunks take part. */
const filesFirst = 10;
/** A further chunk loses this for each chunk of its file before it, and as much again for a BM25 of zero. */
const furtherLoss = 0.5;
/** Chunks that match less than this, compared with the best of their file, are no results of their own. */
const leastShare = 0.5;
/** How much a chunk gains as its file's best for defining a queried name, and for a name that covers the query. */
const exactBonus = 3;
const nameBonus = 0.5;
/** A type rather than its constructor of the same name, though its words and its vector (1 each) may match less. */
const typeBonus = 2.5;
const typeKinds = new Set(['class', 'interface', 'struct', 'enum', 'trait', 'type', 'module']);

/** The files, best first; equal scores in order of path, then of repository. Pure. */
export function rankFiles(candidates: readonly Candidate[], scale: Scale, weights: Weights): RankedFile[] {
  const files = candidates.map((candidate): RankedFile => {
    const features = featuresOf(candidate, scale);
    return { candidate, features, score: scoreOf(features, weights) };
  });
  if (scale.query.words.every(({ identifier }) => identifier)) forgiveTests(files, weights);
  return files.sort((a, b) => b.score - a.score || comparePlaces(a.candidate, b.candidate));
}

/** For a query of names alone: where only tests define them, they are what is looked for. */
function forgiveTests(files: RankedFile[], weights: Weights): void {
  const defining = files.filter(({ features }) => features['symbol.exact'] > 0);
  if (defining.length === 0 || defining.some(({ features }) => features['prior.test'] === 0)) return;
  for (const file of defining) {
    file.features['prior.test'] = 0;
    file.score = scoreOf(file.features, weights);
  }
}

function comparePlaces(a: Candidate, b: Candidate): number {
  const [x, y] = [a.places[0], b.places[0]];
  if (!x || !y) return 0;
  if (x.path !== y.path) return x.path < y.path ? -1 : 1;
  if (x.repo.root !== y.repo.root) return x.repo.root < y.repo.root ? -1 : 1;
  return a.key < b.key ? -1 : 1;
}

/** The best chunk of each file, best first. Pure. */
export function* bestChunks(files: readonly RankedFile[], scale: Scale): Generator<RankedChunk> {
  for (const file of files) yield chunksInOrder(file, scale).best;
}

/**
 * The best chunk of each file, and after the tenth further chunks of the same files, which compete with other files.
 * Scores never rise from one result to the next. Pure.
 */
export function allChunks(files: readonly RankedFile[], scale: Scale): RankedChunk[] {
  const picked = files.map((file) => chunksInOrder(file, scale));
  const leading = picked.slice(0, filesFirst).map(({ best }) => best);
  const rest = [
    ...picked.slice(filesFirst).map(({ best }) => best),
    ...picked.flatMap(({ others }) => others),
  ];
  rest.sort(
    (a, b) =>
      b.score - a.score || comparePlaces(a.file.candidate, b.file.candidate) || a.chunk.ord - b.chunk.ord,
  );
  // Chunks of the best files can score more than the tenth file, after which they come.
  const most = leading.at(-1)?.score ?? 0;
  return [...leading, ...rest.map((one) => (one.score <= most ? one : cappedAt(one, most)))];
}

const cappedAt = (one: RankedChunk, most: number): RankedChunk => ({
  ...one,
  score: most,
  further: one.further - (one.score - most),
});

function chunksInOrder(file: RankedFile, scale: Scale): { best: RankedChunk; others: RankedChunk[] } {
  const chunks = chunksOf(file.candidate, scale);
  const [first, ...further] = chunks;
  const best = {
    file,
    chunk: first?.chunk ?? { key: file.candidate.key, ord: 0 },
    score: file.score,
    further: 0,
  };
  const others = further
    .filter(({ share }) => share >= leastShare)
    .map(({ chunk, share }, at) => {
      const loss = -furtherLoss * (at + 1) - furtherLoss * (1 - Math.min(1, share));
      return { file, chunk, score: file.score + loss, further: loss };
    });
  return { best, others };
}

interface ScoredChunk {
  chunk: ChunkId;
  /** Its part in the file's relevance, about 0 to 1, bonuses aside. */
  share: number;
  rank: number;
}

/** The chunks of a file that matched, best first. */
function chunksOf({ hits, named, near }: Candidate, scale: Scale): ScoredChunk[] {
  const byOrd = new Map<number, ScoredChunk>();
  const most = hits[0]?.score ?? 0;
  const at = (chunk: ChunkId): ScoredChunk => {
    const known = byOrd.get(chunk.ord) ?? { chunk: { key: chunk.key, ord: chunk.ord }, share: 0, rank: 0 };
    byOrd.set(chunk.ord, known);
    return known;
  };
  for (const hit of hits) {
    const scored = at(hit);
    scored.share = most > 0 ? hit.score / most : 0;
    scored.rank = scored.share + nameGain(hit, scale);
  }
  for (const hit of named) {
    const scored = at(hit);
    scored.rank = Math.max(scored.rank, scored.share + nameGain(hit, scale));
  }
  const nearest = near[0]?.similarity ?? 0;
  for (const hit of near) {
    const scored = at(hit);
    const share = nearest > 0 ? Math.max(0, hit.similarity / nearest) : 0;
    scored.rank += share;
    scored.share = Math.max(scored.share, share);
  }
  return [...byOrd.values()].sort((a, b) => b.rank - a.rank || a.chunk.ord - b.chunk.ord);
}

/** Most for the chunk that defines the name and is called by it; later parts of a large definition only have its name. */
function nameGain({ name, kind, symbols }: TextHit, scale: Scale): number {
  const isIdentifier = (one: string) => one !== '' && scale.identifiers.has(wordsOfName(one).whole);
  const defines = symbols.split(' ').some(isIdentifier);
  const isCalled = isIdentifier(name);
  const found = name === '' ? 0 : scale.words.covered(wordsOfName(name).words).filter(Boolean).length;
  const covers = (nameBonus * found) / Math.max(1, scale.query.stems.length);
  if (defines && isCalled) return covers + exactBonus + (typeKinds.has(kind) ? typeBonus : 0);
  return covers + (defines || isCalled ? exactBonus / 2 : 0);
}

/** The parts of a file's score, by feature, without those that say nothing of it. */
export function sharesOf(
  features: Features,
  weights: Weights,
): { name: (typeof featureNames)[number]; share: number }[] {
  return featureNames
    .filter((name) => features[name] !== 0)
    .map((name) => ({ name, share: features[name] * weights[name] }));
}
