import type { Confidence } from '../graph/contract.js';

/** What speaks for showing a definition. */
export interface SymbolEvidence {
  /** Lines from the cursor to the nearest mention of it in the windows; null: none. */
  distance: number | null;
  mentions: number;
  /** It is a member of what stands before the cursor. */
  isMember: boolean;
  /** Its name begins with what is typed already. */
  isBegun: boolean;
  /** An import brings it in by name. */
  isImported: boolean;
  /** It is at the top of a file that is imported, or of the same package. */
  isOffered: boolean;
  /** The share of its name's words that occur near the cursor. */
  sharedWords: number;
  /** Code that is like the lines around the cursor uses it: how like it is, from 0. */
  inSimilar: number;
  confidence: Confidence;
}

/** How far a definition can be trusted to be the one that is meant. */
const sureness: Readonly<Record<Confidence, number>> = {
  'same-scope': 1,
  imported: 1,
  'same-package': 0.95,
  'unique-name': 0.5,
  ambiguous: 0.15,
};

/**
 * How likely a definition is to be of use, from 0 to 1: what speaks for it is taken to be independent (the product of
 * what speaks against it), and times how sure it is that this definition is meant. Pure.
 */
export function symbolScore(evidence: SymbolEvidence): number {
  const { distance, mentions, isMember, isBegun, isImported, isOffered, sharedWords, inSimilar } = evidence;
  const near = distance === null ? 0 : 0.75 / (1 + distance / 12) + Math.min(0.1, mentions * 0.02);
  let against = 1 - near;
  if (isMember) against *= 1 - 0.6;
  if (isImported) against *= 1 - 0.35;
  if (isOffered) against *= 1 - 0.08;
  against *= 1 - 0.35 * sharedWords;
  against *= 1 - Math.min(0.5, 0.6 * inSimilar);
  const score = (1 - against) * sureness[evidence.confidence];
  return isBegun ? 1 - (1 - score) * 0.4 : score;
}

/** Score of code that is like the lines around the cursor. @param likeness from 0 to 1 */
export function similarScore(likeness: number): number {
  return Math.max(0, Math.min(1, 0.95 * likeness));
}

/**
 * Score of a region that was edited or looked at.
 * @param rank 0 for the newest
 * @param overlap share of its identifiers that occur near the cursor
 */
export function recentScore(kind: 'edited' | 'viewed', rank: number, overlap: number): number {
  const [base, least] = kind === 'edited' ? [0.6, 0.3] : [0.4, 0.1];
  return (base * (least + (1 - least) * Math.min(1, overlap * 2))) / (1 + rank * 0.25);
}
