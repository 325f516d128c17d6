/** Where a block stands in an answer: lines from 1, and UTF-16 offsets of its first unit and behind its last. */
export interface BlockPosition {
  readonly startLine: number;
  readonly endLine: number;
  readonly start: number;
  readonly end: number;
}

/** What one hunk of a unified diff says. */
export interface EditHunk {
  /** Line of the file where it stands, from 1; null: it was not said. */
  readonly line: number | null;
  /** Lines as they are and as they are to be, those around the change included, without line ends. */
  readonly old: readonly string[];
  readonly fresh: readonly string[];
  /** "\ No newline at end of file" was said of the last line, as it is and as it is to be. */
  readonly oldOpen: boolean;
  readonly freshOpen: boolean;
}

/** What a block asks for. */
export type Edit =
  /** Lines in place of others; without lines to search, the text of a new file. */
  | {
      readonly is: 'replace';
      readonly path: string;
      readonly search: readonly string[];
      readonly replace: readonly string[];
    }
  /** What a unified diff says of one file. */
  | {
      readonly is: 'patch';
      readonly path: string;
      readonly kind: 'change' | 'create' | 'delete' | 'rename';
      /** The new path of a file that is renamed. */
      readonly to: string | null;
      readonly hunks: readonly EditHunk[];
    };

/** A block of an answer that could be read; `index` counts all blocks from 0. */
export interface EditBlock {
  readonly index: number;
  readonly at: BlockPosition | null;
  readonly edit: Edit;
}

/** A block that could not be read. */
export interface UnreadableBlock {
  readonly index: number;
  readonly at: BlockPosition;
  readonly path: string | null;
  readonly message: string;
}

/** What an answer asks for. */
export interface ParsedAnswer {
  readonly blocks: readonly EditBlock[];
  readonly unreadable: readonly UnreadableBlock[];
}

/** Why a block is not carried out. */
export interface EditProblem {
  /** Counts the blocks from 0; null: it is of the file, not of one block. */
  readonly block: number | null;
  readonly at: BlockPosition | null;
  readonly path: string | null;
  readonly kind: 'EDIT_UNREADABLE' | 'EDIT_CONFLICT' | 'EDIT_REFUSED';
  readonly message: string;
}

/** A repository, as far as edits are concerned. */
export interface EditRepo {
  readonly id: string;
  readonly name: string;
  /** Absolute, without symbolic links. */
  readonly root: string;
}

/** What edits need to know of the rest of the daemon. */
export interface EditSurroundings {
  /** All registered repositories. */
  repos(): readonly EditRepo[];
  /** The one that is named. @throws REPO_NOT_REGISTERED, REPO_AMBIGUOUS */
  select(selector: string): EditRepo;
  /** Files that commonly hold secrets may be edited. */
  includeSecrets(): boolean;
}

/** A text of a file that a client holds open and has not saved. */
export interface UnsavedText {
  readonly text: string;
  /** The client is the one that asks. */
  readonly own: boolean;
}

/** What clients hold of a file, the asking one and others, and have not saved. */
export type UnsavedTexts = (path: string) => readonly UnsavedText[];

/** What is to happen to one file, with all that is needed to do it and to undo it. */
export interface FilePlan {
  readonly repo: EditRepo;
  readonly kind: 'change' | 'create' | 'delete' | 'rename';
  /** Absolute, its folder without symbolic links: where the file is, or will be if it is created. */
  readonly path: string;
  /** The same for the new place of a file that is renamed. */
  readonly to: string | null;
  /** Texts in full, with byte order mark and line ends; null: no file. */
  readonly before: string | null;
  readonly after: string | null;
  /** Permission bits of the file; null for a new one. */
  readonly mode: number | null;
  /** What is to be said of it. */
  readonly notes: readonly string[];
}
