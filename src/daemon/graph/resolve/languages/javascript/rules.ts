import { builtinModules } from 'node:module';
import type { Found, Import, Importer, LanguageRules, Project, Target } from '../../contract.js';
import { below, folderOf, isAside, isBelow, joinPath, restOf, stemOf } from '../../paths.js';
import { external, found, inFiles, lesser, unresolved } from '../../targets.js';
import { exportedTargets } from './exports.js';
import { dependencyVersion, packageAround, packagesNamed } from './packages.js';
import { type Dialect, fileAt, mainsOf, moduleAt } from './probe.js';
import { inSourceFolders, sourceOf } from './sources.js';
import { mappedPaths, tsOptionsFor } from './tsconfig.js';

const builtins = new Set(builtinModules);
const typedLanguages = new Set(['typescript', 'tsx', 'vue', 'svelte', 'astro']);

interface Request {
  readonly specifier: string;
  readonly folder: string;
  readonly dialect: Dialect;
  readonly conditions: ReadonlySet<string>;
}

/** Rules of Node, of TypeScript's compiler and of bundlers, which agree but for details. */
export const javascriptRules: LanguageRules = {
  resolve(imported, from, project) {
    const request = requestOf(imported, from, project);
    const { specifier } = request;
    // `import a = b.c` names what is in scope.
    if (specifier === '' || specifier.includes('${') || imported.form === 'use') return unresolved('dynamic');
    if (specifier === '.' || specifier === '..' || /^\.\.?\//.test(specifier))
      return relative(request, project);
    if (/^(data|https?|file|blob):/.test(specifier)) return external(specifier, 'exact');
    if (/^(node|bun|cloudflare):/.test(specifier)) return external(specifier, 'exact');
    if (specifier.startsWith('/')) return fromRoot(request, project);
    return named({ ...request, specifier: specifier.replace(/^(npm|jsr):\/?/, '') }, project);
  },

  provided(imported, from, other) {
    const request = requestOf(imported, from, other);
    if (!/^(@[^/.]+\/)?[\w-]/.test(request.specifier) || builtins.has(request.specifier)) return null;
    if (packagesNamed(other, packageNameOf(request.specifier)).every(({ folder }) => isAside(folder)))
      return null;
    const files = inPackages(request, other);
    return files && { ...files, certainty: lesser(files.certainty, 'convention') };
  },
};

function requestOf(imported: Import, from: Importer, project: Project): Request {
  const folder = folderOf(from.path);
  const dialect = typedLanguages.has(from.language) ? 'typescript' : 'javascript';
  const written = imported.specifier.slice(imported.specifier.lastIndexOf('!') + 1).replace(/\?.*$/, '');
  const conditions = new Set(['types', 'node', 'module', imported.form === 'require' ? 'require' : 'import']);
  for (const { options } of tsOptionsFor(project, folder))
    for (const name of options.conditions) conditions.add(name);
  return { specifier: written, folder, dialect, conditions };
}

function relative({ specifier, folder, dialect }: Request, project: Project): Target {
  const path = joinPath(folder, specifier);
  if (path === null) return unresolved('outside');
  const files = moduleAt(project, path, dialect);
  if (files) return inFiles(found(files, 'exact'));
  for (const { options } of tsOptionsFor(project, folder)) {
    const { rootDirs } = options;
    const root = rootDirs.find((dir) => isBelow(path, dir));
    for (const dir of root === undefined ? [] : rootDirs) {
      const there = moduleAt(project, below(dir, restOf(path, root ?? '')), dialect);
      if (there) return inFiles(found(there, 'exact'));
    }
  }
  const home = packageAround(project, path)?.folder ?? '';
  const source = path === home ? entryOf(project, home, dialect) : sourceOf(project, path, home, dialect);
  return source
    ? inFiles({ ...source, certainty: lesser(source.certainty, 'convention') })
    : unresolved('missing');
}

/** The entry of a package whose folder is imported by its path (`../..` in its tests). */
function entryOf(project: Project, home: string, dialect: Dialect): Found | null {
  const mains = mainsOf(packageAround(project, home)?.manifest, dialect);
  for (const main of mains) {
    const path = joinPath(home, main);
    const files = path === null || path === home ? null : sourceOf(project, path, home, dialect);
    if (files) return files;
  }
  const index = fileAt(project, below(home, 'index'), dialect);
  return index ? found(index, 'exact') : inSourceFolders(project, 'index', home, dialect);
}

/** `/x`: from the folder that a development server serves. */
function fromRoot({ specifier, folder, dialect }: Request, project: Project): Target {
  const home = packageAround(project, folder)?.folder ?? '';
  for (const root of [home, below(home, 'public'), below(home, 'src'), '']) {
    const path = joinPath(root, specifier);
    const files = path === null ? null : moduleAt(project, path, dialect);
    if (files) return inFiles(found(files, 'convention'));
  }
  return unresolved('outside', 'name');
}

function named(request: Request, project: Project): Target {
  const { specifier, folder } = request;
  const own = specifier.startsWith('#') ? privateImport(request, project) : null;
  const files = own ?? mapped(request, project) ?? inPackages(request, project);
  if (files) return inFiles(files);
  const alias = aliased(request, project);
  if (alias) return inFiles(alias);
  if (/^[#~]|^@\//.test(specifier)) return unresolved('missing', 'name');
  const name = packageNameOf(specifier);
  if (builtins.has(specifier) || builtins.has(name)) return external(name, 'exact');
  if (packagesNamed(project, name)[0]?.member) return unresolved('missing', 'convention');
  const listed =
    dependencyVersion(project, folder, name) ?? dependencyVersion(project, folder, typesOf(name));
  return external(name, listed === undefined ? 'name' : 'exact');
}

/** `paths` and `baseUrl` of the compiler's options. */
function mapped({ specifier, folder, dialect }: Request, project: Project): Found | null {
  for (const { options, nearest } of tsOptionsFor(project, folder)) {
    const certainty = nearest ? 'exact' : 'convention';
    for (const path of mappedPaths(options.paths, specifier)) {
      const files = sourceOf(project, path, packageAround(project, folderOf(path))?.folder ?? '', dialect);
      if (files) return { ...files, certainty: lesser(files.certainty, certainty) };
    }
    const files =
      options.baseUrl === null ? null : moduleAt(project, below(options.baseUrl, specifier), dialect);
    if (files && !builtins.has(specifier)) return found(files, certainty);
  }
  return null;
}

function privateImport(request: Request, project: Project): Found | null {
  const home = packageAround(project, request.folder);
  const targets = home && exportedTargets(home.manifest.imports, request.specifier, request.conditions);
  for (const { target, active } of targets ?? []) {
    const path = target.startsWith('.') && home ? joinPath(home.folder, target) : null;
    const files = path === null || !home ? null : sourceOf(project, path, home.folder, request.dialect);
    if (files) return active ? files : { ...files, certainty: lesser(files.certainty, 'convention') };
    const other = path === null && active ? inPackages({ ...request, specifier: target }, project) : null;
    if (other) return other;
  }
  return null;
}

/** A module of a package of the repository, by the package's name. */
function inPackages(request: Request, project: Project): Found | null {
  const name = packageNameOf(request.specifier);
  const packages = packagesNamed(project, name);
  if (packages.length === 0) return null;
  const rest = request.specifier.slice(name.length + 1);
  const own = packageAround(project, request.folder)?.folder;
  const version = dependencyVersion(project, request.folder, name);
  const linked = version !== undefined && /^(workspace|file|link|portal):/.test(version);
  const results: Found[] = [];
  for (const { folder, manifest, member } of packages) {
    const sure = member || linked || folder === own;
    if (!sure && isAside(folder)) continue;
    const files = inPackage(request, project, folder, manifest, rest);
    if (files && sure) return files;
    if (files) results.push({ ...files, certainty: 'name' });
  }
  const paths = [...new Set(results.flatMap((result) => result.paths))];
  return paths.length > 0 ? found(paths, 'name') : null;
}

function inPackage(
  { dialect, conditions }: Request,
  project: Project,
  home: string,
  manifest: { readonly [name: string]: unknown },
  rest: string,
): Found | null {
  const targets = exportedTargets(manifest.exports, rest === '' ? '.' : `./${rest}`, conditions);
  for (const { target, active } of targets ?? []) {
    const path = joinPath(home, target);
    const files = path === null ? null : sourceOf(project, path, home, dialect);
    if (files) return active ? files : { ...files, certainty: lesser(files.certainty, 'convention') };
  }
  if (rest !== '') {
    const files =
      sourceOf(project, below(home, rest), home, dialect) ?? inSourceFolders(project, rest, home, dialect);
    return files && manifest.exports !== undefined
      ? { ...files, certainty: lesser(files.certainty, 'convention') }
      : files;
  }
  return entryOf(project, home, dialect) ?? inSourceFolders(project, stemOf(home), home, dialect);
}

/** `@/x` and `~/x`, which bundlers are usually told to take from the source folder. */
function aliased({ specifier, folder, dialect }: Request, project: Project): Found | null {
  const rest = /^[@~#]\/(.+)$/.exec(specifier)?.[1] ?? /^~([^/].*)$/.exec(specifier)?.[1];
  if (rest === undefined) return null;
  const home = packageAround(project, folder)?.folder ?? '';
  for (const root of ['src', 'app', '']) {
    const files = moduleAt(project, below(below(home, root), rest), dialect);
    if (files) return found(files, 'convention');
  }
  return null;
}

/** `@scope/name/sub` and `name/sub` without what follows the name. */
function packageNameOf(specifier: string): string {
  return /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
}

function typesOf(name: string): string {
  return `@types/${name.replace(/^@/, '').replace('/', '__')}`;
}
