/** Paths in a repository: relative to it, with slashes, without `.` and `..`; `''` is the repository itself. */

/** The folder of a path. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A file name without its last ending; `''` endings and names that begin with the only dot stay. */
export function stemOf(path: string): string {
  const name = nameOf(path);
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? name : name.slice(0, dot);
}

/** `relative` seen from `folder`; null if it leads out of the repository. Empty parts and `.` vanish. */
export function joinPath(folder: string, relative: string): string | null {
  if (!relative.includes('.') && !relative.includes('//') && !relative.endsWith('/') && relative[0] !== '/') {
    return below(folder, relative);
  }
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of relative.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join('/');
}

/** `path` below `folder`, both free of `.` and `..`. */
export function below(folder: string, path: string): string {
  if (folder === '') return path;
  return path === '' ? folder : `${folder}/${path}`;
}

/** Whether a path is the folder itself or lies in it. */
export function isBelow(path: string, folder: string): boolean {
  return folder === '' || path === folder || (path.startsWith(folder) && path[folder.length] === '/');
}

/** What remains of a path that `isBelow` a folder. */
export function restOf(path: string, folder: string): string {
  return folder === '' ? path : path.slice(folder.length + 1);
}

/** The folder and those around it, innermost first, `''` last. */
export function* foldersUp(folder: string): Generator<string> {
  let at = folder;
  while (at !== '') {
    yield at;
    at = folderOf(at);
  }
  yield '';
}

/** Number of leading folders that two paths share. */
export function sharedFolders(a: string, b: string): number {
  let shared = 0;
  const end = Math.min(a.length, b.length);
  for (let i = 0; i < end && a.charCodeAt(i) === b.charCodeAt(i); i++) if (a.charCodeAt(i) === 47) shared++;
  return shared;
}

const asidePlace =
  /(^|\/)(([^/]*[._-])?tests?|testsuite|testdata|test-?cases?|spec|fixtures?|__fixtures__|__tests__|mocks?|examples?|_examples|samples?|benchmarks?|benches|vendor|third_party|node_modules)(\/|$)/i;

/** Whether what lies at this path is there for tests or as an example, and not for others to import. */
export function isAside(path: string): boolean {
  return asidePlace.test(path);
}
