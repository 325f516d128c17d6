import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { LcadError, systemCode } from '../../shared/errors.js';
import { isSecretPath } from '../../workers/scan/secrets.js';
import type { EditRepo, EditSurroundings } from './contract.js';

/** Where an edit may write. */
export interface EditPlace {
  readonly repo: EditRepo;
  /** Absolute; its folder has no symbolic links in it. */
  readonly path: string;
  /** From the root of the repository, with forward slashes. */
  readonly shown: string;
  /** A file is there now. */
  readonly exists: boolean;
}

const longestPath = 1024;

/**
 * The file that an edit names, by a path from the root of a repository or an absolute one inside of one.
 * @param within the repository that the request names, if it names one
 * @throws EDIT_REFUSED for what lies outside of registered repositories, in git's own folders, is no plain file, or
 *   commonly holds secrets
 */
export async function placeOf(
  given: string,
  within: EditRepo | null,
  surroundings: EditSurroundings,
): Promise<EditPlace> {
  const problem = nameProblem(given);
  if (problem) throw refused(given, problem);
  const repos = within ? [within] : surroundings.repos();
  const candidates = isAbsolute(given) ? innermost(repos, given) : repos;
  if (candidates.length === 0) {
    const where = within ? `the repository ${within.name}` : 'every registered repository';
    throw refused(given, `lies outside of ${where}`);
  }
  const places: EditPlace[] = [];
  let reason: unknown = null;
  for (const repo of candidates) {
    try {
      places.push(await placeIn(repo, given, surroundings.includeSecrets()));
    } catch (error) {
      reason ??= error;
    }
  }
  const present = places.filter(({ exists }) => exists);
  if (present.length === 1 && present[0]) return present[0];
  if (candidates.length === 1) {
    if (places[0]) return places[0];
    throw reason;
  }
  if (present.length === 0 && places.length === 0) throw reason;
  const what =
    present.length === 0 ? 'is in none of the registered repositories' : 'is in several repositories';
  throw new LcadError('EDIT_REFUSED', `${given} ${what}: which one is meant is unclear.`, {
    next: 'Name the repository, or give the absolute path.',
  });
}

async function placeIn(repo: EditRepo, given: string, includeSecrets: boolean): Promise<EditPlace> {
  const named = resolve(repo.root, given);
  if (!isBelow(named, repo.root)) throw refused(given, `lies outside of the repository ${repo.name}`);
  const root = await realpath(repo.root);
  const folder = await realFolder(dirname(named)).catch((error: unknown) => {
    throw refused(given, `cannot be reached (${systemCode(error) ?? 'unknown'})`);
  });
  const path = join(folder, basename(named));
  if (!isBelow(path, root))
    throw refused(given, `leads out of the repository ${repo.name} by a symbolic link`);
  const shown = relative(root, path).split(sep).join('/');
  if (shown.split('/').some(isGitFolder)) throw refused(given, "is git's own");
  if (!includeSecrets && isSecretPath(shown)) {
    throw refused(given, 'is a file that commonly holds secrets (see index.includeSecrets)');
  }
  const stats = await lstat(path).catch((error: unknown) => {
    const code = systemCode(error);
    if (code === 'ENOENT') return null;
    throw refused(given, `cannot be looked at (${code ?? 'unknown'})`);
  });
  if (stats?.isSymbolicLink()) throw refused(given, await linkProblem(path, root));
  if (stats && !stats.isFile()) throw refused(given, 'is no plain file');
  return { repo: { id: repo.id, name: repo.name, root }, path, shown, exists: stats !== null };
}

/** A link is not followed: to what is written must be said by its own name. */
async function linkProblem(path: string, root: string): Promise<string> {
  const target = await realpath(path).catch(() => null);
  if (target === null) return 'is a symbolic link that leads nowhere';
  if (!isBelow(target, root)) return 'is a symbolic link that leads out of the repository';
  return `is a symbolic link: name the file that it leads to, ${relative(root, target).split(sep).join('/')}`;
}

function nameProblem(given: string): string | null {
  if (given === '' || given.length > longestPath) return 'is no path that can be used';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this finds
  if (/[\x00-\x1f\x7f]/.test(given)) return 'has control characters in it';
  if (given.endsWith('/')) return 'is a folder';
  if (given.split('/').some(isGitFolder)) return "is git's own";
  return null;
}

/** Names that a file system may take for `.git`: of other case, or with characters that it ignores. Pure. */
function isGitFolder(name: string): boolean {
  const plain = name.normalize('NFKC').replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g, '');
  return /^\.git[. ]*$/i.test(plain) || /^git~\d+$/i.test(plain);
}

/** The path of a folder without symbolic links; what is not there yet is put behind what is. */
async function realFolder(folder: string): Promise<string> {
  const missing: string[] = [];
  for (let at = folder; ; at = dirname(at)) {
    try {
      return join(await realpath(at), ...missing);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT' || at === dirname(at)) throw error;
      // A link to what is not there must not become a folder somewhere else.
      if (await lstat(at).catch(() => null)) throw error;
      missing.unshift(basename(at));
    }
  }
}

function innermost(repos: readonly EditRepo[], path: string): EditRepo[] {
  const around = repos.filter(({ root }) => isBelow(resolve(path), root));
  return around.sort((a, b) => b.root.length - a.root.length).slice(0, 1);
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function refused(given: string, what: string): LcadError {
  return new LcadError('EDIT_REFUSED', `${JSON.stringify(given)} ${what}.`);
}
