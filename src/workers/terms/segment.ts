import type { BuildTermsTask, TermSegment } from '../messages.js';
import { columnsOf } from './columns.js';
import { doubled, postingBits, postingHasCount, postingIsLast, spread } from './pack.js';
import { damaged, PackedTerms } from './packed.js';

/** Counts up to this one need no byte of their own. */
const mostInGap = 3;

/** Builds the index of contents from their packed terms (pack.ts). Contents that cannot be read are left out. */
export function buildSegment({ keys, packed, ends }: BuildTermsTask): TermSegment {
  const names = ends.length === 0 ? [] : keys.split('\n');
  let order = Array.from(names.keys()).sort((a, b) => compare(names[a] ?? '', names[b] ?? ''));
  const broken: number[] = [];
  for (;;) {
    const contents: PackedTerms[] = [];
    const terms = new TermTable();
    let chunks = 0;
    try {
      for (const index of order) {
        const content = new PackedTerms(packed.subarray(ends[index - 1] ?? 0, ends[index]));
        terms.take(content, chunks, null);
        contents.push(content);
        chunks += content.chunks;
      }
    } catch {
      // It has been counted in part, so that all begins anew without it.
      broken.push(order[contents.length] as number);
      order = order.toSpliced(contents.length, 1);
      continue;
    }
    const { postings, ...index } = terms.layOut();
    let first = 0;
    for (const content of contents) {
      terms.take(content, first, postings);
      first += content.chunks;
    }
    return { order: Uint32Array.from(order), broken, postings, ...index, ...columnsOf(contents) };
  }
}

/** The terms of all contents, each with the bytes that its postings take. */
class TermTable {
  #index = new Int32Array(1 << 16);
  #ids = new Uint32Array(1 << 15);
  /** One more than the last chunk that was taken. */
  #last = new Uint32Array(1 << 15);
  /** First how many bytes there are, then where the next goes. */
  #at = new Uint32Array(1 << 15);
  /** How many contents have it. */
  #having = new Uint32Array(1 << 15);
  #size = 0;

  slotOf(id: number): number {
    const mask = this.#index.length - 1;
    let place = spread(id) & mask;
    for (let slot = this.#index[place] as number; slot !== 0; slot = this.#index[place] as number) {
      if (this.#ids[slot - 1] === id) return slot - 1;
      place = (place + 1) & mask;
    }
    if (this.#size === this.#ids.length) {
      this.#grow();
      return this.slotOf(id);
    }
    this.#index[place] = this.#size + 1;
    this.#ids[this.#size] = id;
    return this.#size++;
  }

  /**
   * Takes the postings of a content, whose first chunk has this number: measures them, or writes them where they belong.
   * @throws Error where they are damaged
   */
  take(content: PackedTerms, first: number, into: Uint8Array | null): void {
    const { bytes, terms } = content;
    const end = first + content.chunks;
    let at = content.postings;
    for (let term = 0; term < terms; term++) {
      const slot = this.slotOf(content.idAt(term));
      if (!into) this.#having[slot] = (this.#having[slot] as number) + 1;
      let place = this.#at[slot] as number;
      let before = this.#last[slot] as number;
      let chunk = first;
      for (let last = false; !last; ) {
        let byte = bytes[at++] as number;
        let value = byte & 127;
        for (let shift = 7; byte > 127; shift += 7) {
          byte = bytes[at++] as number;
          value |= (byte & 127) << shift;
        }
        let count = 1;
        if (value & postingHasCount) {
          count = bytes[at++] as number;
          if (count > 127) count = (count & 127) | ((bytes[at++] as number) << 7);
        }
        chunk += value >>> postingBits;
        if (chunk >= end || at > bytes.length) throw damaged();
        place = into ? write(into, place, chunk - before, count) : place + sizeOf(chunk - before, count);
        before = chunk + 1;
        last = (value & postingIsLast) !== 0;
      }
      this.#at[slot] = place;
      this.#last[slot] = before;
    }
    if (at !== bytes.length) throw damaged();
  }

  /** Gives each term its place, in the order of their numbers. From here on postings are written. */
  layOut(): Pick<TermSegment, 'ids' | 'offsets' | 'having' | 'postings'> {
    const ids = this.#ids.slice(0, this.#size).sort();
    const offsets = new Uint32Array(this.#size + 1);
    const having = new Uint32Array(this.#size);
    let at = 0;
    for (const [index, id] of ids.entries()) {
      const slot = this.slotOf(id);
      const bytes = this.#at[slot] as number;
      this.#at[slot] = at;
      at += bytes;
      offsets[index + 1] = at;
      having[index] = this.#having[slot] as number;
    }
    this.#last.fill(0);
    return { ids, offsets, having, postings: new Uint8Array(at) };
  }

  #grow(): void {
    this.#ids = doubled(this.#ids, Uint32Array);
    this.#last = doubled(this.#last, Uint32Array);
    this.#at = doubled(this.#at, Uint32Array);
    this.#having = doubled(this.#having, Uint32Array);
    this.#index = new Int32Array(this.#index.length * 2);
    const mask = this.#index.length - 1;
    for (let slot = 0; slot < this.#size; slot++) {
      let place = spread(this.#ids[slot] as number) & mask;
      while (this.#index[place] !== 0) place = (place + 1) & mask;
      this.#index[place] = slot + 1;
    }
  }
}

function sizeOf(gap: number, count: number): number {
  let bytes = count > mostInGap ? 2 : 1;
  for (let rest = gap >>> 5; rest > 0; rest >>>= 7) bytes++;
  return bytes;
}

/** Returns where the next goes. */
function write(bytes: Uint8Array, from: number, gap: number, count: number): number {
  let at = from;
  let rest = gap * 4 + Math.min(count - 1, mostInGap);
  for (; rest > 127; rest >>>= 7) bytes[at++] = (rest & 127) | 128;
  bytes[at++] = rest;
  if (count > mostInGap) bytes[at++] = count;
  return at;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
