import { NumberWriter } from '../varints.js';
import { eachSymbol, eachTerm } from './term-id.js';

/** What is indexed of a chunk. */
export interface IndexedChunk {
  kind: string;
  /** Search terms, parted by blanks. */
  terms: string;
  /** Names of definitions, parted by blanks. */
  symbols: string;
}

export const idBytes = Uint32Array.BYTES_PER_ELEMENT;
/** A posting's number: how far its chunk is from the one before, and these. */
export const postingHasCount = 1;
export const postingIsLast = 2;
export const postingBits = 2;
/** Higher counts are kept as this one. */
const mostCounted = 255;

/**
 * The terms and names of a content's chunks in one array of bytes, from which an index is built: the number of chunks;
 * its language; the kinds that occur; the kind of each chunk and how many terms and names it has, with repeats; the
 * number of different terms; their numbers (term-id.ts), ascending, in four bytes each; and of each in turn the chunks
 * that have it, with how often if more than once. About 100 bytes a chunk.
 */
export function packTerms(language: string, chunks: readonly IndexedChunk[]): Uint8Array {
  numbers.clear();
  numbers.write(chunks.length);
  writeText(language);
  const kinds = [...new Set(chunks.map(({ kind }) => kind))];
  numbers.write(kinds.length);
  for (const kind of kinds) writeText(kind);
  tally.clear();
  for (const [ord, { kind, terms, symbols }] of chunks.entries()) {
    const add = (id: number) => tally.add(id, ord);
    numbers.write(kinds.indexOf(kind));
    numbers.write(eachTerm(terms, add));
    numbers.write(eachSymbol(symbols, add));
  }
  const ids = tally.ids();
  numbers.write(ids.length);
  const head = numbers.bytes().slice();
  numbers.clear();
  for (const id of ids) tally.write(id, numbers);
  const postings = numbers.bytes();
  const packed = new Uint8Array(head.length + ids.length * idBytes + postings.length);
  packed.set(head);
  const view = new DataView(packed.buffer);
  for (const [at, id] of ids.entries()) view.setUint32(head.length + at * idBytes, id, true);
  packed.set(postings, head.length + ids.length * idBytes);
  return packed;
}

function writeText(text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  numbers.write(bytes.length);
  numbers.writeBytes(bytes);
}

/** The chunks of each term of a content, in tables that are used again and again. */
class Tally {
  /** By slot: a term's number, and its first and last posting; no first: the slot is free. */
  #ids = new Uint32Array(1 << 12);
  #first = new Int32Array(1 << 12);
  #last = new Int32Array(1 << 12);
  #taken: number[] = [];
  /** By posting, from 1. */
  #ords = new Uint32Array(1 << 13);
  #counts = new Uint32Array(1 << 13);
  #next = new Int32Array(1 << 13);
  #postings = 0;

  clear(): void {
    for (const slot of this.#taken) this.#first[slot] = 0;
    this.#taken = [];
    this.#postings = 0;
  }

  /** Chunks must come in their order. */
  add(id: number, ord: number): void {
    let slot = this.#slotOf(id);
    if (this.#first[slot] === 0) {
      if (this.#taken.length * 2 >= this.#ids.length) {
        this.#growSlots();
        slot = this.#slotOf(id);
      }
      const posting = this.#newPosting(ord);
      this.#ids[slot] = id;
      this.#first[slot] = posting;
      this.#last[slot] = posting;
      this.#taken.push(slot);
      return;
    }
    const last = this.#last[slot] as number;
    if (this.#ords[last] === ord) {
      this.#counts[last] = (this.#counts[last] as number) + 1;
      return;
    }
    const posting = this.#newPosting(ord);
    this.#next[last] = posting;
    this.#last[slot] = posting;
  }

  /** The numbers of the terms, ascending. */
  ids(): Uint32Array {
    return Uint32Array.from(this.#taken, (slot) => this.#ids[slot] as number).sort();
  }

  write(id: number, to: NumberWriter): void {
    let before = 0;
    for (let posting = this.#first[this.#slotOf(id)] as number; posting !== 0; ) {
      const ord = this.#ords[posting] as number;
      const count = Math.min(mostCounted, this.#counts[posting] as number);
      const next = this.#next[posting] as number;
      const marks = (count > 1 ? postingHasCount : 0) | (next === 0 ? postingIsLast : 0);
      to.write(((ord - before) << postingBits) | marks);
      if (count > 1) to.write(count);
      before = ord;
      posting = next;
    }
  }

  #newPosting(ord: number): number {
    const posting = ++this.#postings;
    if (posting >= this.#ords.length) {
      this.#ords = doubled(this.#ords, Uint32Array);
      this.#counts = doubled(this.#counts, Uint32Array);
      this.#next = doubled(this.#next, Int32Array);
    }
    this.#ords[posting] = ord;
    this.#counts[posting] = 1;
    this.#next[posting] = 0;
    return posting;
  }

  #slotOf(id: number): number {
    const mask = this.#ids.length - 1;
    let slot = spread(id) & mask;
    while (this.#first[slot] !== 0 && this.#ids[slot] !== id) slot = (slot + 1) & mask;
    return slot;
  }

  #growSlots(): void {
    const [ids, first, last, taken] = [this.#ids, this.#first, this.#last, this.#taken];
    const size = ids.length * 2;
    this.#ids = new Uint32Array(size);
    this.#first = new Int32Array(size);
    this.#last = new Int32Array(size);
    this.#taken = taken.map((before) => {
      const id = ids[before] as number;
      const slot = this.#slotOf(id);
      this.#ids[slot] = id;
      this.#first[slot] = first[before] as number;
      this.#last[slot] = last[before] as number;
      return slot;
    });
  }
}

/** Where the search for a number's slot begins, before it is brought to the size of the table. */
export function spread(id: number): number {
  return Math.imul(id, 0x9e3779b1) >>> 8;
}

/** A copy of an array with twice the room. */
export function doubled<T extends Uint32Array | Int32Array>(array: T, type: new (length: number) => T): T {
  const larger = new type(array.length * 2);
  larger.set(array);
  return larger;
}

/** One of each for the thread. */
const numbers = new NumberWriter();
const tally = new Tally();
