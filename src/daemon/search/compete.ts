import { LRUCache } from 'lru-cache';
import { entryLimit } from '../../shared/entry-limit.js';
import type { StaticModel } from '../../shared/model/contract.js';
import type { Candidate } from './candidates.js';
import type { SearchableRepo, SearchFamily } from './contract.js';
import type { DefinitionCache } from './definitions.js';
import { type Compared, type Gathered, ofKind } from './gather.js';
import type { PathIndex } from './path-index.js';
import type { PathWords } from './path-words.js';
import type { SearchPlan } from './plan.js';

/** Files that compete: several times those that a reply shows by default. */
const mostCompeting = 90;
/** What a place in a signal's order counts: 1 / (this + place). Larger, the signals' first places stand out less. */
const rankOffset = 20;

const signals: readonly ((candidate: Candidate) => number)[] = [
  ({ hits }) => hits[0]?.score ?? 0,
  ({ near }) => Math.max(0, near[0]?.similarity ?? 0),
  ({ pathScore }) => pathScore,
  ({ named }) => named[0]?.score ?? 0,
];

/**
 * The candidates that can come out on top, by reciprocal rank fusion of the signals (Cormack, Clarke and Büttcher, SIGIR
 * 2009). The features of the others are not worth their time unless more results are wanted. Pure.
 */
export function shortlist(candidates: readonly Candidate[]): Candidate[] {
  if (candidates.length <= mostCompeting) return [...candidates];
  const fused = new Float64Array(candidates.length);
  const found: number[] = [];
  for (const signal of signals) {
    const scores = Float64Array.from(candidates, signal);
    const places: number[] = [];
    for (let at = 0; at < scores.length; at++) if ((scores[at] as number) > 0) places.push(at);
    for (const [place, at] of descending(places, scores).entries()) {
      if (fused[at] === 0) found.push(at);
      fused[at] = (fused[at] as number) + 1 / (rankOffset + place);
    }
  }
  return descending(found, fused)
    .slice(0, mostCompeting)
    .map((at) => candidates[at] as Candidate);
}

/** Puts indices in the order of their scores, the highest first. */
const descending = (indices: number[], scores: Float64Array): number[] =>
  indices.sort((a, b) => (scores[b] as number) - (scores[a] as number));

/** Of one file's chunks, the nearest so many count. */
const nearAtMost = 12;

/** Fills in what only candidates that compete need to know: their definitions and all their similarities. */
export class Competition {
  readonly #definitions: DefinitionCache;
  readonly #indexOf: (repo: SearchableRepo) => PathIndex;
  readonly #paths = new PathVectors();

  constructor(definitions: DefinitionCache, indexOf: (repo: SearchableRepo) => PathIndex) {
    this.#definitions = definitions;
    this.#indexOf = indexOf;
  }

  async complete(
    candidates: readonly Candidate[],
    gathered: readonly Gathered[],
    plan: SearchPlan,
  ): Promise<void> {
    for (const { family, counts, vectors } of gathered) {
      const own = candidates.filter((candidate) => candidate.family === family);
      if (own.length === 0) continue;
      await this.#define(family, own);
      for (const candidate of own) {
        candidate.counts = counts;
        this.#language(candidate);
      }
      if (vectors) await this.#compare(family, own, vectors, plan);
    }
  }

  async #define({ store }: SearchFamily, candidates: readonly Candidate[]): Promise<void> {
    const found = await this.#definitions.of(
      store,
      candidates.map(({ key }) => key),
    );
    for (const candidate of candidates) {
      const definitions = found.get(candidate.key);
      if (definitions) candidate.definitions = definitions;
    }
  }

  #language(candidate: Candidate): void {
    const [place] = candidate.places;
    if (!place) return;
    const language = place.repo.files.get(place.path)?.language;
    if (language !== undefined) candidate.languageShare = this.#indexOf(place.repo).languageShare(language);
  }

  async #compare(
    family: SearchFamily,
    candidates: readonly Candidate[],
    { source, query, scores }: Compared,
    plan: SearchPlan,
  ): Promise<void> {
    const found = scores.of(
      candidates.map(({ key }) => key),
      nearAtMost,
    );
    for (const [at, candidate] of candidates.entries()) {
      candidate.near = found[at]?.nearest ?? [];
      candidate.wholeSimilarity = found[at]?.whole ?? null;
      if (source.model) candidate.pathSimilarity = this.#paths.similarity(candidate, query, source.model);
    }
    if (!plan.kinds) return;
    const right = await ofKind(
      family,
      candidates.flatMap(({ near }) => near),
      plan.kinds,
    );
    const kept = new Set(right);
    for (const candidate of candidates) candidate.near = candidate.near.filter((hit) => kept.has(hit));
  }
}

const mostPaths = 8_000;
/** The file's name counts so many times in the vector of a path. */
const stemRepeats = 2;

/** Vectors of paths, remembered: about 8 MB. */
class PathVectors {
  /** Null: the model knows no word of the path. */
  readonly #known = new LRUCache<PathWords, { vector: Float32Array | null }>(entryLimit(mostPaths));
  #model = '';

  /** Null if the model knows no word of the path. */
  similarity({ words }: Candidate, query: Float32Array, model: StaticModel): number | null {
    if (this.#model !== model.id) this.#known.clear();
    this.#model = model.id;
    let known = this.#known.get(words);
    if (!known) {
      known = { vector: vectorOf(words, model) };
      this.#known.set(words, known);
    }
    const { vector } = known;
    if (!vector) return null;
    let sum = 0;
    for (let at = 0; at < vector.length; at++) sum += (vector[at] as number) * (query[at] as number);
    return sum;
  }
}

function vectorOf({ folders, stem }: PathWords, model: StaticModel): Float32Array | null {
  const stems = Array.from({ length: stemRepeats }, () => stem).flat();
  const vector = new Float32Array(model.dimensions);
  model.embed([...folders, ...stems].join(' '), vector);
  return vector.some((value) => value !== 0) ? vector : null;
}
