import type { Query, Table } from '@lancedb/lancedb';
import type { RecordBatch, Schema } from 'apache-arrow';
import { LRUCache } from 'lru-cache';
import { type ChunkRow, chunkSchema } from '../../workers/chunk-rows.js';
import { type CachedChunk, ChunkCache, cachedColumns, rowIdsOf, textAt } from './chunk-cache.js';
import type { ChunkId, ScoredChunk, TextHit } from './contract.js';
import { isIn, partsOf } from './sql.js';
import { idReader } from './vector-schema.js';

const cachedAtMost = 300_000;
const keysPerFilter = 200;
/** Characters of whole rows kept of one store, and what a row takes besides its text. */
const cachedRowChars = 8 << 20;
const rowOverhead = 500;

/** What a scan of the whole table found. */
export interface Scan {
  /** Contents with the number of their chunks. */
  contents: Map<string, number>;
  /** Contents whose chunks are not exactly those from 0 to the last, each once. */
  partial: string[];
}

/** The rows of the chunks table: reads, and the in-memory part that makes them quick. */
export class ChunkTable {
  readonly table: Table;
  /** Contents in the table with the number of their chunks. */
  readonly contents: Map<string, number>;
  readonly #cache = new ChunkCache(cachedAtMost);
  /** Whole rows that were fetched lately, by `key:ord`: queries in a row have many results in common. */
  readonly #rows = new LRUCache<string, ChunkRow>({
    maxSize: cachedRowChars,
    sizeCalculation: ({ text, terms }) => text.length + terms.length + rowOverhead,
  });
  #warming: Promise<void> | null = null;

  constructor(table: Table, contents: Map<string, number>) {
    this.table = table;
    this.contents = contents;
  }

  forget(key: string): void {
    this.#cache.forget(key);
  }

  /** The small columns of some chunks, in their order; those that are gone are left out. */
  async hits(scored: readonly ScoredChunk[]): Promise<TextHit[]> {
    this.#warming ??= this.#warm().catch(() => undefined);
    const found = this.#cached(scored);
    if (found.length === scored.length) return found;
    await this.#locate(scored.filter((id) => !this.#cache.chunk(id) && this.contents.has(id.key)));
    return this.#cached(scored);
  }

  #cached(scored: readonly ScoredChunk[]): TextHit[] {
    const hits: TextHit[] = [];
    for (const one of scored) {
      // A content that is gone is not in the cache either.
      const chunk = this.#cache.chunk(one);
      if (chunk) hits.push(hitOf(chunk, one.score));
    }
    return hits;
  }

  /** Whole rows, in the order asked for. */
  async fetch(ids: readonly ChunkId[]): Promise<ChunkRow[]> {
    const wanted = ids.filter(({ key }) => this.contents.has(key));
    await this.#locate(wanted.filter((id) => !this.#cache.chunk(id)));
    const found = await this.#texts(wanted);
    const moved = wanted.filter((id) => !found.has(idOf(id)));
    if (moved.length > 0) {
      // Deleted and added again since it was remembered.
      for (const { key } of moved) this.#cache.forget(key);
      await this.#locate(moved);
      for (const [id, row] of await this.#texts(moved)) found.set(id, row);
    }
    return ids.map((id) => found.get(idOf(id))).filter((row) => row !== undefined);
  }

  /** Chunks of contents without text, by key and ord. */
  async chunksOf(keys: readonly string[]): Promise<Omit<TextHit, 'score'>[]> {
    const present = [...new Set(keys)].filter((key) => (this.contents.get(key) ?? 0) > 0);
    const wholeOf = (key: string) => this.#cache.whole(key, this.contents.get(key) ?? 0);
    const read = await this.#read(present.filter((key) => !wholeOf(key)));
    const cached = present.flatMap((key) => wholeOf(key) ?? []);
    const unique = new Map([...read, ...cached].map((chunk) => [idOf(chunk), chunk]));
    return [...unique.values()].sort(byId).map(plain);
  }

  async #warm(): Promise<void> {
    let rows = 0;
    for (const count of this.contents.values()) rows += count;
    if (rows > cachedAtMost) return;
    for await (const batch of small(this.table.query())) await this.#cache.fill(batch, this.#isHere);
  }

  readonly #isHere = (key: string) => this.contents.has(key);

  /** Brings the chunks of some ids into the cache. */
  async #locate(ids: readonly ChunkId[]): Promise<void> {
    await this.#read([...new Set(ids.map(({ key }) => key))]);
  }

  async #read(keys: readonly string[]): Promise<CachedChunk[]> {
    const chunks: CachedChunk[] = [];
    for (const part of partsOf(keys, keysPerFilter)) {
      for await (const batch of small(this.table.query().where(isIn('key', part)))) {
        chunks.push(...(await this.#cache.fill(batch, this.#isHere)));
      }
    }
    return chunks;
  }

  async #texts(ids: readonly ChunkId[]): Promise<Map<string, ChunkRow>> {
    const chunks = new Map<number, CachedChunk>();
    const rows = new Map<string, ChunkRow>();
    for (const id of ids) {
      const known = this.#rows.get(idOf(id));
      const chunk = known ? undefined : this.#cache.chunk(id);
      if (known) rows.set(idOf(id), known);
      else if (chunk) chunks.set(chunk.rowId, chunk);
    }
    if (chunks.size === 0) return rows;
    const taken = this.table
      .takeRowIds([...chunks.keys()].map(BigInt))
      .select(['text', 'terms'])
      .withRowId();
    for (const batch of (await taken.toArrow()).batches) {
      for (const [i, rowId] of rowIdsOf(batch).entries()) {
        const chunk = chunks.get(rowId);
        if (!chunk) continue;
        const row = {
          ...plain(chunk),
          text: textAt(batch, 'text', i),
          terms: textAt(batch, 'terms', i),
        };
        rows.set(idOf(row), row);
        this.#rows.set(idOf(row), row);
      }
    }
    return rows;
  }
}

