import type {
  Binding,
  Certainty,
  Found,
  Import,
  Importer,
  LanguageRules,
  Project,
  Target,
} from '../contract.js';
import { below, folderOf, joinPath, nameOf, stemOf } from '../paths.js';
import { bound, external, found, inFiles, lesser, plainNames, unresolved } from '../targets.js';
import { type Crate, codeName, crateAround, crateIn, cratesNamed } from './cargo.js';

/** A module: the files it can be in, the folder of its children, and where it stands. */
interface Module {
  readonly files: readonly string[];
  readonly folder: string;
}

/** A module and what of a path is left to find in it. */
interface Place {
  readonly module: Module;
  readonly rest: readonly string[];
}

const standard = new Set(['std', 'core', 'alloc', 'proc_macro', 'test']);

/** Rust: modules by the places of their files. An inline module is part of the file that it stands in. */
export const rustRules: LanguageRules = {
  place: (from) => from.path,

  resolve(imported, from, project) {
    if (imported.form === 'include') return declared(imported, from, project);
    const [first = '', ...segments] = partsOf(imported);
    const crate = crateAround(project, folderOf(from.path));
    const start = startOf(first, segments, imported, from, crate, project);
    if (start) return at(start.place, imported, start.certainty, project);
    if (standard.has(first)) return external(first, 'exact');
    const listed = crate?.dependencies.get(first);
    if (listed) return external(listed.package, 'exact');
    // An enum or an inline module of the file itself; crates have no capitals.
    const own = project.declarations.defines(from.path, first)
      ? 'exact'
      : /^[A-Z]/.test(first)
        ? 'name'
        : null;
    return own === null
      ? external(first, 'name')
      : at(ownPlace(imported, from, crate, project, [first, ...segments]), imported, own, project);
  },

  provided(imported, _from, other) {
    if (imported.form === 'include') return null;
    const [first = '', ...segments] = partsOf(imported);
    const [crate] = cratesNamed(other, first);
    if (!crate?.root || standard.has(first)) return null;
    return foundAt(walk(other, rootModule(crate.root), segments), imported, 'convention', other);
  },
};

