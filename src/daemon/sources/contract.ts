import type { ContextSource, SourceOmission } from '../../protocol/sources.js';

/** What sources need to know of a registered repository; a SearchableRepo is one. */
export interface SourceRepo {
  readonly id: string;
  readonly name: string;
  /** Canonical absolute path. */
  readonly root: string;
  /** Every published path, from the root. Files that are known but not indexed have an empty key. */
  readonly files: ReadonlyMap<string, { readonly key: string; readonly language: string }>;
}

/** A text that a source gave: a file's part of a diff, a list of commits, a range of a file, a command's output. */
export interface SourcePiece {
  /** What it came from: `folder` is the listing of one, whose files are pieces of their own. */
  readonly kind: ContextSource['kind'] | 'folder';
  /** The source in words, the same for all of its pieces and omissions: "diff of lcad". */
  readonly source: string;
  /** One line for a person and a model: "Staged changes of src/a.ts". */
  readonly title: string;
  /** Id of its repository; null for a provider that was run outside of any. */
  readonly repo: string | null;
  /** From the repository's root, with forward slashes; null if it is of no one file or folder. */
  readonly path: string | null;
  /** Name in the language table; empty if it has none or is no file. */
  readonly language: string;
  /** Lines of the file (as it is on disk) that it shows or is about, from 1; null if it is about no lines. */
  readonly startLine: number | null;
  readonly endLine: number | null;
  /** Never empty. Line ends and text as they are; a provider's without control characters. */
  readonly text: string;
  /** False for what a command of the user printed: it must not be taken for instructions. */
  readonly trusted: boolean;
}

/** The pieces in the order of the request, best first within a source, and what is not among them. */
export interface SourcesReply {
  readonly pieces: readonly SourcePiece[];
  readonly omissions: readonly SourceOmission[];
}

export interface CollectOptions {
  /** The registered repositories that may be read. */
  readonly repos: readonly SourceRepo[];
  /** The repository that a source without `repo` and `path` means; null if there is no such one. */
  readonly repo: SourceRepo | null;
  /** Most characters (UTF-16 units) of the pieces of one source together; the rest is an omission. */
  readonly maxChars: number;
  /** The question; providers get it. */
  readonly query: string;
  /** Absolute path of the file that the request is about; providers get it. */
  readonly file: string | null;
  /** The unsaved text of a file that the client holds open, by canonical absolute path. */
  readonly unsaved?: (path: string) => string | undefined;
  readonly signal: AbortSignal;
}

/** Reads what a request names besides its question. Owned by the daemon, which closes it. */
export interface Sources {
  /**
   * Reads all of them at the same time. What cannot be read is an omission with its reason: outside of every
   * repository, secret, binary, empty, a command that fails, hangs or floods.
   * @throws the signal's reason
   */
  collect(requests: readonly ContextSource[], options: CollectOptions): Promise<SourcesReply>;
  /** Ends the commands that run, with all of their processes. */
  close(): Promise<void>;
}
