import { constants, type Dirent, lstatSync, readdirSync } from 'node:fs';
import { access, opendir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { systemCode } from '../../shared/errors.js';

/** Whether `path` is `folder` or lies below it. */
export function isWithin(path: string, folder: string): boolean {
  return path.startsWith(folder) && (path.length === folder.length || path[folder.length] === '/');
}

/** Whether a path lies inside some .git directory; the directory itself does not. */
export function isInsideGitDir(path: string): boolean {
  return path.includes('/.git/');
}

/** Whether there is a real folder (no link to one) at the path. */
export function isFolder(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    // Unreadable or gone meanwhile: nothing to watch there.
    return false;
  }
}

/** Folders directly below one, without .git. Empty when it cannot be read. */
export function subfolders(folder: string): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    // Gone again or unreadable: no folders to be found.
    return [];
  }
  return entries.filter((e) => e.isDirectory() && e.name !== '.git').map((e) => join(folder, e.name));
}

/** What tells a directory from another one at the same path; null when there is no directory. */
export async function identityOf(folder: string): Promise<string | null> {
  try {
    const found = await stat(folder);
    return found.isDirectory() ? `${found.dev}:${found.ino}` : null;
  } catch {
    // Whatever keeps it from being read, it cannot be watched now.
    return null;
  }
}

/**
 * Folders at or below `root` that this user may not open, at most `limit`; the native watcher gives up on a whole
 * root for one of them.
 */
export async function unreadableFolders(
  root: string,
  pruned: (folder: string) => boolean,
  limit: number,
): Promise<string[]> {
  const found: string[] = [];
  const queue = [root];
  for (let folder = queue.pop(); folder !== undefined && found.length < limit; folder = queue.pop()) {
    try {
      await access(folder, constants.R_OK | constants.X_OK);
      for await (const entry of await opendir(folder)) {
        const path = join(folder, entry.name);
        if (entry.isDirectory() && !pruned(path) && basename(path) !== '.git') queue.push(path);
      }
    } catch (error) {
      const code = systemCode(error);
      if (code === 'EACCES' || code === 'EPERM') found.push(folder);
    }
  }
  return found;
}

/** Whether a folder exists and may be opened. */
export async function isReadableFolder(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.R_OK | constants.X_OK);
    return isFolder(folder);
  } catch {
    // Missing or closed to this user: the same to a watcher.
    return false;
  }
}

/** Number of folders at and below those given, counted up to `limit`. */
export function countFolders(folders: string[], limit: number): number {
  const queue = folders.filter(isFolder);
  let count = 0;
  for (let folder = queue.pop(); folder !== undefined && count < limit; folder = queue.pop()) {
    count += 1;
    queue.push(...subfolders(folder));
  }
  return count;
}
