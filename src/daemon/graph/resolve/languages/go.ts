import type { Found, LanguageRules, Project, Target } from '../contract.js';
import { below, folderOf, isAside, isBelow, joinPath } from '../paths.js';
import { external, found, inFiles, nearestOf, unresolved } from '../targets.js';

interface GoModule {
  readonly folder: string;
  readonly path: string;
  readonly requires: readonly string[];
  /** Module paths that are taken from folders, relative to the repository; null: from outside of it. */
  readonly replaced: ReadonlyMap<string, string | null>;
}

/** Go: a package is a folder. Tests of a package are no part of it for others. */
export const goRules: LanguageRules = {
  resolve({ specifier }, from, project) {
    if (specifier === 'C' || specifier === 'unsafe') return external(specifier, 'exact');
    const folder = folderOf(from.path);
    if (/^\.\.?(\/|$)/.test(specifier)) {
      const path = joinPath(folder, specifier);
      return path === null ? unresolved('outside') : inPackage(project, path);
    }
    const modules = goModules(project);
    const own = nearestOf(modules, folder);
    const vendored = goFiles(project, below(own?.folder ?? '', `vendor/${specifier}`));
    if (vendored.length > 0) return inFiles(found(vendored, 'exact'));
    return inModules(specifier, own, modules, project) ?? outside(specifier, own, project);
  },

  provided({ specifier }, _from, other) {
    const modules = goModules(other).filter(({ folder }) => !isAside(folder));
    const module = owner(specifier, modules);
    const files = module ? goFiles(other, folderIn(module, specifier)) : [];
    return files.length > 0 ? found(files, 'convention') : null;
  },
};

function inModules(
  specifier: string,
  own: GoModule | null,
  modules: readonly GoModule[],
  project: Project,
): Target | null {
  const replaced = [...(own?.replaced ?? [])].filter(([path]) => covers(path, specifier));
  const [path, folder] = replaced.sort(([a], [b]) => b.length - a.length)[0] ?? [];
  if (folder === null) return unresolved('outside');
  if (path !== undefined && folder !== undefined) {
    return inPackage(project, below(folder, specifier.slice(path.length + 1)));
  }
  const module = owner(specifier, modules);
  if (!module) return null;
  const files = goFiles(project, folderIn(module, specifier));
  if (module.path === own?.path)
    return files.length > 0 ? inFiles(found(files, 'exact')) : unresolved('missing');
  const together =
    own !== null && project.fact(workspaces).some((used) => used.has(own.folder) && used.has(module.folder));
  // Without a workspace the released module is built, which may differ from the one here.
  return files.length > 0 ? inFiles(found(files, together ? 'exact' : 'convention')) : null;
}

function outside(specifier: string, own: GoModule | null, project: Project): Target {
  const first = specifier.slice(0, (specifier.indexOf('/') + 1 || specifier.length + 1) - 1);
  if (!own) {
    const files = byFolderName(specifier, project);
    if (files) return inFiles(files);
  }
  if (!first.includes('.')) return external(specifier, 'exact');
  const required = own?.requires.filter((path) => covers(path, specifier)) ?? [];
  const listed = required.sort((a, b) => b.length - a.length)[0];
  return listed === undefined ? external(guessModule(specifier), 'name') : external(listed, 'exact');
}

/** Without a module the repository lies somewhere below GOPATH: the longest ending of the path that is a package here. */
function byFolderName(specifier: string, project: Project): Found | null {
  const parts = specifier.split('/');
  for (let at = 1; at < parts.length; at++) {
    const files = goFiles(project, parts.slice(at).join('/'));
    if (files.length > 0 && parts[0]?.includes('.')) return found(files, 'name');
  }
  return null;
}

function inPackage(project: Project, folder: string): Target {
  const files = goFiles(project, folder);
  return files.length > 0 ? inFiles(found(files, 'exact')) : unresolved('missing');
}

function goFiles(project: Project, folder: string): string[] {
  return project.filesIn(folder).filter((path) => path.endsWith('.go') && !path.endsWith('_test.go'));
}

/** The module with the longest path that covers an import. */
function owner(specifier: string, modules: readonly GoModule[]): GoModule | null {
  let best: GoModule | null = null;
  for (const module of modules) {
    if (covers(module.path, specifier) && module.path.length > (best?.path.length ?? 0)) best = module;
  }
  return best;
}

function covers(path: string, specifier: string): boolean {
  return path !== '' && isBelow(specifier, path);
}

function folderIn(module: GoModule, specifier: string): string {
  return below(module.folder, specifier.slice(module.path.length + 1));
}

/** Host, owner and name, as the large hosts have it; otherwise the whole path. */
function guessModule(specifier: string): string {
  const parts = specifier.split('/');
  if (/^(github|gitlab|bitbucket)\./.test(specifier)) return parts.slice(0, 3).join('/');
  if (/^(golang\.org|google\.golang\.org|gopkg\.in|k8s\.io|go\.uber\.org)\//.test(specifier)) {
    return parts.slice(0, parts[0] === 'golang.org' ? 3 : 2).join('/');
  }
  return specifier;
}

function goModules(project: Project): readonly GoModule[] {
  return project.fact(findModules);
}

function findModules(project: Project): GoModule[] {
  return project.filesNamed('go.mod').flatMap((path) => {
    const parsed = project.parsed(path, parseGoMod);
    if (!parsed?.module) return [];
    const folder = folderOf(path);
    const replaced = parsed.replaced.map(([from, to]) => [from, joinPath(folder, to)] as const);
    return [{ folder, path: parsed.module, requires: parsed.requires, replaced: new Map(replaced) }];
  });
}

/** The folders of the modules that each go.work uses. */
function workspaces(project: Project): ReadonlySet<string>[] {
  return project.filesNamed('go.work').map((path) => {
    const used = project.parsed(path, parseGoWork) ?? [];
    return new Set(
      used.map((folder) => joinPath(folderOf(path), folder)).filter((folder) => folder !== null),
    );
  });
}

interface GoMod {
  module: string;
  requires: string[];
  replaced: [from: string, folder: string][];
}

function parseGoMod(text: string): GoMod {
  const mod: GoMod = { module: '', requires: [], replaced: [] };
  for (const { directive, words } of directives(text)) {
    const [first = ''] = words;
    if (directive === 'module') mod.module = first;
    else if (directive === 'require') mod.requires.push(first);
    else if (directive === 'replace') {
      const to = words[words.indexOf('=>') + 1] ?? '';
      if (words.includes('=>') && /^\.\.?(\/|$)/.test(to)) mod.replaced.push([first, to]);
    }
  }
  return mod;
}

function parseGoWork(text: string): string[] {
  return directives(text)
    .filter(({ directive }) => directive === 'use')
    .map(({ words }) => words[0] ?? '');
}

/** The lines of a go.mod or go.work, each with the directive of the block that it stands in. */
function directives(text: string): { directive: string; words: string[] }[] {
  const lines: { directive: string; words: string[] }[] = [];
  let block = '';
  for (const line of text.split(/\r?\n/)) {
    const words = line
      .replace(/\/\/.*$/, '')
      .split(/\s+/)
      .filter(Boolean)
      .map((word) => word.replace(/^["`]|["`]$/g, ''));
    if (words.length === 0) continue;
    if (block !== '' && words[0] === ')') block = '';
    else if (block !== '') lines.push({ directive: block, words });
    else if (words[1] === '(') block = words[0] ?? '';
    else lines.push({ directive: words[0] ?? '', words: words.slice(1) });
  }
  return lines;
}
