import type { Span } from './cut.js';
import type { ChunkKind } from './kinds.js';

/** A definition found in a file: what the layout of its chunks is made from. Lines are counted from 0. */
export interface Definition {
  kind: ChunkKind;
  /** Name as written, or empty. */
  name: string;
  /** Names that enclose it although the text around it does not say so (a Go method's receiver), joined by ".". */
  scope: string;
  /** First and last character in the file; definitions nest or are apart in these. */
  startIndex: number;
  endIndex: number;
  /** First line with its documentation comment, decorators and attributes. */
  docLine: number;
  /** First and last line of the definition itself. */
  startLine: number;
  endLine: number;
  /** Line that has the name. */
  nameLine: number;
  /** Last line of the signature and of documentation that follows it; known for large ones only, else -1. */
  headLine: number;
}

/** A chunk of a file. Lines are counted from 1. */
export interface Chunk {
  startLine: number;
  endLine: number;
  kind: ChunkKind;
  /** Name of the definition of which it is a part, or empty. */
  name: string;
  /** Names of the definitions around it, outermost first, joined by ".". */
  scope: string;
  /**
   * Names of the definitions whose name stands in the chunk. A later part of a large definition has its `name`, but
   * not in `symbols`.
   */
  symbols: string[];
}

/** What a chunk is called. */
export interface Label {
  kind: ChunkKind;
  name: string;
  scope: string;
}

/** The lines of a chunk, counted from 0, and what it is called. */
export type Piece = Span & Label;
