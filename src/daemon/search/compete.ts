import { LRUCache } from 'lru-cache';
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
  const fused = new Map<Candidate, number>();
  for (const signal of signals) {
    const scored = candidates.map((candidate) => ({ candidate, score: signal(candidate) }));
    const found = scored.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score);
    for (const [place, { candidate }] of found.entries()) {
      fused.set(candidate, (fused.get(candidate) ?? 0) + 1 / (rankOffset + place));
    }
  }
  return [...fused]
    .sort((a, b) => b[1] - a[1])
    .slice(0, mostCompeting)
    .map(([candidate]) => candidate);
}

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
    for (const candidate of candidates) {
      candidate.near = scores.of(candidate.key, nearAtMost);
      candidate.wholeSimilarity = scores.wholeOf(candidate.key);
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
  readonly #known = new LRUCache<PathWords, Float32Array>({ max: mostPaths });
  #model = '';

  /** Null if the model knows no word of the path. */
  similarity({ words }: Candidate, query: Float32Array, model: StaticModel): number | null {
    if (this.#model !== model.id) this.#known.clear();
    this.#model = model.id;
    let vector = this.#known.get(words);
    if (!vector) {
      const stems = Array.from({ length: stemRepeats }, () => words.stem).flat();
      vector = new Float32Array(model.dimensions);
      model.embed([...words.folders, ...stems].join(' '), vector);
      this.#known.set(words, vector);
    }
    let [sum, any] = [0, false];
    for (let at = 0; at < vector.length; at++) {
      const value = vector[at] as number;
      if (value !== 0) any = true;
      sum += value * (query[at] as number);
    }
    return any ? sum : null;
  }
}
