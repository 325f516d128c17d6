/**
 * The only contract between the daemon and its worker threads. Every task is a plain object, every failure of a file
 * is data in the result: an error thrown across a thread loses its class and code.
 *
 * Paths in these messages are relative to `root`, with forward slashes, in the bytes-to-string form that Node gives.
 */

import type { ChunkRow } from './chunk-rows.js';
import type { CtagsProgram } from './ctags/program.js';

/** Why a file or folder is left out of the index; the words that `lcad status` shows. */
export type SkipReason =
  | 'binary'
  | 'oversized'
  | 'minified'
  | 'generated'
  | 'secret'
  | 'default-skip'
  | 'nested-repo'
  | 'symlink'
  | 'special'
  | 'unreadable'
  | 'bad-name'
  | 'empty';

/** What identifies the state of a file without reading it. Times in milliseconds with fractions, as `fs.Stats` has them. */
export interface FileStat {
  size: number;
  mtimeMs: number;
  ctimeMs: number;
  ino: number;
}

/** Rules of a scan beyond the ignore files that it finds itself. */
export interface ScanRules {
  /** Git directory whose info/exclude applies (the common directory for a worktree), null for a plain folder. */
  gitDir: string | null;
  /** The user's global excludes file, null if there is none. */
  globalExcludes: string | null;
  /** Patterns of the configuration, in .gitignore form. */
  extraIgnore: string[];
  /** Paths that are tracked although a rule ignores them (`git ls-files -ci --exclude-standard`). */
  trackedIgnored: string[];
  /** Folders that are submodules of the repository: walked as part of it. */
  submodules: string[];
  /** Larger files are reported as oversized. */
  maxFileBytes: number;
  includeSecrets: boolean;
  /** Ignore patterns do not tell upper from lower case (git's core.ignoreCase); default false. */
  ignoreCase?: boolean;
}

/** Lists the files of a repository. Reads folders and ignore files, never the files themselves. */
export interface ScanTask {
  type: 'scan';
  root: string;
  rules: ScanRules;
  /** Only these files and folders (folders are walked); null: the whole root. */
  paths: string[] | null;
}

export interface ScanResult {
  /** False: the root itself cannot be read; nothing else holds. */
  rootOk: boolean;
  rootError: string | null;
  /** Files to index, in no particular order. `stats` has four numbers a path: size, mtimeMs, ctimeMs, ino. */
  paths: string[];
  stats: Float64Array;
  /** Of the requested paths, those where nothing indexable is now (deleted, ignored, or a folder that is gone). */
  gone: string[];
  /** Skipped files and folders by reason; whole scans only. */
  skipped: Partial<Record<SkipReason, number>>;
  /** Folders that the scan did not enter because they are ignored or skipped: the watcher need not watch them. */
  prunedFolders: string[];
}

/** Reads files and computes their content keys, without parsing. */
export interface HashTask {
  type: 'hash';
  root: string;
  paths: string[];
  maxFileBytes: number;
  includeGenerated: boolean;
  /** Universal Ctags, part of the keys of the languages that it serves; absent: there is none. */
  ctags?: CtagsProgram | undefined;
}

export interface HashedFile {
  path: string;
  /** `gone`: no longer there. `skip`: not indexed, see `reason`. */
  status: 'ok' | 'skip' | 'gone';
  /** Content key: 22 characters base64url, from pipeline version, language and bytes. Empty unless ok. */
  key: string;
  language: string;
  reason: SkipReason | null;
  lines: number;
  /** Taken from the open file, before its bytes were read. */
  stat: FileStat;
}

export interface HashResult {
  files: HashedFile[];
}

/** Parses files into chunks. */
export interface DeriveTask {
  type: 'derive';
  root: string;
  files: { path: string; key: string; language: string }[];
  /** `lines`: no parser, chunks by lines; for a file that hung or killed a worker. */
  mode: 'syntax' | 'lines';
  parseDeadlineMs: number;
  maxFileBytes: number;
  includeGenerated: boolean;
  /** Int32Array of length 1 over shared memory: the worker stores the index of the file it is at. */
  progress: SharedArrayBuffer;
  /** Embeds the chunks and names too; absent: no vectors are made. */
  model?: SharedModel | undefined;
  /** Universal Ctags for languages without a grammar; absent: those are cut by lines. */
  ctags?: CtagsProgram | undefined;
}

export interface DerivedFile {
  key: string;
  path: string;
  /** `changed`: the bytes are no longer those of `key`; nothing was derived. */
  status: 'ok' | 'changed';
  chunks: number;
  /** Set when the syntax parse was given up (deadline) and the chunks are by lines. */
  fallback: string | null;
  /** Bytes of `outlines` that are this file's; 0: it has no outline. */
  outlineBytes: number;
  /** Bytes of `terms` that are this file's. */
  termBytes: number;
}

export interface DeriveResult {
  files: DerivedFile[];
  /** Rows of the files with status ok, as an Arrow IPC stream in the schema of chunk-rows.ts; null without rows. */
  rows: Uint8Array | null;
  rowCount: number;
  /** Packed outlines (outline/compact.ts) of the files, one behind the other, in their order. */
  outlines: Uint8Array<ArrayBuffer>;
  /** Packed terms (terms/pack.ts) of the files, in the same way. */
  terms: Uint8Array<ArrayBuffer>;
  /** One for each of `rows`, in the same order; null if the task had no model. */
  vectors: ByteVectors | null;
}

