import type { createGuards } from '../../../src/daemon/guard/guards.js';
import type { GuardConfig } from '../../../src/protocol/inference-config.js';
import { LcadError } from '../../../src/shared/errors.js';

const quiet = () => undefined;
export const quietLog = { debug: quiet, info: quiet, warn: quiet, error: quiet };

export const guardConfig: GuardConfig = {
  secrets: true,
  licenceFolders: [],
  licenceTokens: 60,
  allowLicences: [],
};

export interface Guarded {
  shown: string;
  stop: LcadError | null;
}

export type Open = ReturnType<typeof createGuards>['open'];

/** Sends pieces through a guard. */
export async function guarded(open: Open, pieces: readonly string[]): Promise<Guarded> {
  const guard = open();
  if (!guard) throw new Error('There is nothing to look for.');
  let shown = '';
  try {
    for (const piece of pieces) shown += await guard.push(piece);
    shown += await guard.end();
    return { shown, stop: null };
  } catch (error) {
    if (error instanceof LcadError) return { shown, stop: error };
    throw error;
  }
}

/** Cuts a text at places given as shares of its length. */
export function cutAt(text: string, places: readonly number[]): string[] {
  const at = [...new Set(places.map((share) => Math.floor(share * text.length)))].sort((a, b) => a - b);
  return [0, ...at].map((from, index) => text.slice(from, at[index] ?? text.length));
}
