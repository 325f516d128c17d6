import type { ChunkRow } from '../../workers/chunk-rows.js';
import { PackedTerms } from '../../workers/terms/packed.js';
import { termId } from '../../workers/terms/term-id.js';
import type { ChunkId, ScoredChunk, TermCounts, TextHit, TextQuery } from '../store/contract.js';
import { TermAdditions } from '../store/term-additions.js';
import type { LooseContent, SearchFamily } from './contract.js';
import { MapOver } from './map-over.js';

type Store = SearchFamily['store'];

/** A store, and over it some contents that it has not. */
export class LaidOverStore implements Store {
  readonly keys: ReadonlyMap<string, number>;
  readonly #below: Store;
  readonly #loose: ReadonlyMap<string, LooseContent>;
  readonly #terms: ReadonlyMap<string, Uint8Array>;

  /** @param loose by key */
  constructor(below: Store, loose: ReadonlyMap<string, LooseContent>) {
    this.#below = below;
    this.#loose = loose;
    this.#terms = new Map([...loose].map(([key, { terms }]) => [key, terms]));
    this.keys = new MapOver(below.keys, new Map([...loose].map(([key, { rows }]) => [key, rows.length])));
  }

  async searchText(query: TextQuery): Promise<TextHit[]> {
    const [found, scored] = await Promise.all([
      this.#below.searchText(query),
      this.#below.scoreText(query, this.#terms),
    ]);
    const own = scored.flatMap(({ key, ord, score }): TextHit[] => {
      const row = this.#loose.get(key)?.rows[ord];
      return row ? [{ ...hitOf(row), score }] : [];
    });
    if (own.length === 0) return found;
    return [...found, ...own].sort((a, b) => b.score - a.score).slice(0, query.limit);
  }

  scoreText(query: TextQuery, contents: ReadonlyMap<string, Uint8Array>): Promise<ScoredChunk[]> {
    return this.#below.scoreText(query, contents);
  }

  async termCounts(): Promise<TermCounts> {
    const below = await this.#below.termCounts();
    const above = new TermAdditions();
    for (const [key, terms] of this.#terms) above.add(key, new PackedTerms(terms));
    return {
      contents: below.contents,
      averageLength: below.averageLength,
      lengthOf: (key) => (above.has(key) ? above.lengthOf(key) : below.lengthOf(key)),
      counter(terms) {
        const ids = terms.map(termId);
        const count = below.counter(terms);
        return (key) => (above.has(key) ? ids.map((id) => above.countIn(key, id)) : count(key));
      },
      contentsWith: (term) => below.contentsWith(term) + above.contentsWith(termId(term)),
    };
  }

  async fetch(ids: ChunkId[]): Promise<ChunkRow[]> {
    const others = ids.filter(({ key }) => !this.#loose.has(key));
    if (others.length === ids.length) return this.#below.fetch(ids);
    const fetched = others.length === 0 ? [] : await this.#below.fetch(others);
    const rows = new Map(fetched.map((row) => [`${row.key}:${row.ord}`, row]));
    return ids.flatMap(({ key, ord }) => this.#loose.get(key)?.rows[ord] ?? rows.get(`${key}:${ord}`) ?? []);
  }

  async chunksOf(keys: string[]): Promise<Omit<TextHit, 'score'>[]> {
    const others = keys.filter((key) => !this.#loose.has(key));
    if (others.length === keys.length) return this.#below.chunksOf(keys);
    const own = [...new Set(keys)].flatMap((key) => this.#loose.get(key)?.rows.map(hitOf) ?? []);
    const all = [...own, ...(others.length === 0 ? [] : await this.#below.chunksOf(others))];
    return all.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.ord - b.ord));
  }
}

function hitOf({ text: _text, terms: _terms, ...row }: ChunkRow): Omit<TextHit, 'score'> {
  return row;
}
