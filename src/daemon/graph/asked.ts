import type { Resolution } from './definition.js';

/** What a name is known to stand for. `elsewhere`: it belongs to something that is not in a registered repository. */
export type Answer = Resolution | 'elsewhere' | null;

/** What a name may mean where it stands. */
export interface Asked {
  name: number;
  /** The definition that it stands in, or -1. */
  around: number;
  isImport: boolean;
}
