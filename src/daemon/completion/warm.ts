import { setImmediate as nextTurn } from 'node:timers/promises';
import type { NameFinder } from './names.js';

/** Names of a file that are resolved ahead. */
const mostNames = 500;
/** Longest stretch of it before other work has its turn. */
const turnMs = 2;

/** Finds what the names of a file mean before somebody asks, so that they are known by then. */
export async function resolveAhead(names: NameFinder): Promise<void> {
  let left = mostNames;
  let until = performance.now() + turnMs;
  for (const name of names.ofFile()) {
    if (left-- === 0) break;
    names.find(name, null);
    if (performance.now() < until) continue;
    await nextTurn();
    until = performance.now() + turnMs;
  }
}
