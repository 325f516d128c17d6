import { LcadError } from '../../shared/errors.js';
import { compileGlob, type Glob, matchGlob } from '../../workers/scan/glob.js';
import { expandBraces } from './braces.js';

/** Whether a path from the root is wanted. */
export type PathFilter = (path: string) => boolean;

/** The time of a match is bounded by the product of the path's length and that of all globs that one stands for. */
const longestGlob = 500;
const mostExpanded = 64;

/**
 * A filter from globs: a path must match one of the plain globs, if there are any, and none of those with "!". A glob
 * without a slash matches at any depth; a plain file or folder name matches itself and what is below it.
 * @returns null when there is nothing to filter
 * @throws GLOB_INVALID
 */
export function pathFilter(globs: readonly string[]): PathFilter | null {
  const wanted: PathFilter[] = [];
  const unwanted: PathFilter[] = [];
  for (const glob of globs) {
    if (glob.startsWith('!')) unwanted.push(matcher(glob, glob.slice(1)));
    else wanted.push(matcher(glob, glob));
  }
  if (wanted.length === 0 && unwanted.length === 0) return null;
  return (path) =>
    (wanted.length === 0 || wanted.some((match) => match(path))) && !unwanted.some((match) => match(path));
}

function matcher(given: string, glob: string): PathFilter {
  const pattern = glob.trim().replace(/^(?:\.?\/+)+/, '');
  const folder = pattern.replace(/\/+$/, '');
  const anywhere = !folder.includes('/');
  const globs = problemOf(pattern) ?? compiled(folder);
  if (typeof globs === 'string') {
    throw new LcadError('GLOB_INVALID', `The glob ${JSON.stringify(given)} ${globs}.`);
  }
  const below = `${folder}/`;
  return (path) => {
    if (path === folder || path.startsWith(below)) return true;
    const bytes = bytesOf(path);
    const name = anywhere ? bytes.slice(bytes.lastIndexOf('/') + 1) : bytes;
    return globs.some(({ itself, inside }) => matchGlob(itself, name) || matchGlob(inside, bytes));
  };
}

interface CompiledGlob {
  itself: Glob;
  /** What is in a folder that it matches. */
  inside: Glob;
}

/** What a glob stands for, or what is wrong with it. */
function compiled(glob: string): CompiledGlob[] | string {
  const expanded = expandBraces(glob, mostExpanded);
  if (!expanded) return `has a brace without its partner, or stands for more than ${mostExpanded} globs`;
  const globs: CompiledGlob[] = [];
  for (const one of expanded.map(bytesOf)) {
    const itself = compileGlob(one, false);
    const inside = compileGlob(`${one}/**`, false);
    if (!itself || !inside) return 'cannot be understood';
    globs.push({ itself, inside });
  }
  return globs;
}

/** One character for each byte, as the matcher has it. */
function bytesOf(text: string): string {
  return Buffer.byteLength(text) === text.length ? text : Buffer.from(text).toString('latin1');
}

function problemOf(pattern: string): string | null {
  if (pattern === '') return 'is empty';
  if (pattern.length > longestGlob) return `has more than ${longestGlob} characters`;
  if (pattern.includes('\0')) return 'contains a zero byte';
  return pattern.split('/').includes('..') ? 'leads out of the repository with ".."' : null;
}
