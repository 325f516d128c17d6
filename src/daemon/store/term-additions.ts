import { postingBits, postingHasCount, postingIsLast } from '../../workers/terms/pack.js';
import type { PackedTerms } from '../../workers/terms/packed.js';
import { NumberReader } from '../../workers/varints.js';
import { indexOf } from './term-base.js';
import { countBits, mostCounted, nothing, type TermPart } from './term-part.js';

const longest = 2 ** 16 - 1;

interface Added {
  key: string;
  packed: PackedTerms;
  ids: Uint32Array;
  /** Where the postings of each term begin. */
  starts: Uint32Array;
}

/** Contents that came after the base was built: each is asked by itself. */
export class TermAdditions implements TermPart {
  readonly #contents = new Map<string, Added>();
  #chunks = 0;
  #columns: Columns | null = null;

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
    this.#columns = null;
  }

  remove(key: string): void {
    const known = this.#contents.get(key);
    if (!known) return;
    this.#contents.delete(key);
    this.#chunks -= known.packed.chunks;
    this.#columns = null;
  }

  postings(id: number): Uint32Array {
    if (this.#contents.size === 0) return nothing;
    const { contents, firstChunk } = this.#flat;
    const found: number[] = [];
    for (const [at, content] of contents.entries()) {
      const index = indexOf(content.ids, id);
      if (index >= 0) readPostings(content, index, firstChunk[at] as number, found);
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
    return this.#flat.keys;
  }

  get firstChunk(): Uint32Array {
    return this.#flat.firstChunk;
  }

  get languages(): readonly string[] {
    return this.#flat.languages;
  }

  get kinds(): readonly string[] {
    return this.#flat.kinds;
  }

  get languageOf(): Uint16Array {
    return this.#flat.languageOf;
  }

  get kindOf(): Uint16Array {
    return this.#flat.kindOf;
  }

  get lengths(): Uint16Array {
    return this.#flat.lengths;
  }

  get symbolLengths(): Uint16Array {
    return this.#flat.symbolLengths;
  }

  get #flat(): Columns {
    this.#columns ??= columnsOf([...this.#contents.values()], this.#chunks);
    return this.#columns;
  }
}

type Columns = Omit<TermPart, 'postings'> & { contents: readonly Added[] };

function columnsOf(unsorted: readonly Added[], chunks: number): Columns {
  const contents = unsorted.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const languages = [...new Set(contents.map(({ packed }) => packed.language))];
  const kinds = [...new Set(contents.flatMap(({ packed }) => packed.kinds))];
  const columns = {
    firstChunk: new Uint32Array(contents.length + 1),
    languageOf: Uint16Array.from(contents, ({ packed }) => languages.indexOf(packed.language)),
    kindOf: new Uint16Array(chunks),
    lengths: new Uint16Array(chunks),
    symbolLengths: new Uint16Array(chunks),
  };
  let chunk = 0;
  for (const [at, { packed }] of contents.entries()) {
    const codes = packed.kinds.map((kind) => kinds.indexOf(kind));
    for (let ord = 0; ord < packed.chunks; ord++, chunk++) {
      columns.kindOf[chunk] = codes[packed.kindOf[ord] as number] ?? 0;
      columns.lengths[chunk] = Math.min(longest, packed.lengths[ord] as number);
      columns.symbolLengths[chunk] = Math.min(longest, packed.symbolLengths[ord] as number);
    }
    columns.firstChunk[at + 1] = chunk;
  }
  return { contents, keys: contents.map(({ key }) => key), languages, kinds, ...columns };
}

function termsOf(packed: PackedTerms): Pick<Added, 'ids' | 'starts'> {
  const ids = Uint32Array.from({ length: packed.terms }, (_, index) => packed.idAt(index));
  const starts = new Uint32Array(packed.terms);
  const reader = new NumberReader(packed.bytes, packed.postings);
  for (let index = 0; index < packed.terms; index++) {
    starts[index] = reader.at;
    for (let last = false; !last; ) {
      if (reader.at >= packed.bytes.length) throw new Error('Packed terms end early');
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
