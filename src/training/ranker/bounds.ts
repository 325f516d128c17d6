import type { Bounds } from './fit.js';

/**
 * How much the kinds of a file may count against it. The benchmark's queries never ask for tests or examples, its users
 * do: without these bounds a test would be out of reach however well it matched.
 */
const floors: Record<string, number> = {
  'prior.test': -4,
  'prior.example': -2,
  'prior.prose': -2,
  'prior.compat': -1.5,
};

/** What a match says counts for a file; only its kind may count against it. Pure. */
export function boundsOf(feature: string): Bounds {
  const floor = floors[feature];
  return floor === undefined ? { min: 0, max: Number.POSITIVE_INFINITY } : { min: floor, max: 0 };
}
