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
 * How it is known what a name refers to, the surest first: a definition around it in the same file (or a member of its
 * own class); what an import names; a definition of the same package; the only definition of that name; one of several.
 */
export const confidences = ['same-scope', 'imported', 'same-package', 'unique-name', 'ambiguous'] as const;

export type Confidence = (typeof confidences)[number];

/** The lesser of two. */
export function lessSure(a: Confidence, b: Confidence): Confidence {
  return confidences.indexOf(a) > confidences.indexOf(b) ? a : b;
}
