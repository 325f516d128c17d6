import type { Outline } from '../../workers/outline/contract.js';

/** What a buffer defines and refers to, as of one version of its text. */
export interface BufferOutline {
  /** That of the buffer whose text it was made from. */
  readonly version: number;
  /** Content key (workers/content-key.ts) of that text in UTF-8. */
  readonly key: string;
  /** That text. */
  readonly text: string;
  /** Unpacked when it is first read. */
  readonly outline: Outline;
  /** The same, as outline/compact.ts packs it. */
  readonly packed: Uint8Array;
}

/**
 * Lines that a client changed, from 1, where they are in the text as it is now: changes further up have moved them.
 * Changes of the same or neighbouring lines are one. `at` is the time of the last, in milliseconds since the epoch.
 */
export interface BufferEdit {
  readonly startLine: number;
  readonly endLine: number;
  readonly at: number;
}

/** A text that a client holds open, saved or not. It never changes: each change of the text makes another one. */
export interface OpenBuffer {
  /** As the client names it. */
  readonly uri: string;
  /** Canonical absolute path; of a document that is no file (`untitled:Untitled-1`) its URI. */
  readonly path: string;
  /** Name in the language table; `text` if it has none. */
  readonly language: string;
  /** The client's, unless that does not grow: then one more than the last. */
  readonly version: number;
  readonly text: string;
  /** True if the text is not known to be what the disk has. */
  readonly unsaved: boolean;
  /** The latest there is, which may be some changes behind the text; null: none yet. */
  readonly outline: BufferOutline | null;
  /** Milliseconds since the epoch. */
  readonly openedAt: number;
  readonly changedAt: number;
  /** Newest first, a few dozen at most. */
  readonly edits: readonly BufferEdit[];
}

/** A place that the client said its user looks at. */
export interface View {
  /** As in OpenBuffer; the file need not be open. */
  readonly path: string;
  /** From 1; null: not said. */
  readonly line: number | null;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The buffers of one client. */
export interface Overlay {
  /** Open buffers, the one last opened or changed first. */
  readonly buffers: readonly OpenBuffer[];
  /** Newest first, a few dozen at most; places near each other are one. */
  readonly views: readonly View[];
  /** @param path as in OpenBuffer, or its URI */
  get(path: string): OpenBuffer | undefined;
  /** Resolves once outlines are of the texts as they are now, or the deadline (milliseconds) has passed. */
  settled(deadlineMs: number): Promise<void>;
}
