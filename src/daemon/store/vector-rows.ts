import type { ChunkId } from './contract.js';

const none = -1;
const nothing = new Int32Array();
const firstCapacity = 1024;

/**
 * Which vectors there are, and in which row of the matrix each lies. Rows are numbered as they come and never again
 * given to another vector, so that what was computed for the first n of them stays true: 12 bytes a row, and a number
 * for each content.
 */
export class VectorRows {
  readonly #numbers = new Map<string, number>();
  /** By content number; null once its vectors are forgotten. */
  readonly #keys: (string | null)[] = [];
  /** By content number: its newest row, its highest ord, and how many chunks it has here. */
  #newest = new Int32Array(firstCapacity);
  #highest = new Int32Array(firstCapacity);
  #chunks = new Int32Array(firstCapacity);
  /** By row: content number, ord, and the row before of the same content. */
  #contents = new Int32Array(firstCapacity);
  #ords = new Int32Array(firstCapacity);
  #before = new Int32Array(firstCapacity);
  #length = 0;
  #live = 0;

  /** Rows given so far, those forgotten included. */
  get length(): number {
    return this.#length;
  }

  /** Rows that were not forgotten. */
  get live(): number {
    return this.#live;
  }

  /** Numbers of contents are below this. */
  get contentsEnd(): number {
    return this.#keys.length;
  }

  contentOf(row: number): number {
    return this.#contents[row] as number;
  }

  ordOf(row: number): number {
    return this.#ords[row] as number;
  }

  /** The content of this number; null if its vectors were forgotten. */
  keyOf(content: number): string | null {
    return this.#keys[content] ?? null;
  }

  /** True if a content has vectors. */
  knows(key: string): boolean {
    return this.#numbers.has(key);
  }

  /** The row of a vector, -1 if there is none. */
  rowOf({ key, ord }: ChunkId): number {
    const content = this.#numbers.get(key);
    if (content === undefined || ord > (this.#highest[content] as number)) return none;
    let row = this.#newest[content] as number;
    while (row !== none && this.#ords[row] !== ord) row = this.#before[row] as number;
    return row;
  }

  /** The rows of a content, newest first. */
  rowsOf(key: string): Int32Array {
    const content = this.#numbers.get(key);
    if (content === undefined) return nothing;
    const rows = new Int32Array(this.#chunks[content] as number);
    let at = 0;
    for (let row = this.#newest[content] as number; row !== none; row = this.#before[row] as number) {
      rows[at++] = row;
    }
    return rows;
  }

  /** How many chunks of a content have a vector. */
  chunksOf(key: string): number {
    const content = this.#numbers.get(key);
    return content === undefined ? 0 : (this.#chunks[content] as number);
  }

  /** Gives a vector that is not here yet its row. */
  add({ key, ord }: ChunkId): number {
    const content = this.#numbers.get(key) ?? this.#newContent(key);
    const row = this.#length++;
    if (row >= this.#contents.length) {
      this.#contents = grown(this.#contents);
      this.#ords = grown(this.#ords);
      this.#before = grown(this.#before);
    }
    this.#contents[row] = content;
    this.#ords[row] = ord;
    this.#before[row] = this.#newest[content] as number;
    this.#newest[content] = row;
    this.#highest[content] = Math.max(this.#highest[content] as number, ord);
    this.#live++;
    this.#chunks[content] = (this.#chunks[content] as number) + 1;
    return row;
  }

  /** Forgets the vectors of a content; returns how many they were. */
  forget(key: string): number {
    const content = this.#numbers.get(key);
    if (content === undefined) return 0;
    const count = this.#chunks[content] as number;
    this.#live -= count;
    this.#numbers.delete(key);
    this.#keys[content] = null;
    return count;
  }

  /** The same vectors in new rows, without the gaps of those forgotten. */
  compacted(): VectorRows {
    const rows = new VectorRows();
    for (let row = 0; row < this.#length; row++) {
      const key = this.keyOf(this.contentOf(row));
      if (key !== null) rows.add({ key, ord: this.ordOf(row) });
    }
    return rows;
  }

  #newContent(key: string): number {
    const content = this.#keys.push(key) - 1;
    if (content >= this.#newest.length) {
      this.#newest = grown(this.#newest);
      this.#highest = grown(this.#highest);
      this.#chunks = grown(this.#chunks);
    }
    this.#numbers.set(key, content);
    this.#newest[content] = none;
    this.#highest[content] = none;
    return content;
  }
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.ceil(array.length * 1.5));
  larger.set(array);
  return larger;
}
