import { constants, realpathSync } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute } from 'node:path';
import { LcadError, messageOf, systemCode } from '../../shared/errors.js';

/** Folders of the system: nobody means all of it. */
const systemFolders = new Set(
  [
    '/bin /boot /etc /home /lib /lib32 /lib64 /media /mnt /opt /root /run /sbin /snap /tmp /usr /var /var/tmp',
    '/usr/bin /usr/include /usr/lib /usr/lib64 /usr/libexec /usr/local /usr/sbin /usr/share /var/lib /var/log',
    '/Applications /Library /Network /System /Users /Volumes /private /private/etc /private/tmp /private/var',
  ].flatMap((line) => line.split(' ')),
);

/** Not files at all, however deep. */
const virtualTrees = /^\/(proc|sys|dev)(\/|$)/;

/**
 * The canonical path of a folder that somebody named.
 * @throws INVALID_PARAMS (not an absolute path), REPO_PATH_NOT_FOUND, REPO_NOT_A_FOLDER, REPO_PERMISSION,
 * REPO_TOO_BROAD
 */
export async function resolveFolder(path: string): Promise<string> {
  if (!isAbsolute(path)) throw new LcadError('INVALID_PARAMS', `The path is not absolute: ${path}`);
  const folder = await existing(path);
  if (isTooBroad(folder))
    throw new LcadError('REPO_TOO_BROAD', `${folder} is too broad to be indexed as one.`);
  try {
    await access(folder, constants.R_OK | constants.X_OK);
  } catch (error) {
    throw new LcadError('REPO_PERMISSION', `${folder} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  return folder;
}

/** True for the root, the home folder and what is above it, and folders of the system. @param folder canonical */
export function isTooBroad(folder: string, home: string = canonicalHome()): boolean {
  if (systemFolders.has(folder) || virtualTrees.test(folder)) return true;
  return folder === '/' || folder === home || home.startsWith(`${folder}/`);
}

function canonicalHome(): string {
  try {
    return realpathSync(homedir());
  } catch (error) {
    // A user without a home folder, as services have it.
    if (systemCode(error) !== undefined) return homedir();
    throw error;
  }
}

async function existing(path: string): Promise<string> {
  try {
    const folder = await realpath(path);
    if (!(await stat(folder)).isDirectory()) {
      const next = `Give the folder that contains it: ${dirname(folder)}`;
      throw new LcadError('REPO_NOT_A_FOLDER', `${path} is not a folder.`, { next });
    }
    return folder;
  } catch (error) {
    if (error instanceof LcadError) throw error;
    const code = systemCode(error);
    if (code === 'EACCES' || code === 'EPERM') {
      throw new LcadError('REPO_PERMISSION', `${path} cannot be reached: ${messageOf(error)}`, {
        cause: error,
      });
    }
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be found (${code ?? messageOf(error)})`;
    throw new LcadError('REPO_PATH_NOT_FOUND', `${path} ${why}.`, { cause: error });
  }
}