function partsOf(imported: Import): string[] {
  const parts = imported.specifier
    .replace(/^::/, '')
    .replace(/^\$crate\b/, 'crate')
    .split('::');
  return parts.map((part) => part.trim().replace(/^r#/, '')).filter((part) => part !== '' && part !== '*');
}

function startOf(
  first: string,
  segments: readonly string[],
  imported: Import,
  from: Importer,
  crate: Crate | null,
  project: Project,
): { place: Place; certainty: Certainty } | null {
  const own = () => moduleOf(project, from.path, crate, imported.scope ?? []);
  if (first === 'crate') return sure(walk(project, rootOf(project, from.path, crate), segments));
  if (first === 'self') return sure(inModule(project, own(), segments));
  if (first === 'super') return sure(above(project, from, crate, imported.scope ?? [], segments));
  const absolute = imported.specifier.startsWith('::');
  const here = absolute ? null : own();
  if (here && here.depth === 0 && childOf(project, here.module, first)) {
    return sure(walk(project, here.module, [first, ...segments]));
  }
  const named = crateNamed(first, crate, project);
  if (named) return { place: walk(project, named.module, segments), certainty: named.certainty };
  if (absolute || !crate || standard.has(first) || crate.dependencies.has(first)) return null;
  // The 2015 edition takes paths from the root of the crate.
  const root = rootOf(project, from.path, crate);
  return childOf(project, root, first) ? sure(walk(project, root, [first, ...segments])) : null;
}

const sure = (place: Place) => ({ place, certainty: 'exact' as const });

/** The library that a name in code stands for: a path dependency, the crate's own, or one of that name in the repository. */
function crateNamed(
  name: string,
  crate: Crate | null,
  project: Project,
): { module: Module; certainty: Certainty } | null {
  const dependency = crate?.dependencies.get(name);
  const given = dependency?.folder != null ? crateIn(project, dependency.folder) : null;
  if (given?.root) return { module: rootModule(given.root), certainty: 'exact' };
  if (crate?.root && crate.library === name) return { module: rootModule(crate.root), certainty: 'exact' };
  if (crate && !dependency) return null;
  const [same, more] = cratesNamed(project, codeName(dependency?.package ?? name));
  // A version from the registry is built, which may differ from the one here.
  return same?.root && !more ? { module: rootModule(same.root), certainty: 'convention' } : null;
}

function at(place: Place, imported: Import, certainty: Certainty, project: Project): Target {
  const files = foundAt(place, imported, certainty, project);
  return files ? inFiles(files) : unresolved('missing');
}

function foundAt(place: Place, imported: Import, certainty: Certainty, project: Project): Found | null {
  const { module, rest } = place;
  if (module.files.length === 0) return null;
  const names = plainNames(imported);
  const several = module.files.length > 1 ? lesser(certainty, 'convention') : certainty;
  if (names.length === 0) {
    const name = rest.at(-1);
    if (name === undefined) return found(module.files, several);
    return found(module.files, several, [{ name, paths: module.files, symbols: rest }]);
  }
  const bindings = names.map((name): Binding => {
    if (name === 'self') return { name, paths: module.files, symbols: rest };
    const parts = name.split('::').filter((part) => part !== '*');
    if (rest.length > 0) return { name, paths: module.files, symbols: [...rest, ...parts] };
    const inner = walk(project, module, parts);
    return { name, paths: inner.module.files, symbols: inner.rest };
  });
  return bound(bindings, several);
}

/** Follows a path through the files of modules; what is left is an item or an inline module of the last one. */
function walk(project: Project, start: Module, segments: readonly string[]): Place {
  let module = start;
  for (const [done, segment] of segments.entries()) {
    const child = segment === 'self' ? module : childOf(project, module, segment);
    if (!child) return { module, rest: segments.slice(done) };
    module = child;
  }
  return { module, rest: [] };
}

function childOf(project: Project, module: Module, name: string): Module | null {
  const folder = below(module.folder, name);
  const files = [`${folder}.rs`, below(folder, 'mod.rs')].filter((file) => project.has(file));
  return files.length > 0 ? { files: files.slice(0, 1), folder } : null;
}

function rootModule(root: string): Module {
  return { files: [root], folder: folderOf(root) };
}

/** The module of a file, and how many inline modules around the import have no file of their own. */
function moduleOf(
  project: Project,
  path: string,
  crate: Crate | null,
  scope: readonly string[],
): { module: Module; depth: number; scope: readonly string[] } {
  const name = nameOf(path);
  const owns = name === 'mod.rs' || isRoot(path, crate);
  const folder = owns ? folderOf(path) : below(folderOf(path), stemOf(path));
  const files = project.has(path) ? [path] : [];
  return { module: { files, folder }, depth: scope.length, scope };
}

/** Children of an inline module lie in a folder of its name. */
function inModule(
  project: Project,
  own: { module: Module; scope: readonly string[] },
  segments: readonly string[],
): Place {
  if (own.scope.length === 0) return walk(project, own.module, segments);
  const inline = { files: own.module.files, folder: below(own.module.folder, own.scope.join('/')) };
  const place = walk(project, inline, segments);
  const within = place.module === inline;
  return within ? { module: own.module, rest: [...own.scope, ...place.rest] } : place;
}

function above(
  project: Project,
  from: Importer,
  crate: Crate | null,
  scope: readonly string[],
  segments: readonly string[],
): Place {
  let rest = segments;
  let inline = scope;
  let ups = 1;
  while (rest[0] === 'super') {
    ups++;
    rest = rest.slice(1);
  }
  while (ups > 0 && inline.length > 0) {
    inline = inline.slice(0, -1);
    ups--;
  }
  const own = moduleOf(project, from.path, crate, inline);
  if (ups === 0) return inModule(project, own, rest);
  let module = own.module;
  for (; ups > 0; ups--) module = parentOf(project, module, crate, from.path);
  return walk(project, module, rest);
}

function parentOf(project: Project, module: Module, crate: Crate | null, path: string): Module {
  const folder = folderOf(module.folder);
  const root = rootOf(project, path, crate);
  if (module.files.some((file) => root.files.includes(file))) return { files: [], folder: '' };
  if (folder === root.folder) return root;
  const files = [`${folder}.rs`, below(folder, 'mod.rs')].filter((file) => project.has(file)).slice(0, 1);
  return { files, folder };
}

/** Folders of a package whose files are crates of their own. */
const targetFolders = ['src/bin', 'tests', 'examples', 'benches'];

function isRoot(path: string, crate: Crate | null): boolean {
  if (!crate) return /^(lib|main)\.rs$/.test(nameOf(path));
  if (path === crate.root || crate.roots.has(path)) return true;
  const folder = folderOf(path);
  if (folder === below(crate.folder, 'src') && /^(lib|main)\.rs$/.test(nameOf(path))) return true;
  if (path === below(crate.folder, 'build.rs')) return true;
  return targetFolders.some((target) => {
    const home = below(crate.folder, target);
    return folder === home || (folderOf(folder) === home && nameOf(path) === 'main.rs');
  });
}

/** The root of the crate that a file belongs to. A library and a program may share modules: both then. */
function rootOf(project: Project, path: string, crate: Crate | null): Module {
  if (!crate || isRoot(path, crate)) return crate ? rootModule(path) : looseRoot(project, path);
  for (const target of targetFolders) {
    const home = below(crate.folder, target);
    if (!path.startsWith(`${home}/`)) continue;
    const part = path.slice(home.length + 1).split('/')[0] ?? '';
    const main = below(below(home, part), 'main.rs');
    if (project.has(main)) return rootModule(main);
    return { files: project.filesIn(home).filter((file) => file.endsWith('.rs')), folder: home };
  }
  const source = crate.root === null ? below(crate.folder, 'src') : folderOf(crate.root);
  const programs = [below(source, 'main.rs')].filter((file) => project.has(file));
  const files = crate.root === null ? programs : [crate.root, ...programs];
  return { files, folder: source };
}

/** Without a Cargo.toml: the nearest lib.rs or main.rs above the file. */
function looseRoot(project: Project, path: string): Module {
  let folder = folderOf(path);
  for (;;) {
    const files = ['lib.rs', 'main.rs']
      .map((name) => below(folder, name))
      .filter((file) => project.has(file));
    if (files.length > 0) return { files, folder };
    if (folder === '') return { files: [], folder: folderOf(path) };
    folder = folderOf(folder);
  }
}

function ownPlace(
  imported: Import,
  from: Importer,
  crate: Crate | null,
  project: Project,
  segments: readonly string[],
): Place {
  return inModule(project, moduleOf(project, from.path, crate, imported.scope ?? []), segments);
}

/** `mod x;`, with or without a path of its own, and `include!("x.rs")`. */
function declared(imported: Import, from: Importer, project: Project): Target {
  const folder = folderOf(from.path);
  if (/\.[a-z]+$/.test(imported.specifier)) {
    const path = joinPath(folder, imported.specifier);
    if (path === null) return unresolved('outside');
    return project.has(path) ? inFiles(found([path], 'exact')) : unresolved('missing');
  }
  const crate = crateAround(project, folder);
  const scope = imported.scope ?? [];
  const own = moduleOf(project, from.path, crate, scope);
  if (imported.path !== undefined) {
    // Inside inline modules the path starts at the folder of those, otherwise beside the file.
    const base = scope.length > 0 ? below(own.module.folder, scope.join('/')) : folder;
    const path = joinPath(base, imported.path);
    if (path === null) return unresolved('outside');
    return project.has(path) ? inFiles(found([path], 'exact')) : unresolved('missing');
  }
  const inline = { files: own.module.files, folder: below(own.module.folder, scope.join('/')) };
  const child = childOf(project, inline, imported.specifier);
  return child ? inFiles(found(child.files, 'exact')) : unresolved('missing');
}
