import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RecordBatch } from 'apache-arrow';
import type { ChunkId } from './contract.js';

/** A chunk without its text. `rowId` names its row for as long as the row exists, over compactions too. */
export interface CachedChunk extends ChunkId {
  rowId: number;
  startLine: number;
  endLine: number;
  language: string;
  kind: string;
  name: string;
  scope: string;
  symbols: string;
}

/** Columns that `ChunkCache.fill` needs, besides the row id. */
export const cachedColumns = [
  'key',
  'ord',
  'startLine',
  'endLine',
  'language',
  'kind',
  'name',
  'scope',
  'symbols',
];

const rowsPerTurn = 512;

/** The chunks of a content that are here. */
interface Content {
  byOrd: (CachedChunk | undefined)[];
  count: number;
}

/**
 * What search results show of a chunk besides its text, by (key, ord). Reading these nine small columns
 * for 100 hits takes many times as long as finding the hits. Rows never change, so nothing here goes stale; about
 * 200 bytes a chunk. Emptied when full.
 */
export class ChunkCache {
  readonly #limit: number;
  #size = 0;
  readonly #byKey = new Map<string, Content>();
  readonly #strings = new Map<string, string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#size;
  }

  chunk(id: ChunkId): CachedChunk | undefined {
    return this.#byKey.get(id.key)?.byOrd[id.ord];
  }

  /** The chunks of a content by ord, if the first `count` of them are here. */
  whole(key: string, count: number): readonly CachedChunk[] | undefined {
    const content = this.#byKey.get(key);
    return content?.count === count ? (content.byOrd as CachedChunk[]) : undefined;
  }

  forget(key: string): void {
    this.#size -= this.#byKey.get(key)?.count ?? 0;
    this.#byKey.delete(key);
  }

  clear(): void {
    this.#size = 0;
    this.#byKey.clear();
    this.#strings.clear();
  }

  /** Takes over the rows of a batch that has the cached columns and `_rowid`, giving way to other work in between. */
  async fill(batch: RecordBatch, wanted: (key: string) => boolean): Promise<CachedChunk[]> {
    const chunks: CachedChunk[] = [];
    const read = reader(batch);
    for (let i = 0; i < batch.numRows; i++) {
      if (i % rowsPerTurn === rowsPerTurn - 1) await nextTurn();
      const chunk = read(i, (text) => this.#shared(text));
      chunks.push(chunk);
      if (wanted(chunk.key)) this.#put(chunk);
    }
    return chunks;
  }

  #put(chunk: CachedChunk): void {
    if (this.#size >= this.#limit) this.clear();
    const content = this.#byKey.get(chunk.key) ?? { byOrd: [], count: 0 };
    if (!content.byOrd[chunk.ord]) {
      content.count++;
      this.#size++;
    }
    content.byOrd[chunk.ord] = chunk;
    this.#byKey.set(chunk.key, content);
  }

  /** One string object for equal texts: languages, kinds, scopes and keys repeat. */
  #shared(text: string): string {
    const known = this.#strings.get(text);
    if (known !== undefined) return known;
    this.#strings.set(text, text);
    return text;
  }
}

/** A column's cell as a string, empty if there is no such column. */
export function textAt(batch: RecordBatch, column: string, row: number): string {
  return String(batch.getChild(column)?.get(row) ?? '');
}

/** A numeric column's values. */
export function numbersOf(batch: RecordBatch, column: string): ArrayLike<number> {
  return (batch.getChild(column)?.toArray() ?? []) as ArrayLike<number>;
}

/** Row ids of a batch; they stay far below 2^53. */
export function rowIdsOf(batch: RecordBatch): number[] {
  return Array.from((batch.getChild('_rowid')?.toArray() ?? []) as BigUint64Array, Number);
}

function reader(batch: RecordBatch): (row: number, shared: (text: string) => string) => CachedChunk {
  const text = (column: string) => {
    const vector = batch.getChild(column);
    return (row: number) => String(vector?.get(row) ?? '');
  };
  const [key, language, kind, name, scope, symbols] = [
    text('key'),
    text('language'),
    text('kind'),
    text('name'),
    text('scope'),
    text('symbols'),
  ] as const;
  const ords = numbersOf(batch, 'ord');
  const starts = numbersOf(batch, 'startLine');
  const ends = numbersOf(batch, 'endLine');
  const rowIds = rowIdsOf(batch);
  return (row, shared) => {
    const own = name(row);
    const all = symbols(row);
    return {
      rowId: rowIds[row] ?? 0,
      key: shared(key(row)),
      ord: ords[row] ?? 0,
      startLine: starts[row] ?? 0,
      endLine: ends[row] ?? 0,
      language: shared(language(row)),
      kind: shared(kind(row)),
      name: own,
      scope: shared(scope(row)),
      symbols: all === own ? own : all,
    };
  };
}
