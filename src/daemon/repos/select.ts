import { isAbsolute, sep } from 'node:path';
import { LcadError } from '../../shared/errors.js';

interface Selectable {
  readonly id: string;
  readonly name: string;
  readonly root: string;
}

/** True if `path` is `folder` or below it. Both absolute. Pure. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/**
 * The repository that a client named by id, by a path of it or in it (the innermost wins), or by folder name. Pure.
 * @throws REPO_NOT_REGISTERED, REPO_AMBIGUOUS
 */
export function selectRepo<T extends Selectable>(repos: readonly T[], selector: string): T {
  const byId = repos.find(({ id }) => id === selector);
  if (byId) return byId;
  if (isAbsolute(selector)) {
    const path = selector.length > 1 && selector.endsWith(sep) ? selector.slice(0, -1) : selector;
    const around = repos
      .filter(({ root }) => isWithin(path, root))
      .sort((a, b) => b.root.length - a.root.length);
    if (around[0]) return around[0];
    throw new LcadError('REPO_NOT_REGISTERED', `${selector} is in no registered repository.`);
  }
  const named = repos.filter(({ name }) => name === selector);
  if (named.length > 1) {
    const roots = named.map(({ root }) => root);
    throw new LcadError(
      'REPO_AMBIGUOUS',
      `Several repositories are called ${selector}: ${roots.join(', ')}.`,
      {
        details: { roots },
      },
    );
  }
  if (named[0]) return named[0];
  throw new LcadError('REPO_NOT_REGISTERED', `No registered repository is called ${selector}.`);
}