/** Reads key and ord of every row: what is there, and whether it is whole. */
export async function scanContents(table: Table): Promise<Scan> {
  const seen = new Map<string, { count: number; last: number; sum: number }>();
  for await (const batch of table.query().select(['key', 'ord'])) {
    const idOf = idReader(batch);
    for (let i = 0; i < batch.numRows; i++) {
      const { key, ord } = idOf(i);
      const content = seen.get(key);
      if (!content) seen.set(key, { count: 1, last: ord, sum: ord });
      else {
        content.count++;
        content.sum += ord;
        if (ord > content.last) content.last = ord;
      }
    }
  }
  const contents = new Map<string, number>();
  const partial: string[] = [];
  for (const [key, { count, last, sum }] of seen) {
    if (count === last + 1 && sum === (last * count) / 2) contents.set(key, count);
    else partial.push(key);
  }
  return { contents, partial };
}

/** True if a table has the columns of chunk-rows.ts. */
export function hasChunkSchema(schema: Schema): boolean {
  const shape = (of: Schema) => of.fields.map(({ name, type }) => `${name} ${type}`).join();
  return shape(schema) === shape(chunkSchema);
}

function small(query: Query): AsyncIterable<RecordBatch> {
  return query.select(cachedColumns).withRowId();
}

function idOf({ key, ord }: ChunkId): string {
  return `${key}:${ord}`;
}

function byId(a: ChunkId, b: ChunkId): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : a.ord - b.ord;
}

function plain(chunk: CachedChunk): Omit<TextHit, 'score'> {
  const { key, ord, startLine, endLine, language, kind, name, scope, symbols } = chunk;
  return { key, ord, startLine, endLine, language, kind, name, scope, symbols };
}

function hitOf(chunk: CachedChunk, score: number): TextHit {
  const { key, ord, startLine, endLine, language, kind, name, scope, symbols } = chunk;
  return { key, ord, score, startLine, endLine, language, kind, name, scope, symbols };
}
