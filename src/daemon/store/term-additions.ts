import { columnsOf, type TermColumns } from '../../workers/terms/columns.js';
import { postingBits, postingHasCount, postingIsLast } from '../../workers/terms/pack.js';
import { damaged, type PackedTerms } from '../../workers/terms/packed.js';
import { NumberReader } from '../../workers/varints.js';
import { indexOf } from './term-base.js';
import { countBits, mostCounted, nothing, type TermPart } from './term-part.js';

interface Added {
  key: string;
  packed: PackedTerms;
  ids: Uint32Array;
  /** Where the postings of each term begin. */
  starts: Uint32Array;
}

/** The contents in the order of their keys. */
interface Layout {
  contents: readonly Added[];
  keys: readonly string[];
  columns: TermColumns;
}

/** Contents that came after the base was built: each is asked by itself. */
export class TermAdditions implements TermPart {
  readonly #contents = new Map<string, Added>();
  #chunks = 0;
  /** Until one comes or goes. */
  #layout: Layout | null = null;

  get chunks(): number {
    return this.#chunks;
  }

  has(key: string): boolean {
    return this.#contents.has(key);
  }

  /** @throws Error if the terms are damaged */
  add(key: string, packed: PackedTerms): void {
    this.#contents.set(key, { key, packed, ...termsOf(packed) });
    this.#chunks += packed.chunks;
    this.#layout = null;
  }

  remove(key: string): void {
    const known = this.#contents.get(key);
    if (!known) return;
    this.#contents.delete(key);
    this.#chunks -= known.packed.chunks;
    this.#layout = null;
  }

  postings(id: number): Uint32Array {
    if (this.#contents.size === 0) return nothing;
    const { contents, columns } = this.#laidOut;
    const found: number[] = [];
    for (const [at, content] of contents.entries()) {
      const index = indexOf(content.ids, id);
      if (index >= 0) readPostings(content, index, columns.firstChunk[at] as number, found);
    }
    return Uint32Array.from(found);
  }

  /** How many contents have a term. */
  contentsWith(id: number): number {
    let having = 0;
    for (const { ids } of this.#contents.values()) if (indexOf(ids, id) >= 0) having++;
    return having;
  }

  /** How often a content has a term. */
  countIn(key: string, id: number): number {
    const content = this.#contents.get(key);
    const index = content ? indexOf(content.ids, id) : -1;
    if (!content || index < 0) return 0;
    const found: number[] = [];
    readPostings(content, index, 0, found);
    return Math.min(
      mostCounted,
      found.reduce((sum, posting) => sum + (posting & mostCounted), 0),
    );
  }

  packedOf(key: string): PackedTerms | undefined {
    return this.#contents.get(key)?.packed;
  }

  lengthOf(key: string): number {
    return this.#contents.get(key)?.packed.lengths.reduce((sum, length) => sum + length, 0) ?? 0;
  }

  get keys(): readonly string[] {
    return this.#laidOut.keys;
  }

  get columns(): TermColumns {
    return this.#laidOut.columns;
  }

  get #laidOut(): Layout {
    this.#layout ??= layoutOf([...this.#contents.values()]);
    return this.#layout;
  }
}

function layoutOf(unsorted: readonly Added[]): Layout {
  const contents = unsorted.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const columns = columnsOf(contents.map(({ packed }) => packed));
  return { contents, keys: contents.map(({ key }) => key), columns };
}

function termsOf(packed: PackedTerms): Pick<Added, 'ids' | 'starts'> {
  const ids = Uint32Array.from({ length: packed.terms }, (_, index) => packed.idAt(index));
  const starts = new Uint32Array(packed.terms);
  const reader = new NumberReader(packed.bytes, packed.postings);
  for (let index = 0; index < packed.terms; index++) {
    starts[index] = reader.at;
    for (let last = false; !last; ) {
      if (reader.at >= packed.bytes.length) throw damaged();
      const value = reader.read();
      if (value & postingHasCount) reader.read();
      last = (value & postingIsLast) !== 0;
    }
  }
  return { ids, starts };
}

function readPostings({ packed, starts }: Added, index: number, first: number, into: number[]): void {
  const reader = new NumberReader(packed.bytes, starts[index] as number);
  let chunk = first;
  for (let last = false; !last; ) {
    const value = reader.read();
    const count = value & postingHasCount ? reader.read() : 1;
    chunk += value >>> postingBits;
    into.push(((chunk << countBits) | count) >>> 0);
    last = (value & postingIsLast) !== 0;
  }
}
