import { setImmediate as nextTurn } from 'node:timers/promises';
import { PackedTerms } from '../../workers/terms/packed.js';
import { symbolId, termId } from '../../workers/terms/term-id.js';
import type { ChunkId, ScoredChunk, TermCounts, TextQuery } from './contract.js';
import { nthLargest } from './nth-largest.js';
import { TermAdditions } from './term-additions.js';
import type { TermBase } from './term-base.js';
import { countBits, mostCounted, type TermPart, type TermTotals, totalsOf } from './term-part.js';
import { TopHits } from './top-hits.js';

/** BM25 as Robertson and Zaragoza give it ("The Probabilistic Relevance Framework", 2009), with the usual constants. */
const k1 = 1.2;
const b = 0.75;
/** Postings read before other work has its turn: about two milliseconds' worth. */
const postingsPerTurn = 400_000;

/** A term of a query: its postings in both parts. */
interface Weighed {
  base: Uint32Array;
  added: Uint32Array;
  weight: number;
}

/** The terms and names of all contents in memory: an index from each to the chunks that have it. */
export class Terms implements TermCounts {
  readonly #base: TermBase;
  readonly #added = new TermAdditions();
  readonly #totals: TermTotals = { contents: 0, chunks: 0, terms: 0, symbols: 0 };
  /** Scores that are all 0, for a search that needs them. */
  #idle: Scores | null = null;

  constructor(base: TermBase) {
    this.#base = base;
    for (let content = 0; content < base.keys.length; content++) this.#count(totalsOf(base, content), 1);
  }

