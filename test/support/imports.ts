import type { Declarations, Import, Project, Target } from '../../src/daemon/graph/resolve/contract.js';
import { DeclarationIndex, type Declared } from '../../src/daemon/graph/resolve/declarations.js';
import { ProjectIndex } from '../../src/daemon/graph/resolve/project.js';
import { isProjectFile } from '../../src/daemon/graph/resolve/project-files.js';
import { ImportResolver } from '../../src/daemon/graph/resolve/resolver.js';

/** Files by path. Only the texts of project files count; others may be ''. */
export type Tree = Record<string, string>;

/** What is needed to say an import; the rest is usual. */
export type Written = Partial<Import> & { specifier: string };

function declarationsOf(declared: Record<string, Declared>): Declarations {
  const index = new DeclarationIndex();
  for (const [path, what] of Object.entries(declared)) index.set(path, what);
  return index;
}

export function projectOf(tree: Tree, declared: Record<string, Declared> = {}, repo = 'here'): ProjectIndex {
  const texts = Object.entries(tree).filter(([path]) => isProjectFile(path));
  return new ProjectIndex(repo, Object.keys(tree), texts, declarationsOf(declared));
}

/** Resolves imports of one language in a tree. */
export function resolverOf(language: string, project: Project, ...others: Project[]) {
  const resolver = new ImportResolver(project, () => others);
  return (path: string, written: string | Written): Target => {
    const given = typeof written === 'string' ? { specifier: written } : written;
    const imported: Import = { names: [], form: 'static', line: 1, ...given };
    const [target] = resolver.resolve({ path, language }, [imported]);
    if (!target) throw new Error('no target');
    return target;
  };
}

export const exactly = (...paths: string[]) => ({ kind: 'file', paths, certainty: 'exact' });
export const usually = (...paths: string[]) => ({ kind: 'file', paths, certainty: 'convention' });
export const perhaps = (...paths: string[]) => ({ kind: 'file', paths, certainty: 'name' });
export const outside = (name: string, certainty = 'exact') => ({ kind: 'external', name, certainty });
export const nothing = (why: string, certainty = 'exact') => ({ kind: 'unresolved', why, certainty });
