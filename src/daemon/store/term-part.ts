/** Bits of a posting that say how often its chunk has the term; those above are the chunk's number. */
export const countBits = 8;
export const mostCounted = (1 << countBits) - 1;

export const nothing = new Uint32Array();

/**
 * Contents with an index of the terms of their chunks. Contents are in the order of their keys, chunks in that of their
 * contents and their own.
 */
export interface TermPart {
  readonly keys: readonly string[];
  /** By content; one more says how many chunks there are. */
  readonly firstChunk: Uint32Array;
  readonly languages: readonly string[];
  readonly kinds: readonly string[];
  /** By content, an index of `languages`. */
  readonly languageOf: Uint16Array;
  /** By chunk, an index of `kinds`. */
  readonly kindOf: Uint16Array;
  /** By chunk: how many terms and names it has, with repeats. */
  readonly lengths: Uint16Array;
  readonly symbolLengths: Uint16Array;
  /** Postings of a term (workers/terms/term-id.ts) in the order of the chunks, without those of contents that are gone. */
  postings(id: number): Uint32Array;
}

/** What is counted of contents. */
export interface TermTotals {
  contents: number;
  chunks: number;
  terms: number;
  symbols: number;
}

/** Totals of one content of a part. */
export function totalsOf(part: TermPart, content: number): TermTotals {
  const totals = { contents: 1, chunks: 0, terms: 0, symbols: 0 };
  const end = part.firstChunk[content + 1] ?? 0;
  for (let chunk = part.firstChunk[content] ?? 0; chunk < end; chunk++) {
    totals.chunks++;
    totals.terms += part.lengths[chunk] as number;
    totals.symbols += part.symbolLengths[chunk] as number;
  }
  return totals;
}