/** The built-in embedding model, in memory that all threads share. */
export interface SharedModel {
  id: string;
  memory: SharedArrayBuffer;
}

/** Vectors of unit length as signed bytes, one row after the other, with a scale for each row. */
export interface ByteVectors {
  values: Int8Array<ArrayBuffer>;
  scales: Float32Array<ArrayBuffer>;
}

/** Reads the built-in embedding model and brings it into memory that all threads share. */
export interface LoadModelTask {
  type: 'load-model';
  file: string;
}

/** The model, or why there is none. */
export type LoadModelResult = { model: SharedModel } | { model: null; message: string; next: string };

/** Embeds columns of terms (shared/terms.ts). */
export interface EmbedTask {
  type: 'embed';
  model: SharedModel;
  columns: string[];
}

/** Outlines a text that an editor holds. */
export interface OutlineTask {
  type: 'outline';
  /** Of the document; tells its language with the text, unless that is given. */
  path: string;
  language: string | null;
  text: string;
  parseDeadlineMs: number;
  ctags?: CtagsProgram | undefined;
}

export interface OutlineResult {
  language: string;
  /** Content key of the text in UTF-8. */
  key: string;
  /** As outline/compact.ts packs it. */
  packed: Uint8Array<ArrayBuffer>;
  /** Why it is empty although there is a grammar, else null. */
  failure: string | null;
}

/** Cuts a text that an editor holds into chunks, as the file would be. */
export interface DeriveTextTask {
  type: 'derive-text';
  /** Name in the language table. */
  language: string;
  text: string;
  parseDeadlineMs: number;
  ctags?: CtagsProgram | undefined;
}

export interface DeriveTextResult {
  /** Content key of the text in UTF-8. */
  key: string;
  /** Of all its chunks, in their order. */
  rows: ChunkRow[];
  /** Their packed terms (terms/pack.ts). */
  terms: Uint8Array<ArrayBuffer>;
}

/** Parses a text. */
export interface SyntaxTask {
  type: 'syntax';
  /** Tells the language, with the text. */
  path: string;
  text: string;
  parseDeadlineMs: number;
}

export interface SyntaxResult {
  language: string;
  /** Whether the parser met no error; null if the language has no grammar, or parsing took too long. */
  valid: boolean | null;
}

/** Looks at a place of a text in its syntax tree. */
export interface AroundTask {
  type: 'around';
  /** Name in the language table. */
  language: string;
  text: string;
  /** The place, in UTF-16 units. */
  at: number;
  parseDeadlineMs: number;
}

/** What is around the place; null: not known. */
export type AroundResult = {
  /** In a comment or a string. */
  inText: boolean;
  /** In a block that holds nothing yet. */
  inEmptyBlock: boolean;
  /** Where a statement, a member or a declaration may begin. */
  atStatement: boolean;
} | null;

/** Builds an index of the terms of contents. */
export interface BuildTermsTask {
  type: 'build-terms';
  /** Keys of the contents, joined by "\n". */
  keys: string;
  /** Packed terms (terms/pack.ts) of the contents, one behind the other, and where those of each end. */
  packed: Uint8Array<ArrayBuffer>;
  ends: Uint32Array<ArrayBuffer>;
}

/**
 * An index of terms and names. Contents are in the order of their keys, chunks in that of their contents, so that one
 * number names a chunk.
 */
export interface TermSegment {
  /** By content: which of those of the task it is. */
  order: Uint32Array<ArrayBuffer>;
  /** Those of the task whose packed terms cannot be read. */
  broken: number[];
  languages: string[];
  kinds: string[];
  /** By content: its language, and its first chunk; one more says how many chunks there are. */
  languageOf: Uint16Array<ArrayBuffer>;
  firstChunk: Uint32Array<ArrayBuffer>;
  /** By chunk: its kind, and how many terms and names it has, with repeats. */
  kindOf: Uint16Array<ArrayBuffer>;
  lengths: Uint16Array<ArrayBuffer>;
  symbolLengths: Uint16Array<ArrayBuffer>;
  /** Numbers of the terms (terms/term-id.ts), ascending, and where the postings of each begin and end. */
  ids: Uint32Array<ArrayBuffer>;
  offsets: Uint32Array<ArrayBuffer>;
  /** By term: how many contents have it. */
  having: Uint32Array<ArrayBuffer>;
  /**
   * Of each chunk that has the term how many chunks lie between it and the one before, four times that (LEB128). Added
   * to it is how often the chunk has the term, less one; or 3, and then how often follows in a byte.
   */
  postings: Uint8Array<ArrayBuffer>;
}

/** Nothing to do until the thread is ended. */
export interface RestTask {
  type: 'rest';
}

export type WorkerTask =
  | ScanTask
  | HashTask
  | DeriveTask
  | LoadModelTask
  | EmbedTask
  | OutlineTask
  | DeriveTextTask
  | SyntaxTask
  | AroundTask
  | BuildTermsTask
  | RestTask;
export type WorkerResult =
  | ScanResult
  | HashResult
  | DeriveResult
  | LoadModelResult
  | ByteVectors
  | OutlineResult
  | DeriveTextResult
  | SyntaxResult
  | AroundResult
  | TermSegment;
