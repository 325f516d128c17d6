import { NumberReader } from '../varints.js';
import { idBytes } from './pack.js';

/** Reads the head of what `packTerms` made. The postings begin at `postings`, in the order of the terms. */
export class PackedTerms {
  readonly bytes: Uint8Array;
  readonly chunks: number;
  readonly language: string;
  readonly kinds: readonly string[];
  /** By chunk: its kind as an index of `kinds`, and how many terms and names it has. */
  readonly kindOf: Uint16Array;
  readonly lengths: Uint32Array;
  readonly symbolLengths: Uint32Array;
  /** How many different terms there are. */
  readonly terms: number;
  readonly postings: number;
  readonly #ids: number;

  /** @throws Error if they are damaged in a way that shows here */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    const reader = new NumberReader(bytes, 0);
    this.chunks = this.#count(reader);
    this.language = this.#text(reader);
    this.kinds = Array.from({ length: this.#count(reader) }, () => this.#text(reader));
    this.kindOf = new Uint16Array(this.chunks);
    this.lengths = new Uint32Array(this.chunks);
    this.symbolLengths = new Uint32Array(this.chunks);
    for (let ord = 0; ord < this.chunks; ord++) {
      this.kindOf[ord] = reader.read();
      this.lengths[ord] = reader.read();
      this.symbolLengths[ord] = reader.read();
    }
    this.terms = this.#count(reader);
    this.#ids = reader.at;
    this.postings = reader.at + this.terms * idBytes;
    if (this.postings > bytes.length || bytes.length === 0) throw damaged();
  }

  /** Number of a term, by its place in their order. */
  idAt(index: number): number {
    const at = this.#ids + index * idBytes;
    const { bytes } = this;
    const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16);
    return (low | ((bytes[at + 3] as number) << 24)) >>> 0;
  }

  /** A number of things of which each takes a byte at least. */
  #count(reader: NumberReader): number {
    const count = reader.read();
    if (count > this.bytes.length) throw damaged();
    return count;
  }

  #text(reader: NumberReader): string {
    return Buffer.from(reader.readBytes(this.#count(reader))).toString('utf8');
  }
}

/** What is thrown where packed terms are not such. */
export function damaged(): Error {
  return new Error('Packed terms are damaged');
}
