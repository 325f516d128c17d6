import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The git checkout around a folder. */
export interface Checkout {
  /** Its top level. */
  root: string;
  /** A submodule belongs to the repository around it. */
  submodule: boolean;
}

/** The innermost git checkout that a folder is in, or null. Looks at the file system alone; git is not run. */
export function checkoutAround(folder: string): Checkout | null {
  for (let at = folder; ; at = dirname(at)) {
    const kind = gitEntry(join(at, '.git'));
    if (kind) return { root: at, submodule: kind === 'submodule' };
    if (dirname(at) === at) return null;
  }
}

function gitEntry(path: string): 'repository' | 'submodule' | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return null;
  if (stat.isDirectory()) return 'repository';
  // A linked worktree and a submodule have a file here that names their git directory.
  return /^gitdir:.*\/modules\//m.test(readFileSync(path, 'utf8')) ? 'submodule' : 'repository';
}
