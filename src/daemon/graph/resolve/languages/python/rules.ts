import type {
  Binding,
  Certainty,
  Found,
  Import,
  Importer,
  LanguageRules,
  Project,
  Target,
} from '../../contract.js';
import { below, folderOf, isAside, joinPath } from '../../paths.js';
import { bound, byEnding, external, found, inFiles, lesser, plainNames, unresolved } from '../../targets.js';
import { distributionName, type PythonProject, projectsAround, pythonProjects } from './roots.js';
import { standardModules } from './standard.js';

/** Rules of Python's import system, for packages as their projects lay them out. Bazel's `load` comes with it. */
export const pythonRules: LanguageRules = {
  resolve(imported, from, project) {
    if (bazelLabel.test(imported.specifier)) return label(imported, from, project);
    if (!/^\.*[\p{L}_]?[\p{L}\p{N}_.]*$/u.test(imported.specifier) || imported.specifier === '') {
      return unresolved('dynamic');
    }
    return imported.specifier.startsWith('.')
      ? relative(imported, from, project)
      : absolute(imported, from, project);
  },

  provided(imported, _from, other) {
    if (bazelLabel.test(imported.specifier) || imported.specifier.startsWith('.')) return null;
    const parts = imported.specifier.split('.');
    if (standardModules.has(parts[0] ?? '')) return null;
    // Tests and tools at the top of a repository are no packages that others import.
    if (localFolders.has(parts[0] ?? '')) return null;
    for (const owner of pythonProjects(other)) {
      if (isAside(owner.folder)) continue;
      for (const place of placesIn(parts, owner)) {
        const files = lookUp(other, place.folder, place.parts, imported, 'convention');
        if (files) return files;
      }
    }
    return null;
  },
};

const bazelLabel = /^(@|\/\/|:)/;
const localFolders = new Set([
  'test',
  'tests',
  'docs',
  'doc',
  'examples',
  'scripts',
  'tools',
  'setup',
  'conftest',
]);
const moduleEndings = ['.py', '.pyx', '.pyi', '.pxd', '.pyw'];

/** A folder in which a dotted name may begin. */
interface Start {
  readonly folder: string;
  readonly certainty: Certainty;
}

interface Place extends Start {
  readonly parts: readonly string[];
}

/** Where a name leads that a project gives a folder of its own. */
function renamedPlaces(parts: readonly string[], { packageFolders }: PythonProject): Place[] {
  const renamed: Place[] = [];
  for (let end = packageFolders.size === 0 ? 0 : parts.length; end > 0; end--) {
    const folder = packageFolders.get(parts.slice(0, end).join('.'));
    if (folder !== undefined) renamed.push({ folder, parts: parts.slice(end), certainty: 'exact' });
  }
  return renamed;
}

function startsOf({ roots }: PythonProject): Start[] {
  return roots.map(({ folder, stated }) => ({ folder, certainty: stated ? 'exact' : 'convention' }));
}

function placesIn(parts: readonly string[], owner: PythonProject): Place[] {
  return [...renamedPlaces(parts, owner), ...startsOf(owner).map((start) => ({ ...start, parts }))];
}

function relative(imported: Import, from: Importer, project: Project): Target {
  const [, dots = '', rest = ''] = /^(\.+)(.*)$/.exec(imported.specifier) ?? [];
  const base = joinPath(folderOf(from.path), '../'.repeat(dots.length - 1));
  if (base === null) return unresolved('outside');
  const parts = rest === '' ? [] : rest.split('.');
  const files = lookUp(project, base, parts, imported, 'exact');
  return files ? inFiles(files) : unresolved('missing');
}

function absolute(imported: Import, from: Importer, project: Project): Target {
  const folder = folderOf(from.path);
  const parts = imported.specifier.split('.');
  const top = parts[0] ?? '';
  const standard = standardModules.has(top);
  let begun = false;
  for (const owner of projectsAround(project, folder)) {
    for (const place of renamedPlaces(parts, owner)) {
      const files = lookUp(project, place.folder, place.parts, imported, place.certainty);
      if (files) return inFiles(files);
    }
  }
  for (const { folder: root, certainty } of startsFor(project, folder)) {
    if (standard && certainty !== 'exact') continue;
    const files = lookUp(project, root, parts, imported, certainty);
    if (files) return inFiles(files);
    begun ||= certainty === 'exact' && isPackage(project, below(root, top));
  }
  if (standard) return external(top, 'exact');
  // The package is this repository's, the module is not: compiled, generated, or gone.
  if (begun) return unresolved('missing');
  const name = distributionName(top);
  const around = projectsAround(project, folder);
  const listed = around.some(({ requires }) => requires.has(name));
  if (!listed || pythonProjects(project).some((owner) => owner.name === name)) {
    const files = elsewhere(imported, parts, project);
    const local = around.some((owner) => owner.local.has(name));
    if (files)
      return inFiles(local && files.certainty === 'convention' ? { ...files, certainty: 'exact' } : files);
  }
  return external(top, listed ? 'exact' : 'name');
}

