import type { Project } from '../../contract.js';
import { globMatcher } from '../../globs.js';
import { type Fields, fieldsOf, parseJson, stringOf, stringsOf, yamlList } from '../../parse.js';
import { below, folderOf, foldersUp, isBelow, restOf } from '../../paths.js';

/** A package of a repository. */
export interface Package {
  readonly name: string;
  readonly folder: string;
  readonly manifest: Fields;
  /** A workspace of the repository names it as a member, so that its name leads here and not to a registry. */
  readonly member: boolean;
}

const empty: readonly Package[] = [];

/** The packages of this name, members of workspaces first. */
export function packagesNamed(project: Project, name: string): readonly Package[] {
  return project.fact(packagesByName).get(name) ?? empty;
}

/** The manifest of the nearest package.json around a folder, and where it is. */
export function packageAround(project: Project, folder: string): { folder: string; manifest: Fields } | null {
  for (const around of foldersUp(folder)) {
    const manifest = project.parsed(below(around, 'package.json'), parseJson);
    if (manifest) return { folder: around, manifest };
  }
  return null;
}

const dependencyFields = [
  'dependencies',
  'devDependencies',
  'peerDependencies',
  'optionalDependencies',
] as const;

/** What the package.json files around a folder say of a dependency's version; undefined if none lists it. */
export function dependencyVersion(project: Project, folder: string, name: string): string | undefined {
  for (const around of foldersUp(folder)) {
    const manifest = project.parsed(below(around, 'package.json'), parseJson);
    for (const field of manifest ? dependencyFields : []) {
      const version = fieldsOf(manifest?.[field])[name];
      if (typeof version === 'string') return version;
    }
  }
  return undefined;
}

function packagesByName(project: Project): Map<string, readonly Package[]> {
  const isMember = workspaceMembers(project);
  const byName = new Map<string, Package[]>();
  for (const path of project.filesNamed('package.json')) {
    const manifest = project.parsed(path, parseJson);
    const name = stringOf(manifest?.name);
    if (!manifest || name === undefined || path.includes('node_modules/')) continue;
    const folder = folderOf(path);
    const entry = { name, folder, manifest, member: isMember(folder) };
    byName.set(name, [...(byName.get(name) ?? []), entry]);
  }
  return new Map([...byName].map(([name, packages]) => [name, membersFirst(packages)]));
}

function membersFirst(packages: readonly Package[]): Package[] {
  return [...packages.filter((entry) => entry.member), ...packages.filter((entry) => !entry.member)];
}

/** Whether a folder is a member of a workspace, by the globs of npm and yarn, pnpm and lerna. */
function workspaceMembers(project: Project): (folder: string) => boolean {
  const roots: { folder: string; matches: (path: string) => boolean }[] = [];
  const add = (path: string, globs: string[]) => {
    if (globs.length > 0) roots.push({ folder: folderOf(path), matches: globMatcher(globs) });
  };
  for (const name of ['package.json', 'lerna.json']) {
    for (const path of project.filesNamed(name)) {
      const { workspaces, packages } = fieldsOf(project.parsed(path, parseJson));
      const listed = name === 'lerna.json' ? packages : workspaces;
      add(path, stringsOf(Array.isArray(listed) ? listed : fieldsOf(listed).packages));
    }
  }
  for (const path of project.filesNamed('pnpm-workspace.yaml'))
    add(path, project.parsed(path, workspaceList) ?? []);
  return (folder) =>
    roots.some(
      (root) =>
        isBelow(folder, root.folder) && (folder === root.folder || root.matches(restOf(folder, root.folder))),
    );
}

function workspaceList(text: string): string[] {
  return yamlList(text, 'packages');
}
