import { setImmediate as nextTurn } from 'node:timers/promises';
import { bestFirst } from '../store/best-first.js';
import type { SearchableRepo } from './contract.js';
import { type PathWords, pathWords } from './path-words.js';

/** A path whose words match a query. */
export interface PathHit {
  path: string;
  score: number;
}

/** Entries looked at before other work gets a turn; about a millisecond's worth. */
const slice = 4_000;
/** A word in more than this share of all paths finds nothing ("src"), unless no other word is known. */
const commonShare = 0.1;
const commonFloor = 500;
const stemWeight = 2;
const k1 = 1.2;
const b = 0.75;
/** Paths that scores have room for beyond those there are. */
const roomToGrow = 1_000;
/** Words count as the same if the shorter begins the longer and has this many letters: "auth", "authentication". */
export const sharedPrefix = 4;

type Files = Pick<SearchableRepo, 'files' | 'generation' | 'epoch'>;

/**
 * Inverted index of the words in a repository's paths, in memory. Follows the published paths: `refresh` before each
 * use costs nothing until the generation changes, then a pass over the paths that only new ones add work to.
 */
export class PathIndex {
  #paths: string[] = [];
  #lengths: number[] = [];
  #known = new Set<string>();
  #postings = new Map<string, number[]>();
  #byPrefix = new Map<string, string[]>();
  #words = new Map<string, PathWords>();
  #totalLength = 0;
  #scores = new Float64Array();
  #best = new Float64Array();
  #languages = new Map<string, number>();
  #files = 0;
  #state = '';
  #refreshing: Promise<void> | null = null;

  /** Brings the index up to what `repo` publishes now, or later. */
  async refresh(repo: Files): Promise<void> {
    // An update under way may have begun before the latest publish; one that begins now has not.
    if (this.#refreshing) await this.#refreshing;
    if (this.#state === stateOf(repo)) return;
    this.#refreshing ??= this.#update(repo).finally(() => {
      this.#refreshing = null;
    });
    await this.#refreshing;
  }

  /** Number of paths in the index, those included that are gone and not yet cleared out. */
  get size(): number {
    return this.#paths.length;
  }