/** The roots of the projects around a folder, then the folder above its outermost package: its own, if it is none. */
function startsFor(project: Project, folder: string): readonly Start[] {
  const known = project.fact(startsByFolder);
  let starts = known.get(folder);
  if (!starts) {
    const around = projectsAround(project, folder);
    const top = aboveOutermost(project, folder);
    starts = [
      ...around.flatMap(startsOf),
      { folder: top, certainty: around.length > 0 ? 'convention' : 'exact' },
    ];
    if (around.length === 0) {
      starts.push({ folder: 'src', certainty: 'convention' }, { folder: '', certainty: 'convention' });
    }
    known.set(folder, starts);
  }
  return starts;
}

/** Filled as folders are asked for. */
function startsByFolder(): Map<string, Start[]> {
  return new Map();
}

/** The folder that holds the outermost package around a folder: the first without `__init__`. */
function aboveOutermost(project: Project, folder: string): string {
  let at = folder;
  while (at !== '' && isPackage(project, at)) at = folderOf(at);
  return at;
}

/** Projects elsewhere in the repository, then any package of that name. */
function elsewhere(imported: Import, parts: readonly string[], project: Project): Found | null {
  const results: Found[] = [];
  for (const owner of pythonProjects(project)) {
    for (const place of placesIn(parts, owner)) {
      const files = lookUp(project, place.folder, place.parts, imported, 'name');
      if (files) results.push(files);
    }
  }
  const unique = new Map(results.map((result) => [result.paths.join('\n'), result]));
  const [first, ...more] = unique.values();
  if (first && more.length === 0) return { ...first, certainty: 'convention' };
  if (first) return merged([first, ...more]);
  if (parts.length < 2) return null;
  const path = parts.join('/');
  const byName = byEnding(project, `${path}/__init__.py`, '') ?? byEnding(project, `${path}.py`, '');
  return byName && { ...byName, certainty: 'name' };
}

function merged(results: readonly Found[]): Found {
  const paths = [...new Set(results.flatMap((result) => result.paths))];
  const bindings = results.flatMap((result) => result.bindings ?? []);
  return found(paths, 'name', bindings.length > 0 ? bindings : undefined);
}

/** A dotted name below a folder, and the names taken from it, which may be modules themselves. */
function lookUp(
  project: Project,
  folder: string,
  parts: readonly string[],
  imported: Import,
  certainty: Certainty,
): Found | null {
  const path = below(folder, parts.join('/'));
  const own = moduleFiles(project, path);
  const names = plainNames(imported);
  if (own.length === 0 && !project.isFolder(path)) return null;
  const bindings = names.map((name): Binding => {
    const files = isPackageFolder(project, path) ? moduleFiles(project, below(path, name)) : [];
    return files.length > 0 ? { name, paths: files, symbols: [] } : { name, paths: own, symbols: [name] };
  });
  const submodules = bindings.filter((binding) => binding.symbols.length === 0);
  if (own.length === 0 && submodules.length === 0)
    return namespace(project, path, parts, imported, certainty);
  if (submodules.length === 0) return found(own, certainty);
  const { paths } = bound(bindings, certainty);
  return found(paths, own.length === 0 ? lesser(certainty, 'convention') : certainty, bindings);
}

/** A folder without `__init__` imported as such: nothing of it runs. Its modules are what `*` or the name can mean. */
function namespace(
  project: Project,
  path: string,
  parts: readonly string[],
  imported: Import,
  certainty: Certainty,
): Found | null {
  const relativeImport = imported.specifier.startsWith('.');
  if (plainNames(imported).length > 0 || (parts.length < 2 && !relativeImport)) return null;
  const files = project.filesIn(path).filter((file) => /\.pyi?$/.test(file));
  return files.length > 0 ? found(files, lesser(certainty, 'convention')) : null;
}

/** The files of a module: a package wins over a module, and a stub comes with what it describes. */
function moduleFiles(project: Project, path: string): readonly string[] {
  const known = project.fact(filesByModule);
  let files = known.get(path);
  if (!files) {
    files = findModule(project, path);
    known.set(path, files);
  }
  return files;
}

/** Filled as modules are asked for. */
function filesByModule(): Map<string, readonly string[]> {
  return new Map();
}

function findModule(project: Project, path: string): readonly string[] {
  if (project.isFolder(path)) {
    const inside = ['.py', '.pyx', '.pyi'].map((ending) => below(path, `__init__${ending}`));
    const asPackage = inside.filter((file) => project.has(file));
    if (asPackage.length > 0) return asPackage;
  }
  return path === '' ? [] : moduleEndings.map((ending) => path + ending).filter((file) => project.has(file));
}

function isPackage(project: Project, folder: string): boolean {
  return project.has(below(folder, '__init__.py')) || project.has(below(folder, '__init__.pyi'));
}

/** Whether names in it can be modules: a package or a namespace, not a module beside a folder of the same name. */
function isPackageFolder(project: Project, path: string): boolean {
  return isPackage(project, path) || moduleFiles(project, path).length === 0;
}

/** Labels of Bazel: `//folder:file`, `:file`; `@repository//…` is external. */
function label(imported: Import, from: Importer, project: Project): Target {
  const [, repository, folder, file] = /^(@[^/]*)?(?:\/\/([^:]*))?:?(.*)$/.exec(imported.specifier) ?? [];
  if (repository !== undefined && repository !== '@') return external(repository, 'exact');
  const path = joinPath(folder ?? folderOf(from.path), file || 'BUILD.bazel');
  return path !== null && project.has(path) ? inFiles(found([path], 'exact')) : unresolved('missing');
}
