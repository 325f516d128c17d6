import picomatch from 'picomatch';
import { LcadError } from '../../shared/errors.js';

/** Whether a path from the root is wanted. */
export type PathFilter = (path: string) => boolean;

/** Globs become backtracking regular expressions, whose time grows with the power of their wildcards. */
const maxStars = 4;

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
  const problem = problemOf(pattern);
  if (problem) throw new LcadError('GLOB_INVALID', `The glob ${JSON.stringify(given)} ${problem}.`);
  const folder = pattern.replace(/\/+$/, '');
  const below = `${folder}/`;
  try {
    const options = { dot: true, noextglob: true, nonegate: true, strictBrackets: true };
    const match = picomatch(folder, { ...options, basename: !folder.includes('/') });
    const inside = picomatch(`${folder}/**`, options);
    return (path) => path === folder || path.startsWith(below) || match(path) || inside(path);
  } catch (error) {
    throw new LcadError('GLOB_INVALID', `The glob ${JSON.stringify(given)} cannot be understood.`, {
      cause: error,
    });
  }
}

function problemOf(pattern: string): string | null {
  if (pattern === '') return 'is empty';
  if (pattern.includes('\0')) return 'contains a zero byte';
  if (pattern.split('/').includes('..')) return 'leads out of the repository with ".."';
  const segments = pattern.split('/');
  const stars = Math.max(...segments.map((segment) => segment.match(/\*+/g)?.length ?? 0));
  const globstars = segments.filter((segment) => segment === '**').length;
  if (stars > maxStars) return `has more than ${maxStars} "*" in one name`;
  return globstars > maxStars ? `has more than ${maxStars} "**"` : null;
}
