import { lstatSync, readlinkSync } from 'node:fs';
import { readText } from '../../workers/scan/git-folder.js';

const commitId = /^([0-9a-f]{64}|[0-9a-f]{40})(?![0-9a-f])/;
const maxSymbolicDepth = 5;

/** What HEAD or another ref holds. */
export type RefValue = { ref: string } | { commit: string } | null;

/** Reads one ref file: a commit, the name of another ref, or null if it is neither or not there. */
export function readRefFile(file: string): RefValue {
  const text = linkTarget(file) ?? readText(file);
  if (text === null) return null;
  const ref = /^ref:\s*(\S.*)/.exec(text)?.[1]?.trimEnd();
  if (ref !== undefined) return { ref };
  const commit = commitId.exec(text)?.[1];
  return commit === undefined ? null : { commit };
}

/**
 * The commit that a ref names, read from the files as gitrepository-layout(5) has them: the loose ref, then
 * packed-refs. Null if it names none, as on a branch without a commit.
 */
export function resolveRef(gitDir: string, commonDir: string, ref: string): string | null {
  let name = ref;
  for (let depth = 0; depth < maxSymbolicDepth; depth++) {
    if (!/^[^/]/.test(name) || name.split('/').includes('..')) return null;
    const value = readRefFile(`${isPerWorktree(name) ? gitDir : commonDir}/${name}`);
    if (value === null) return packedRef(readText(`${commonDir}/packed-refs`) ?? '', name);
    if ('commit' in value) return value.commit;
    name = value.ref;
  }
  return null;
}

/** Finds a ref in the text of a packed-refs file. Pure. */
export function packedRef(text: string, ref: string): string | null {
  for (let at = text.indexOf(` ${ref}\n`); at >= 0; at = text.indexOf(` ${ref}\n`, at + 1)) {
    const lineStart = text.lastIndexOf('\n', at) + 1;
    const commit = text.slice(lineStart, at);
    if (commitId.exec(commit)?.[1] === commit) return commit;
  }
  return null;
}

function isPerWorktree(ref: string): boolean {
  return !ref.startsWith('refs/') || /^refs\/(bisect|worktree|rewritten)\//.test(ref);
}

/** HEAD may be a symbolic link to the ref, in repositories from long ago. */
function linkTarget(file: string): string | null {
  if (!lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink()) return null;
  const target = readlinkSync(file);
  return target.startsWith('refs/') ? `ref: ${target}` : null;
}
