import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LcadError } from '../../shared/errors.js';
import type { Pair } from '../corpus/pairs/pair.js';

/** The files of pairs in a folder of work, by name. @throws USAGE if there are none */
export function pairFiles(work: string): string[] {
  const folder = join(work, 'pairs');
  let names: string[] = [];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  } catch {
    // Reported below: a folder that is missing has no pairs.
  }
  if (names.length === 0) {
    throw new LcadError('USAGE', `There are no pairs in ${folder}.`, {
      next: 'Run the steps before this one.',
    });
  }
  return names.sort().map((name) => join(folder, name));
}

/**
 * Reads the pairs of a file.
 * @param use gets each with its number in the file, from 0
 * @param wanted which ones to read; undefined: all
 */
export function readPairs(
  file: string,
  use: (pair: Pair, number: number) => void,
  wanted?: (number: number) => boolean,
): void {
  const bytes = readFileSync(file);
  for (let from = 0, number = 0; from < bytes.length; number++) {
    const found = bytes.indexOf(0x0a, from);
    const to = found < 0 ? bytes.length : found;
    if (to > from && (wanted === undefined || wanted(number))) {
      use(JSON.parse(bytes.toString('utf8', from, to)) as Pair, number);
    }
    from = to + 1;
  }
}
