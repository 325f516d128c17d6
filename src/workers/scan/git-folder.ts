import { lstatSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { systemCode } from '../../shared/errors.js';

/**
 * The git directory of a folder that is a repository's top level, null if it is none. As git does it, a `.git` that is
 * neither a git directory nor a file that points to one does not count (setup.c: is_nonbare_repository_dir).
 */
export function gitDirOf(folder: string): string | null {
  const dotGit = `${folder}/.git`;
  try {
    const stat = statSync(dotGit, { throwIfNoEntry: false });
    if (stat?.isDirectory()) return isGitDir(dotGit) ? dotGit : null;
    const target = stat?.isFile() ? pointedTo(dotGit) : null;
    return target !== null && isGitDir(target) ? target : null;
  } catch (error) {
    if (systemCode(error) !== undefined) return null;
    throw error;
  }
}

/** The directory that linked worktrees share (gitrepository-layout(5): commondir); the git directory itself if none. */
export function commonDirOf(gitDir: string): string {
  const text = readText(`${gitDir}/commondir`);
  return text === null ? gitDir : resolve(gitDir, text.trim());
}

/** The target of a `.git` file, "gitdir: <path>"; null if the file says nothing of the kind. */
function pointedTo(gitFile: string): string | null {
  const text = readText(gitFile);
  const target = text?.match(/^gitdir: ([^\n\r]+)/)?.[1];
  return target === undefined ? null : resolve(gitFile, '..', target);
}

/** True for a git directory: it has objects, refs and a HEAD that could be one (setup.c: is_git_directory). */
export function isGitDir(folder: string): boolean {
  try {
    const common = commonDirOf(folder);
    if (!statSync(`${common}/objects`, { throwIfNoEntry: false })?.isDirectory()) return false;
    if (!statSync(`${common}/refs`, { throwIfNoEntry: false })?.isDirectory()) return false;
    return hasHead(`${folder}/HEAD`);
  } catch (error) {
    if (systemCode(error) !== undefined) return false;
    throw error;
  }
}

function hasHead(file: string): boolean {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (stat?.isSymbolicLink()) return readlinkSync(file).startsWith('refs/');
  const text = readText(file);
  return text !== null && (/^ref:\s*refs\//.test(text) || /^[0-9a-f]{40}/.test(text));
}

/** The text of a small file, null if it cannot be read for whatever reason. */
export function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (systemCode(error) !== undefined) return null;
    throw error;
  }
}