  /** Chunks of the base, those that are gone included, and those added since. */
  get chunks(): { base: number; added: number } {
    return { base: this.#base.chunks, added: this.#added.chunks };
  }

  /** Keys of the base that are still here. */
  get baseKeys(): string[] {
    return this.#base.keys.filter((key) => this.#base.contentOf(key) !== undefined);
  }

  has(key: string): boolean {
    return this.#base.contentOf(key) !== undefined || this.#added.has(key);
  }

  /** Takes in a content, unless it is here. @throws Error if its terms are damaged */
  add(key: string, terms: Uint8Array): void {
    if (this.has(key)) return;
    const packed = new PackedTerms(terms);
    this.#added.add(key, packed);
    this.#count(totalsOfPacked(packed), 1);
  }

  remove(key: string): void {
    const content = this.#base.contentOf(key);
    if (content !== undefined) {
      this.#count(totalsOf(this.#base, content), -1);
      this.#base.remove(key);
      return;
    }
    const packed = this.#added.packedOf(key);
    if (!packed) return;
    this.#count(totalsOfPacked(packed), -1);
    this.#added.remove(key);
  }

  /**
   * The best chunks of contents that are not here, scored as if they were; in the order of `search`.
   * @throws Error if their terms are damaged
   */
  score(query: TextQuery, contents: ReadonlyMap<string, Uint8Array>): ScoredChunk[] {
    const others = new TermAdditions();
    for (const [key, terms] of contents) others.add(key, new PackedTerms(terms));
    const weighed = idsOf(query).map((id): Weighed => {
      const base = this.#base.postings(id);
      const chunks = base.length + this.#added.postings(id).length;
      return { base, added: others.postings(id), weight: this.#weightOf(chunks) };
    });
    return this.#bestAdded(others, weighed, query);
  }

  /** The best chunks, best first; equal ones by key and ord. Gives way to other work where there are many postings. */
  async search(query: TextQuery): Promise<ScoredChunk[]> {
    const ids = idsOf(query);
    const turns = new Turns();
    const found: { id: number; base: Uint32Array }[] = [];
    for (const id of ids) {
      const base = this.#base.postings(id);
      found.push({ id, base });
      await turns.after(base.length);
    }
    const weighed: Weighed[] = found.map(({ id, base }) => {
      const added = this.#added.postings(id);
      return { base, added, weight: this.#weightOf(base.length + added.length) };
    });
    weighed.sort((one, other) => other.weight - one.weight);
    const late = this.#bestAdded(this.#added, weighed, query);
    const early = await this.#bestOfBase(weighed, query, turns);
    if (late.length === 0) return early;
    return [...early, ...late]
      .sort((one, other) => other.score - one.score || byId(one, other))
      .slice(0, query.limit);
  }

  get contents(): number {
    return this.#totals.contents;
  }

  get averageLength(): number {
    return this.#totals.terms / Math.max(1, this.#totals.contents);
  }

  lengthOf(key: string): number {
    const content = this.#base.contentOf(key);
    return content === undefined ? this.#added.lengthOf(key) : totalsOf(this.#base, content).terms;
  }

  counter(terms: readonly string[]): (key: string) => number[] {
    const ids = terms.map(termId);
    const countIn = ids.map((id) => this.#base.counterOf(id));
    return (key) => {
      const content = this.#base.contentOf(key);
      if (content === undefined) return ids.map((id) => this.#added.countIn(key, id));
      return countIn.map((count) => count(content));
    };
  }

  contentsWith(term: string): number {
    const id = termId(term);
    return this.#base.contentsWith(id) + this.#added.contentsWith(id);
  }

  /** Inverse document frequency of a term that so many chunks have. */
  #weightOf(chunks: number): number {
    return Math.log(1 + (this.#totals.chunks - chunks + 0.5) / (chunks + 0.5));
  }

  #count({ contents, chunks, terms, symbols }: TermTotals, times: 1 | -1): void {
    this.#totals.contents += contents * times;
    this.#totals.chunks += chunks * times;
    this.#totals.terms += terms * times;
    this.#totals.symbols += symbols * times;
  }

  #normOf({ columns }: TermPart, column: TextQuery['column']): Norm {
    const total = column === 'terms' ? this.#totals.terms : this.#totals.symbols;
    const average = total / Math.max(1, this.#totals.chunks) || 1;
    const lengths = column === 'terms' ? columns.lengths : columns.symbolLengths;
    return { lengths, perTerm: (k1 * b) / average };
  }

  #bestAdded(part: TermAdditions, weighed: readonly Weighed[], query: TextQuery): ScoredChunk[] {
    if (weighed.every(({ added }) => added.length === 0)) return [];
    const scores = scoresOf(part.chunks);
    const norm = this.#normOf(part, query.column);
    for (const { added, weight } of weighed) addScores(scores, added, weight, norm);
    return bestOf(part, scores, query);
  }

  async #bestOfBase(weighed: readonly Weighed[], query: TextQuery, turns: Turns): Promise<ScoredChunk[]> {
    if (weighed.every(({ base }) => base.length === 0)) return [];
    // Another search may be under way.
    const scores = this.#idle ?? scoresOf(this.#base.chunks);
    this.#idle = null;
    const norm = this.#normOf(this.#base, query.column);
    for (const { base, weight } of weighed) {
      addScores(scores, base, weight, norm);
      await turns.after(base.length);
    }
    const best = bestOf(this.#base, scores, query);
    scores.chunks.fill(0);
    scores.blocks.fill(0);
    this.#idle = scores;
    return best;
  }
}

function idsOf({ column, terms }: TextQuery): number[] {
  return [...new Set(terms.map(column === 'terms' ? termId : symbolId))];
}

interface Norm {
  lengths: Uint16Array;
  /** What each term of a chunk adds to its norm. */
  perTerm: number;
}

/** Chunks in a block, as a power of two. */
const blockBits = 5;

/** Scores by chunk, and the highest of each block of them: most blocks hold none of the best. */
interface Scores {
  chunks: Float32Array;
  blocks: Float32Array;
}

const scoresOf = (chunks: number): Scores => ({
  chunks: new Float32Array(chunks),
  blocks: new Float32Array((chunks >>> blockBits) + 1),
});

function addScores(
  { chunks, blocks }: Scores,
  postings: Uint32Array,
  weight: number,
  { lengths, perTerm }: Norm,
): void {
  const most = weight * (k1 + 1);
  const least = k1 * (1 - b);
  for (let at = 0; at < postings.length; at++) {
    const posting = postings[at] as number;
    const chunk = posting >>> countBits;
    const count = posting & mostCounted;
    const norm = least + perTerm * (lengths[chunk] as number);
    const score = (chunks[chunk] as number) + (most * count) / (count + norm);
    chunks[chunk] = score;
    if (score > (blocks[chunk >>> blockBits] as number)) blocks[chunk >>> blockBits] = score;
  }
}

function bestOf(part: TermPart, scores: Scores, query: TextQuery): ScoredChunk[] {
  const { keys, columns } = part;
  const isFiltered = query.languages !== undefined || query.kinds !== undefined;
  const floor = isFiltered ? 0 : likelyFloor(scores.blocks, query.limit);
  let top = topOf(part, scores, query, floor);
  if (floor > 0 && top.count < query.limit) top = topOf(part, scores, query, 0);
  return top.take().map(({ score, content, chunk }) => ({
    key: keys[content] as string,
    ord: chunk - (columns.firstChunk[content] as number),
    score,
  }));
}

/** @param floor scores up to this are passed over */
function topOf({ columns }: TermPart, { chunks, blocks }: Scores, query: TextQuery, floor: number): TopHits {
  const { firstChunk, languageOf, kindOf } = columns;
  const languages = query.languages ? columns.languages.map((name) => query.languages?.includes(name)) : null;
  const kinds = query.kinds ? columns.kinds.map((name) => query.kinds?.includes(name)) : null;
  const top = new TopHits(query.limit, floor);
  let least = floor;
  let content = 0;
  let end = firstChunk[1] ?? 0;
  for (let block = 0; block < blocks.length; block++) {
    if ((blocks[block] as number) <= least) continue;
    const last = Math.min(chunks.length, (block + 1) << blockBits);
    for (let chunk = block << blockBits; chunk < last; chunk++) {
      const score = chunks[chunk] as number;
      if (score <= least) continue;
      while (chunk >= end) end = firstChunk[++content + 1] as number;
      if (languages && !languages[languageOf[content] as number]) continue;
      if (kinds && !kinds[kindOf[chunk] as number]) continue;
      least = top.offer(score, content, chunk);
    }
  }
  return top;
}

/** Of blocks with equal highest scores some would be missing. */
const spareBlocks = 16;

/** A score that at least `limit` others exceed, but for equal ones: what is below need not be put in order. */
function likelyFloor(blocks: Float32Array, limit: number): number {
  return Math.max(0, nthLargest(blocks.slice(), limit + spareBlocks));
}

/** Counts work, and says when others should have their turn. */
class Turns {
  #done = 0;

  async after(postings: number): Promise<void> {
    this.#done += postings;
    if (this.#done < postingsPerTurn) return;
    this.#done = 0;
    await nextTurn();
  }
}

function totalsOfPacked({ chunks, lengths, symbolLengths }: PackedTerms): TermTotals {
  const sum = (numbers: Uint32Array) => numbers.reduce((all, one) => all + one, 0);
  return { contents: 1, chunks, terms: sum(lengths), symbols: sum(symbolLengths) };
}

function byId(one: ChunkId, other: ChunkId): number {
  return one.key < other.key ? -1 : one.key > other.key ? 1 : one.ord - other.ord;
}
