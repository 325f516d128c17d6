import type { Confidence } from '../graph/contract.js';

/** What a link of a chain is worth by how sure it is. */
const sureness: Readonly<Record<Confidence, number>> = {
  'same-scope': 1,
  imported: 0.95,
  'same-package': 0.9,
  'unique-name': 0.6,
  ambiguous: 0.25,
};
/** Each step away from the change halves what is left of it. */
const perStep = 0.5;
/** Code that only its own file uses passes less on. */
const ownOnly = 0.8;
const perDoubling = 0.1;
const mostForReferences = 1.5;
/** What depends on several changes at once is likelier to break by one of them. */
const perDoublingOfChanges = 0.2;
const mostForChanges = 2;

/** How sure a chain is: the product over its links. Pure. */
export function chained(before: number, link: Confidence): number {
  return before * sureness[link];
}

/**
 * How likely and how near an effect is, from 0 to 3: the sureness of the chain, halved for each step after the first,
 * times 0.8 for what its file keeps to itself, a tenth more for each doubling of the references, up to half, and a fifth
 * more for each doubling of the changes, up to twice. Pure.
 *
 * @param sure as `chained` gives it
 * @param references to what is before it in the chain, from it
 * @param changes how many of the changed definitions it refers to itself
 */
export function impactScore(of: {
  distance: number;
  sure: number;
  exported: boolean | null;
  references: number;
  changes: number;
}): number {
  const { distance, sure, exported, references, changes } = of;
  const near = perStep ** Math.max(0, distance - 1);
  const outward = exported === false ? ownOnly : 1;
  const often = Math.min(mostForReferences, 1 + perDoubling * Math.log2(Math.max(1, references)));
  const several = Math.min(mostForChanges, 1 + perDoublingOfChanges * Math.log2(Math.max(1, changes)));
  return sure * near * outward * often * several;
}
