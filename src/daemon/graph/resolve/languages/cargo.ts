import type { Project } from '../contract.js';
import { type Fields, fieldAt, fieldsOf, parseToml, stringOf, stringsOf } from '../parse.js';
import { below, folderOf, foldersUp, isAside, isBelow, joinPath, restOf } from '../paths.js';

/** Where a dependency of a crate comes from. */
interface Dependency {
  /** The package's name, which differs from the name in code if it is renamed. */
  readonly package: string;
  /** Folder of its Cargo.toml if the manifest gives a path, else null. */
  readonly folder: string | null;
}

/** A package of Cargo. */
export interface Crate {
  readonly name: string;
  readonly folder: string;
  /** The name that code uses for its library: `-` is `_`. */
  readonly library: string;
  /** Root file of the library, or null. */
  readonly root: string | null;
  /** By the name in code. */
  readonly dependencies: ReadonlyMap<string, Dependency>;
  /** Root files that its manifest names: programs, tests, examples. */
  readonly roots: ReadonlySet<string>;
}

/** The crate that a folder belongs to; null outside of any. */
export function crateAround(project: Project, folder: string): Crate | null {
  const crates = project.fact(cratesByFolder);
  for (const around of foldersUp(folder)) {
    const crate = crates.get(around);
    if (crate) return crate;
  }
  return null;
}

export function crateIn(project: Project, folder: string): Crate | null {
  return project.fact(cratesByFolder).get(folder) ?? null;
}

/** The crates for others to use whose package or library has this name in code. */
export function cratesNamed(project: Project, name: string): readonly Crate[] {
  return project.fact(cratesByName).get(name) ?? [];
}

export function codeName(name: string): string {
  return name.replaceAll('-', '_');
}

function cratesByName(project: Project): Map<string, Crate[]> {
  const byName = new Map<string, Crate[]>();
  for (const crate of project.fact(cratesByFolder).values()) {
    if (isAside(crate.folder)) continue;
    for (const name of new Set([crate.library, codeName(crate.name)])) {
      byName.set(name, [...(byName.get(name) ?? []), crate]);
    }
  }
  return byName;
}

function cratesByFolder(project: Project): Map<string, Crate> {
  const crates = new Map<string, Crate>();
  for (const path of project.filesNamed('Cargo.toml')) {
    const manifest = project.parsed(path, parseToml);
    const name = stringOf(fieldAt(manifest, 'package', 'name'));
    if (manifest && name !== undefined)
      crates.set(folderOf(path), crateOf(project, folderOf(path), name, manifest));
  }
  return crates;
}

function crateOf(project: Project, folder: string, name: string, manifest: Fields): Crate {
  const library = fieldsOf(manifest.lib);
  const roots = ['bin', 'example', 'test', 'bench'].flatMap((kind) => {
    const targets = manifest[kind];
    return Array.isArray(targets) ? targets.map((target) => stringOf(fieldAt(target, 'path'))) : [];
  });
  const root = joinPath(folder, stringOf(library.path) ?? 'src/lib.rs');
  return {
    name,
    folder,
    library: codeName(stringOf(library.name) ?? name),
    root: root !== null && project.has(root) ? root : null,
    dependencies: dependenciesOf(project, folder, manifest),
    roots: new Set(roots.map((path) => joinPath(folder, path ?? '')).filter((path) => path !== null)),
  };
}

const tables = ['dependencies', 'dev-dependencies', 'build-dependencies'];

function dependenciesOf(project: Project, folder: string, manifest: Fields): Map<string, Dependency> {
  const workspace = workspaceAround(project, folder);
  const shared = fieldsOf(fieldAt(workspace?.manifest, 'workspace', 'dependencies'));
  const patched = fieldsOf(fieldAt(workspace?.manifest ?? manifest, 'patch', 'crates-io'));
  const targets = Object.values(fieldsOf(manifest.target));
  const all = [manifest, ...targets].flatMap((holder) =>
    tables.flatMap((table) => Object.entries(fieldsOf(fieldAt(holder, table)))),
  );
  const found = new Map<string, Dependency>();
  for (const [name, value] of all) {
    const inherited = fieldAt(value, 'workspace') === true;
    const stated = fieldsOf(inherited ? shared[name] : value);
    const home = inherited ? (workspace?.folder ?? folder) : folder;
    const real = stringOf(stated.package) ?? name;
    const path = stringOf(stated.path);
    const replaced = stringOf(fieldAt(patched[real], 'path'));
    const at = path !== undefined ? joinPath(home, path) : null;
    const instead = replaced === undefined ? null : joinPath(workspace?.folder ?? folder, replaced);
    found.set(codeName(name), { package: real, folder: at ?? instead });
  }
  return found;
}

/** The workspace that a crate belongs to: its manifest lists the folder, or the crate names it. */
function workspaceAround(project: Project, folder: string): { folder: string; manifest: Fields } | null {
  for (const around of foldersUp(folder)) {
    const manifest = project.parsed(below(around, 'Cargo.toml'), parseToml);
    const workspace = manifest?.workspace;
    if (!manifest || workspace === undefined) continue;
    if (around === folder || isMember(folder, around, fieldsOf(workspace)))
      return { folder: around, manifest };
  }
  return null;
}

/** Path dependencies of members are members too, without being listed; so only `exclude` tells. */
function isMember(folder: string, root: string, workspace: Fields): boolean {
  const rest = restOf(folder, root);
  return isBelow(folder, root) && !stringsOf(workspace.exclude).some((path) => isBelow(rest, path));
}
