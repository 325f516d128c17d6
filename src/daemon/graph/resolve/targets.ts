import type { Binding, Certainty, Found, Import, Project, Target, Unresolved } from './contract.js';
import { foldersUp, isBelow, nameOf } from './paths.js';

export function found(paths: readonly string[], certainty: Certainty, bindings?: readonly Binding[]): Found {
  return bindings ? { paths, certainty, bindings } : { paths, certainty };
}

export function inFiles(target: Found): Target {
  return { kind: 'file', ...target };
}

export function external(name: string, certainty: Certainty): Target {
  return { kind: 'external', name, certainty };
}

export function unresolved(why: Unresolved, certainty: Certainty = 'exact'): Target {
  return { kind: 'unresolved', why, certainty };
}

const order: readonly Certainty[] = ['exact', 'convention', 'name'];

/** The lesser of two certainties. */
export function lesser(a: Certainty, b: Certainty): Certainty {
  return order.indexOf(a) > order.indexOf(b) ? a : b;
}

/** The names of an import that are names, without `*`. */
export function plainNames(imported: Import): readonly string[] {
  return imported.names.filter((name) => name !== '*');
}

/** One target of several names: the union of their files, in order of first mention. */
export function bound(bindings: readonly Binding[], certainty: Certainty): Found {
  return found([...new Set(bindings.flatMap((binding) => binding.paths))], certainty, bindings);
}

/** Folders in which sources usually begin, tried below the folders around the importing file. */
const sourceFolders = ['', 'include', 'src', 'inc', 'lib', 'source', 'sources'];

/**
 * The files whose paths end with `path` (whole parts): one is `convention`. Of several, the one whose beginning is a
 * source folder of the nearest folder around the importing file is `convention`; otherwise all are `name`.
 */
export function byEnding(
  project: Project,
  path: string,
  folder: string,
  folders: readonly string[] = sourceFolders,
): Found | null {
  const same = project.filesNamed(nameOf(path));
  const candidates = same.filter((file) => endsWithPath(file, path));
  if (candidates.length === 0) return null;
  if (candidates.length === 1) return found(candidates, 'convention');
  const known = new Set(candidates);
  for (const around of foldersUp(folder)) {
    for (const source of folders) {
      const prefix = [around, source].filter(Boolean).join('/');
      const file = prefix === '' ? path : `${prefix}/${path}`;
      if (known.has(file)) return found([file], 'convention');
    }
  }
  return found(candidates, 'name');
}

/** Whether the last parts of `file` are `path`. */
export function endsWithPath(file: string, path: string): boolean {
  if (!file.endsWith(path)) return false;
  return file.length === path.length || file[file.length - path.length - 1] === '/';
}

/** The nearest file of one of these names in the folder or those around it. */
export function nearest(project: Project, folder: string, ...names: string[]): string | null {
  for (const around of foldersUp(folder)) {
    for (const name of names) {
      const path = around === '' ? name : `${around}/${name}`;
      if (project.has(path)) return path;
    }
  }
  return null;
}

/** All files below a folder with one of these endings (with the dot), in order of folders. */
export function filesBelow(project: Project, folder: string, endings: readonly string[]): string[] {
  const files: string[] = [];
  const pending = [folder];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    for (const file of project.filesIn(at))
      if (endings.some((ending) => file.endsWith(ending))) files.push(file);
    pending.push(...[...project.foldersIn(at)].reverse());
  }
  return files;
}

/** The entries of a list whose paths lie in the nearest of the folders around the importing file that has any. */
export function nearestOf<T extends { folder: string }>(entries: readonly T[], folder: string): T | null {
  let best: T | null = null;
  for (const entry of entries) {
    if (isBelow(folder, entry.folder) && entry.folder.length >= (best?.folder.length ?? 0)) best = entry;
  }
  return best;
}
