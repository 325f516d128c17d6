import type { Outline } from '../../workers/outline/contract.js';
import type { FamilyStore } from '../store/contract.js';

/** What the graph needs to know of one repository's live state. */
export interface GraphRepo {
  readonly id: string;
  readonly name: string;
  /** Canonical absolute path. */
  readonly root: string;
  /** Published paths that have this content now, in order. */
  pathsOf(key: string): readonly string[];
  /** Every published path. Files that are known but not indexed have an empty key. */
  readonly files: ReadonlyMap<string, { key: string; language: string }>;
  /** Changes with every publish. */
  readonly generation: number;
  readonly epoch: string;
}

/** Repositories that share one store. */
export interface GraphFamily {
  readonly store: Pick<FamilyStore, 'outlines' | 'isWhole' | 'chunksOf' | 'fetch'>;
  readonly repos: readonly GraphRepo[];
}

/**
 * An outline that takes the place of the published one of a file, or of none, in the view of whoever asks with it. It
 * never changes: another outline is another object.
 */
export interface OverlayFile {
  /** Id of a registered repository. */
  readonly repo: string;
  /** Relative to its root, with slashes. */
  readonly path: string;
  /** Name in the language table. */
  readonly language: string;
  /** Of the content that the outline is of; no other outline has it. */
  readonly key: string;
  readonly outline: Outline;
  /** The same, as outline/compact.ts packs it. */
  readonly packed: Uint8Array;
}

/**
 * How it is known what a name refers to, the surest first: a definition around it in the same file (or a member of its
 * own class); what an import names; a definition of the same package; the only definition of that name; one of several.
 */
export const confidences = ['same-scope', 'imported', 'same-package', 'unique-name', 'ambiguous'] as const;

export type Confidence = (typeof confidences)[number];

/** The lesser of two. */
export function lessSure(a: Confidence, b: Confidence): Confidence {
  return confidences.indexOf(a) > confidences.indexOf(b) ? a : b;
}

/** The surer of two. */
export function surer(a: Confidence, b: Confidence): Confidence {
  return lessSure(a, b) === a ? b : a;
}
