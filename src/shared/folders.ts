import { chmodSync, lstatSync, mkdirSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { LcadError, messageOf, systemCode } from './errors.js';

/**
 * Longest path of a Unix socket in bytes, without the closing zero: sockaddr_un.sun_path has 108 bytes on Linux and
 * 104 on macOS. Node 20 cuts a longer path without an error.
 */
export function longestSocketPath(platform = process.platform): number {
  return platform === 'darwin' ? 103 : 107;
}

/** Throws SOCKET_PATH_TOO_LONG where the kernel could not hold the path. */
export function checkSocketPath(path: string, platform = process.platform): void {
  const bytes = Buffer.byteLength(path);
  const longest = longestSocketPath(platform);
  if (bytes <= longest) return;
  throw new LcadError(
    'SOCKET_PATH_TOO_LONG',
    `The socket's path has ${bytes} bytes, and this system allows ${longest}: ${path}`,
    { details: { path, bytes, longest } },
  );
}

/**
 * Makes a folder that only this user can enter, or checks one that is there: a real folder, owned by this user, mode
 * 0700. Wider modes are narrowed. Parents that are missing are created.
 *
 * @param options.followLink allow the path to be a symlink to such a folder (for data that a user keeps elsewhere)
 * @throws LcadError FOLDER_UNSAFE where it belongs to someone else, is no folder, or cannot be created or narrowed
 */
export function ensurePrivateFolder(path: string, options: { followLink?: boolean } = {}): void {
  makeFolder(path);
  const stats = options.followLink ? statOf(path, statSync) : statOf(path, lstatSync);
  const wrong = ownFolderProblem(stats);
  if (wrong) throw unsafe(path, wrong);
  if ((stats.mode & 0o777) === 0o700) return;
  try {
    chmodSync(path, 0o700);
  } catch (error) {
    throw unsafe(path, `is open to others (mode ${octal(stats)}) and cannot be closed`, error);
  }
  const mended = statOf(path, statSync);
  if ((mended.mode & 0o077) !== 0) throw unsafe(path, `stays open to others (mode ${octal(mended)})`);
}

/**
 * Whether a client may trust a socket at `path`: null if so, else what is wrong. The socket must be this user's, in
 * a folder in which no other user can put another in its place. Costs two system calls.
 *
 * @returns null as well where there is nothing at the path
 */
export function socketProblem(path: string): string | null {
  let stats: Stats | undefined;
  try {
    stats = lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    return systemCode(error) === 'ENOTDIR' ? null : messageOf(error);
  }
  if (!stats) return null;
  if (!stats.isSocket()) return `${path} is not a socket`;
  if (stats.uid !== currentUser()) return `${path} belongs to user ${stats.uid}`;
  const folder = statSync(dirname(path));
  const trusted = folder.uid === currentUser() || folder.uid === 0;
  if (!trusted) return `${dirname(path)} belongs to user ${folder.uid}`;
  const sticky = (folder.mode & 0o1000) !== 0;
  if ((folder.mode & 0o022) !== 0 && !sticky) return `${dirname(path)} can be written by others`;
  return null;
}

/** The user this process acts as. */
export function currentUser(): number {
  return process.geteuid?.() ?? -1;
}

function makeFolder(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw unsafe(path, `cannot be created: ${messageOf(error)}`, error);
  }
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw unsafe(path, `cannot be created: ${messageOf(error)}`, error);
  }
}

function ownFolderProblem(stats: Stats): string | null {
  if (stats.isSymbolicLink()) return 'is a symbolic link';
  if (!stats.isDirectory()) return 'is not a folder';
  if (stats.uid !== currentUser()) return `belongs to user ${stats.uid}, and you are user ${currentUser()}`;
  return null;
}

function statOf(path: string, stat: (path: string) => Stats): Stats {
  try {
    return stat(path);
  } catch (error) {
    throw unsafe(path, `cannot be looked at: ${messageOf(error)}`, error);
  }
}

function octal(stats: Stats): string {
  return (stats.mode & 0o777).toString(8).padStart(4, '0');
}

function unsafe(path: string, problem: string, cause?: unknown): LcadError {
  return new LcadError('FOLDER_UNSAFE', `The folder ${path} ${problem}.`, { details: { path }, cause });
}
