/**
 * What a query of a training pair is made of, and what its document:
 *
 * - `doc` first paragraph of a documentation comment: the code that it documents, without comments;
 * - `name` words of a definition's name: its code, without that name;
 * - `comment` a comment inside code: the lines that follow;
 * - `test` what a test says that it tests: its body;
 * - `file` a comment at the beginning of a file: the file's name and the names that it defines;
 * - `section` a heading: its text;
 * - `prose` a paragraph: the example code below it;
 * - `window` some lines of a chunk: another chunk of the same file.
 */
export type PairKind = 'doc' | 'name' | 'comment' | 'test' | 'file' | 'section' | 'prose' | 'window';

/** Share of the possible pairs of a kind that is taken. */
export const pairRates: Readonly<Record<PairKind, number>> = {
  doc: 1,
  name: 0.25,
  comment: 0.4,
  test: 0.6,
  file: 1,
  section: 0.5,
  prose: 1,
  window: 0.6,
};

/** A training pair, as it stands in a line of a pairs file. Columns hold terms as shared/terms.ts makes them. */
export interface Pair {
  kind: PairKind;
  query: string;
  document: string;
  /** Terms of the file's name without ending and of its two nearest folders. */
  path: string;
  language: string;
  /** Short hash of the document. */
  hash: string;
}
