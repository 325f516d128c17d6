import { arrow } from '../shared/arrow.js';

/** One chunk as the chunker gives it and the store keeps it. */
export interface ChunkRow {
  /** Content key of the file's bytes and language. */
  key: string;
  /** Position of the chunk in its file, from 0. (key, ord) is unique. */
  ord: number;
  /** First and last line, from 1, both included. */
  startLine: number;
  endLine: number;
  language: string;
  /** function, method, class, interface, struct, enum, module, section, block, lines, … */
  kind: string;
  /** Name of what it defines, or empty. */
  name: string;
  /** Enclosing definitions joined by ".", or empty. */
  scope: string;
  /** Names of all definitions in the chunk, its own included, separated by blanks. */
  symbols: string;
  /** The lines, verbatim, joined by "\n". */
  text: string;
  /** Search terms of the text (shared/terms.ts), separated by blanks: what is indexed and embedded. */
  terms: string;
}

const utf8 = (name: string) => new arrow.Field(name, new arrow.Utf8(), false);
const int32 = (name: string) => new arrow.Field(name, new arrow.Int32(), false);

/** Arrow schema of the chunks table. */
export const chunkSchema = new arrow.Schema([
  utf8('key'),
  int32('ord'),
  int32('startLine'),
  int32('endLine'),
  utf8('language'),
  utf8('kind'),
  utf8('name'),
  utf8('scope'),
  utf8('symbols'),
  utf8('text'),
  utf8('terms'),
]);
