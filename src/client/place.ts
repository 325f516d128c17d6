import { existsSync, realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { LcadError } from '../shared/errors.js';

/** A file as the daemon knows it: absolute and without links. @throws USAGE if it is a folder */
export function placeIn(path: string, cwd: string): string {
  const named = resolve(cwd, path);
  if (statSync(named, { throwIfNoEntry: false })?.isDirectory()) {
    throw new LcadError('USAGE', `${named} is a folder.`, { next: 'Give a file, or file:line.' });
  }
  return existsSync(named) ? realpathSync(named) : named;
}

/**
 * A file, and a line of it, as they are written: `file`, `file:line` or `file:line:column`. A file that is called so
 * comes first.
 * @throws USAGE for a folder, or line 0
 */
export function parsePlace(text: string, cwd: string): { file: string; line?: number; column?: number } {
  const [, path = text, number, column] = /^(.+?):(\d+)(?::(\d+))?:?$/.exec(text) ?? [];
  if (number === undefined || existsSync(resolve(cwd, text))) return { file: placeIn(text, cwd) };
  const line = Number(number);
  if (line === 0) throw new LcadError('USAGE', 'Lines are counted from 1.');
  const at = column === undefined ? {} : { column: Math.max(1, Number(column)) };
  return { file: placeIn(path, cwd), line, ...at };
}
