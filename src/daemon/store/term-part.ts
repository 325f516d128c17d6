import type { TermColumns } from '../../workers/terms/columns.js';

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
  readonly columns: TermColumns;
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
export function totalsOf({ columns }: TermPart, content: number): TermTotals {
  const { firstChunk, lengths, symbolLengths } = columns;
  const totals = { contents: 1, chunks: 0, terms: 0, symbols: 0 };
  const end = firstChunk[content + 1] ?? 0;
  for (let chunk = firstChunk[content] ?? 0; chunk < end; chunk++) {
    totals.chunks++;
    totals.terms += lengths[chunk] as number;
    totals.symbols += symbolLengths[chunk] as number;
  }
  return totals;
}
