import type { RecordBatch } from 'apache-arrow';
import type { TermCounts } from './contract.js';

const blank = 0x20;
const countBits = 8;
const mostCounted = (1 << countBits) - 1;
const encoder = new TextEncoder();

/** FNV-1a, of which the upper 24 bits are kept: names a term in few bytes, and two of a store's terms alike seldom. */
const seed = 0x811c9dc5;
const prime = 0x01000193;
const idOf = (hash: number) => hash >>> countBits;

interface Counted {
  /** A term each, ascending: 24 bits of its hash, then how often it occurs, at most 255 times. */
  entries: Uint32Array;
  /** Terms with repeats. */
  length: number;
}

const nothing: Counted = { entries: new Uint32Array(), length: 0 };

/** Which terms the contents of a store have, and how often: about five bytes for each distinct term of a content. */
export class ContentTerms implements TermCounts {
  readonly #contents = new Map<string, Counted>();
  readonly #holding = new Map<number, number>();
  readonly #tally = new Tally();
  #length = 0;

  get contents(): number {
    return this.#contents.size;
  }

  get averageLength(): number {
    return this.#length / Math.max(1, this.#contents.size);
  }

  contentsWith(term: string): number {
    return this.#holding.get(termId(term)) ?? 0;
  }

  lengthOf(key: string): number {
    return this.#contents.get(key)?.length ?? 0;
  }

  countIn(key: string, term: string): number {
    const { entries } = this.#contents.get(key) ?? nothing;
    const id = termId(term);
    let [low, high] = [0, entries.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const entry = entries[middle] as number;
      const found = idOf(entry);
      if (found === id) return entry & mostCounted;
      if (found < id) low = middle + 1;
      else high = middle - 1;
    }
    return 0;
  }

  /** Takes in a content that has no chunks, unless it is here. */
  addEmpty(key: string): void {
    if (!this.#contents.has(key)) this.#contents.set(key, nothing);
  }

  /**
   * Takes in the rows of a batch from one to another, which has the columns `key` and `terms`; those of one content
   * may come in several calls.
   */
  addRows(batch: Pick<RecordBatch, 'getChild'>, from: number, to: number, wanted: ReadonlySet<string>): void {
    const keys = batch.getChild('key');
    const terms = batch.getChild('terms');
    let open = '';
    for (let row = from; row < to; row++) {
      const key = String(keys?.get(row));
      if (!wanted.has(key)) continue;
      if (key !== open) this.#close(open);
      open = key;
      this.#tally.add(encoder.encode(String(terms?.get(row) ?? '')));
    }
    this.#close(open);
  }

  remove(key: string): void {
    const known = this.#contents.get(key);
    if (!known) return;
    this.#contents.delete(key);
    this.#length -= known.length;
    for (const entry of known.entries) {
      const left = (this.#holding.get(idOf(entry)) ?? 0) - 1;
      if (left > 0) this.#holding.set(idOf(entry), left);
      else this.#holding.delete(idOf(entry));
    }
  }

  #close(key: string): void {
    if (key === '') return;
    const before = this.#contents.get(key);
    if (before) {
      this.#tally.addAll(before.entries, before.length);
      this.remove(key);
    }
    const counted = this.#tally.take();
    this.#contents.set(key, counted);
    this.#length += counted.length;
    for (const entry of counted.entries) {
      this.#holding.set(idOf(entry), (this.#holding.get(idOf(entry)) ?? 0) + 1);
    }
  }
}

/** Ids of the terms asked for lately: each query asks for its own of many contents. */
const knownIds = new Map<string, number>();
const mostKnown = 5_000;

function termId(term: string): number {
  const known = knownIds.get(term);
  if (known !== undefined) return known;
  let hash = seed;
  for (const byte of encoder.encode(term)) hash = Math.imul(hash ^ byte, prime);
  const id = idOf(hash);
  if (knownIds.size >= mostKnown) knownIds.clear();
  knownIds.set(term, id);
  return id;
}

/** Counts terms, in a table that is used again and again. */
class Tally {
  #ids = new Uint32Array(1 << 12);
  #counts = new Uint32Array(1 << 12);
  /** Slots that are taken. */
  #taken: number[] = [];
  #length = 0;

  /** Adds the terms of a column, in UTF-8. */
  add(column: Uint8Array): void {
    let hash = seed;
    let empty = true;
    for (const byte of column) {
      if (byte !== blank) {
        hash = Math.imul(hash ^ byte, prime);
        empty = false;
        continue;
      }
      if (!empty) this.#count(idOf(hash), 1);
      hash = seed;
      empty = true;
    }
    if (!empty) this.#count(idOf(hash), 1);
  }

  addAll(entries: Uint32Array, length: number): void {
    const before = this.#length;
    for (const entry of entries) this.#count(idOf(entry), entry & mostCounted);
    this.#length = before + length;
  }

  /** What was counted since the last call. */
  take(): Counted {
    const entries = new Uint32Array(this.#taken.length);
    for (const [at, slot] of this.#taken.entries()) {
      const count = Math.min(mostCounted, this.#counts[slot] as number);
      entries[at] = ((this.#ids[slot] as number) << countBits) | count;
      this.#counts[slot] = 0;
    }
    const counted = { entries: entries.sort(), length: this.#length };
    this.#taken = [];
    this.#length = 0;
    return counted;
  }

  #count(id: number, times: number): void {
    this.#length += times;
    if (this.#taken.length * 2 >= this.#ids.length) this.#grow();
    const slot = this.#slotOf(id);
    if (this.#counts[slot] === 0) {
      this.#ids[slot] = id;
      this.#taken.push(slot);
    }
    this.#counts[slot] = (this.#counts[slot] as number) + times;
  }

  #slotOf(id: number): number {
    const mask = this.#ids.length - 1;
    let slot = (Math.imul(id, 0x9e3779b1) >>> 8) & mask;
    while (this.#counts[slot] !== 0 && this.#ids[slot] !== id) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const before = this.#taken.map(
      (slot) => [this.#ids[slot] as number, this.#counts[slot] as number] as const,
    );
    this.#ids = new Uint32Array(this.#ids.length * 2);
    this.#counts = new Uint32Array(this.#counts.length * 2);
    this.#taken = [];
    for (const [id, count] of before) {
      const slot = this.#slotOf(id);
      this.#ids[slot] = id;
      this.#counts[slot] = count;
      this.#taken.push(slot);
    }
  }
}
