import { LRUCache } from 'lru-cache';
import type { TermSegment } from '../../workers/messages.js';
import type { TermColumns } from '../../workers/terms/columns.js';
import { countBits, mostCounted, nothing, type TermPart } from './term-part.js';

/** Bytes kept of terms that were asked for lately. */
const rememberedBytes = 8 << 20;
const overhead = 200;

interface Found {
  postings: Uint32Array;
  /** Once they were asked for. */
  counts: ContentCounts | null;
}

/** How often each content has a term, and how many have it. */
interface ContentCounts {
  counts: Uint8Array;
  having: number;
}

/** The contents that a worker has indexed. Nothing is added to them; some may go. */
export class TermBase implements TermPart {
  readonly keys: readonly string[];
  readonly #segment: TermSegment;
  readonly #contents = new Map<string, number>();
  readonly #found = new LRUCache<number, Found>({
    maxSize: rememberedBytes,
    sizeCalculation: ({ postings, counts }) =>
      postings.byteLength + (counts?.counts.byteLength ?? 0) + overhead,
  });
  /** By chunk. */
  readonly #contentOf: Uint32Array;
  /** By chunk, once a content has gone: whether it is still here. */
  #here: Uint8Array | null = null;

  /** @param keys of the contents that the segment was built of */
  constructor(segment: TermSegment, keys: readonly string[]) {
    this.#segment = segment;
    this.keys = Array.from(segment.order, (index) => keys[index] ?? '');
    for (const [content, key] of this.keys.entries()) this.#contents.set(key, content);
    const { firstChunk } = segment;
    this.#contentOf = new Uint32Array(this.chunks);
    for (let content = 0; content < this.keys.length; content++) {
      this.#contentOf.fill(content, firstChunk[content], firstChunk[content + 1]);
    }
  }

  get columns(): TermColumns {
    return this.#segment;
  }

  get chunks(): number {
    return this.#segment.kindOf.length;
  }

  /** A content's place; undefined if it is not here. */
  contentOf(key: string): number | undefined {
    return this.#contents.get(key);
  }

  /** Leaves a content out from now on. */
  remove(key: string): void {
    const content = this.#contents.get(key);
    if (content === undefined) return;
    this.#contents.delete(key);
    this.#here ??= new Uint8Array(this.chunks).fill(1);
    const { firstChunk } = this.#segment;
    this.#here.fill(0, firstChunk[content], firstChunk[content + 1]);
    this.#found.clear();
  }

  postings(id: number): Uint32Array {
    return this.#find(id).postings;
  }

  /** How many contents have a term. */
  contentsWith(id: number): number {
    if (this.#here) return this.#countsOf(id).having;
    const index = indexOf(this.#segment.ids, id);
    return index < 0 ? 0 : (this.#segment.having[index] as number);
  }

  /** Tells how often a content has a term; good until a content goes. */
  counterOf(id: number): (content: number) => number {
    let found: Uint8Array | null = null;
    return (content) => {
      found ??= this.#countsOf(id).counts;
      return found[content] ?? 0;
    };
  }

  #countsOf(id: number): ContentCounts {
    const found = this.#find(id);
    if (!found.counts) {
      found.counts = this.#count(found.postings);
      this.#remember(id, found);
    }
    return found.counts;
  }

  #count(postings: Uint32Array): ContentCounts {
    const counts = new Uint8Array(this.keys.length);
    const contentOf = this.#contentOf;
    let having = 0;
    for (let at = 0; at < postings.length; at++) {
      const posting = postings[at] as number;
      const content = contentOf[posting >>> countBits] as number;
      const before = counts[content] as number;
      if (before === 0) having++;
      counts[content] = Math.min(mostCounted, before + (posting & mostCounted));
    }
    return { counts, having };
  }

  #find(id: number): Found {
    const known = this.#found.get(id);
    if (known) return known;
    const found = { postings: this.#read(id), counts: null };
    this.#remember(id, found);
    return found;
  }

  #remember(id: number, found: Found): void {
    this.#found.delete(id);
    this.#found.set(id, found);
  }

  #read(id: number): Uint32Array {
    const { ids, offsets, postings: bytes } = this.#segment;
    const index = indexOf(ids, id);
    if (index < 0) return nothing;
    let at = offsets[index] as number;
    const end = offsets[index + 1] as number;
    // Each posting takes a byte at least.
    const postings = new Uint32Array(end - at);
    const here = this.#here;
    let found = 0;
    let chunk = -1;
    while (at < end) {
      let byte = bytes[at++] as number;
      let value = byte & 127;
      for (let shift = 7; byte > 127; shift += 7) {
        byte = bytes[at++] as number;
        value |= (byte & 127) << shift;
      }
      let count = (value & 3) + 1;
      if (count > 3) count = bytes[at++] as number;
      chunk += (value >>> 2) + 1;
      if (!here || here[chunk] === 1) postings[found++] = (chunk << countBits) | count;
    }
    // With much room to spare a copy takes less memory.
    return found * 2 > postings.length ? postings.subarray(0, found) : postings.slice(0, found);
  }
}

/** Where a number stands in ascending ones; -1 if it does not. */
export function indexOf(ascending: ArrayLike<number>, wanted: number): number {
  let [low, high] = [0, ascending.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = ascending[middle] as number;
    if (found === wanted) return middle;
    if (found < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
