import type { TermCounts, TextHit, VectorHit } from '../store/contract.js';
import type { SearchableRepo, SearchFamily } from './contract.js';
import { type Definitions, noDefinitions } from './definitions.js';
import type { PathWords } from './path-words.js';

/** Where a content is now. */
export interface Place {
  repo: SearchableRepo;
  path: string;
}

/** A content that may answer the query, with everything the signals said of it. */
export interface Candidate {
  key: string;
  family: SearchFamily;
  /** Where it is, of the places that the query wants; never empty. The first names the result. */
  places: Place[];
  /** Words of the first place's path. */
  words: PathWords;
  /** Chunks that hold words of the query, best first. */
  hits: TextHit[];
  /** Chunks that define a name of the query. */
  named: TextHit[];
  /** Chunks with a vector, nearest first: those that came up among the nearest, then all of the file's. */
  near: VectorHit[];
  /** BM25 of the best path. */
  pathScore: number;
  /** Terms of its family's contents; null, and below nothing, until it is known to compete. */
  counts: TermCounts | null;
  /** What it defines. */
  definitions: Definitions;
  /** Cosine similarity of the file as a whole and of the words of its path; null if not known. */
  wholeSimilarity: number | null;
  pathSimilarity: number | null;
  /** The share of the repository's files that are in its language. */
  languageShare: number;
}

/** Collects what the signals found, by content. */
export class CandidateSet {
  readonly #byKey = new Map<string, Candidate>();
  readonly #placesOf: (key: string) => Place[];
  readonly #wordsOf: (place: Place) => PathWords;
  readonly #family: SearchFamily;

  /** @param placesOf the wanted places of a content; empty: it is not wanted */
  constructor(
    family: SearchFamily,
    placesOf: (key: string) => Place[],
    wordsOf: (place: Place) => PathWords,
  ) {
    this.#family = family;
    this.#placesOf = placesOf;
    this.#wordsOf = wordsOf;
  }

  addText(hits: readonly TextHit[]): void {
    for (const hit of hits) this.#of(hit.key)?.hits.push(hit);
  }

  addNamed(hits: readonly TextHit[]): void {
    for (const hit of hits) this.#of(hit.key)?.named.push(hit);
  }

  addNear(hits: readonly VectorHit[]): void {
    for (const hit of hits) this.#of(hit.key)?.near.push(hit);
  }

  /** A path that matched becomes the content's first place if it is the best so far. */
  addPath(key: string, place: Place, score: number): void {
    const candidate = this.#of(key);
    if (!candidate || score <= candidate.pathScore) return;
    candidate.pathScore = score;
    const others = candidate.places.filter(({ repo, path }) => repo !== place.repo || path !== place.path);
    candidate.places = [place, ...others];
    candidate.words = this.#wordsOf(place);
  }

  get all(): Candidate[] {
    return [...this.#byKey.values()];
  }

  #of(key: string): Candidate | undefined {
    const known = this.#byKey.get(key);
    if (known) return known;
    const found = this.#placesOf(key);
    if (found.length === 0) return undefined;
    const places = found.length === 1 ? found : this.#bestFirst(found);
    const candidate: Candidate = {
      key,
      family: this.#family,
      places,
      words: this.#wordsOf(places[0] as Place),
      hits: [],
      named: [],
      near: [],
      pathScore: 0,
      counts: null,
      definitions: noDefinitions,
      wholeSimilarity: null,
      pathSimilarity: null,
      languageShare: 0,
    };
    this.#byKey.set(key, candidate);
    return candidate;
  }

  /** A copy in the code itself names the result rather than one among tests or examples. */
  #bestFirst(places: Place[]): Place[] {
    const isAside = (place: Place): number => {
      const { test, compat, example } = this.#wordsOf(place);
      return Number(test) + Number(compat) + Number(example);
    };
    return places
      .map((place) => ({ place, aside: isAside(place) }))
      .sort((a, b) => a.aside - b.aside)
      .map(({ place }) => place);
  }
}

/**
 * One candidate per content: families that share none of their data can still hold the same file. The first family's
 * candidate stays and takes in the places of the others.
 */
export function foldFamilies(families: readonly Candidate[][]): Candidate[] {
  const byKey = new Map<string, Candidate>();
  for (const candidate of families.flat()) {
    const known = byKey.get(candidate.key);
    if (known) known.places.push(...candidate.places);
    else byKey.set(candidate.key, candidate);
  }
  return [...byKey.values()];
}