  /** Words of a path, remembered for the paths that queries hit. */
  wordsOf(path: string): PathWords {
    const known = this.#words.get(path);
    if (known) return known;
    if (this.#words.size >= 20_000) this.#words.clear();
    const words = pathWords(path);
    this.#words.set(path, words);
    return words;
  }

  /** Inverse document frequency of a word among the paths: log(1 + (N - n + 0.5) / (n + 0.5)), as BM25 has it. */
  idf(term: string): number {
    const found = this.#postings.get(term)?.length ?? 0;
    return Math.log(1 + (this.#paths.length - found + 0.5) / (found + 0.5));
  }

  /** The share of the files that are in a language. */
  languageShare(language: string): number {
    return (this.#languages.get(language) ?? 0) / Math.max(1, this.#files);
  }

  /** The paths that match best, by BM25; `wanted` decides which may be returned. Equal scores in order of path. */
  search(terms: readonly string[], limit: number, wanted: (path: string) => boolean): PathHit[] {
    const docs: number[] = [];
    for (const matches of this.#useful(terms)) this.#add(matches, docs);
    const scores = Float32Array.from(docs, (doc) => this.#scores[doc] as number);
    for (const doc of docs) this.#scores[doc] = 0;
    const pathOf = (at: number) => this.#paths[docs[at] as number] as string;
    const found: PathHit[] = [];
    for (const at of bestFirst(scores, limit, (a, b) => (pathOf(a) < pathOf(b) ? -1 : 1))) {
      if (found.length >= limit) break;
      const path = pathOf(at);
      if (wanted(path)) found.push({ path, score: scores[at] as number });
    }
    return found;
  }

  /** For each query word the words of paths that match it, without those that are everywhere. */
  #useful(terms: readonly string[]): string[][] {
    const common = Math.max(commonFloor, this.#paths.length * commonShare);
    const all = terms.map((term) => this.#matching(term));
    const rare = all
      .map((matches) => matches.filter((match) => (this.#postings.get(match)?.length ?? 0) <= common))
      .filter((matches) => matches.length > 0);
    return rare.length > 0 ? rare : all;
  }

  #matching(term: string): string[] {
    const matches = this.#postings.has(term) ? [term] : [];
    if (term.length < sharedPrefix) return matches;
    for (const other of this.#byPrefix.get(term.slice(0, sharedPrefix)) ?? []) {
      if (other !== term && (other.startsWith(term) || term.startsWith(other))) matches.push(other);
    }
    return matches;
  }

  /** Adds one query word's scores: a path counts with its best match. @param docs takes in the paths that had none yet */
  #add(matches: readonly string[], docs: number[]): void {
    const average = this.#totalLength / Math.max(1, this.#paths.length);
    const [scores, best] = this.#room();
    const hit: number[] = [];
    for (const [rank, match] of matches.entries()) {
      const weight = this.idf(match) * (rank === 0 ? 1 : 0.7);
      for (const posting of this.#postings.get(match) ?? []) {
        const doc = posting >> 2;
        const frequency = posting & 3;
        const length = this.#lengths[doc] ?? average;
        const score = (weight * frequency * (k1 + 1)) / (frequency + k1 * (1 - b + (b * length) / average));
        if (best[doc] === 0) hit.push(doc);
        if (score > (best[doc] as number)) best[doc] = score;
      }
    }
    for (const doc of hit) {
      if (scores[doc] === 0) docs.push(doc);
      scores[doc] = (scores[doc] as number) + (best[doc] as number);
      best[doc] = 0;
    }
  }

  /** Two numbers for each path, all 0 between searches. */
  #room(): [Float64Array, Float64Array] {
    const missing = this.#paths.length - this.#scores.length;
    if (missing > 0) {
      // A search is not interrupted, but may be the first since paths were added.
      const room = this.#paths.length + roomToGrow;
      this.#scores = new Float64Array(room);
      this.#best = new Float64Array(room);
    }
    return [this.#scores, this.#best];
  }

  async #update(repo: Files): Promise<void> {
    const state = stateOf(repo);
    if (this.#paths.length > 1_000 && this.#paths.length > repo.files.size * 2) this.#clear();
    let seen = 0;
    let files = 0;
    const languages = new Map<string, number>();
    for (const [path, { key, language }] of repo.files) {
      if (++seen % slice === 0) await nextTurn();
      if (key === '') continue;
      files++;
      languages.set(language, (languages.get(language) ?? 0) + 1);
      if (!this.#known.has(path)) this.#insert(path);
    }
    this.#languages = languages;
    this.#files = files;
    this.#state = state;
  }

  #insert(path: string): void {
    const doc = this.#paths.length;
    const { stem, stemWhole, folders } = pathWords(path);
    const frequencies = new Map<string, number>();
    for (const term of folders) frequencies.set(term, 1);
    for (const term of stem) frequencies.set(term, Math.min(3, stemWeight + (frequencies.get(term) ?? 0)));
    if (stem.length > 1) frequencies.set(stemWhole, stemWeight);
    for (const [term, frequency] of frequencies) this.#post(term, (doc << 2) | frequency);
    const length = folders.length + stem.length * stemWeight;
    this.#paths.push(path);
    this.#lengths.push(length);
    this.#totalLength += length;
    this.#known.add(path);
  }

  #post(term: string, posting: number): void {
    const postings = this.#postings.get(term);
    if (postings) {
      postings.push(posting);
      return;
    }
    this.#postings.set(term, [posting]);
    if (term.length < sharedPrefix) return;
    const prefix = term.slice(0, sharedPrefix);
    const terms = this.#byPrefix.get(prefix);
    if (terms) terms.push(term);
    else this.#byPrefix.set(prefix, [term]);
  }

  #clear(): void {
    this.#paths = [];
    this.#lengths = [];
    this.#known = new Set();
    this.#postings = new Map();
    this.#byPrefix = new Map();
    this.#totalLength = 0;
  }
}

const stateOf = (repo: Files) => `${repo.epoch} ${repo.generation}`;
