import type { Found, Import, Importer, LanguageRules, Project, Target } from '../contract.js';
import { below, folderOf, foldersUp, isBelow, joinPath, nameOf } from '../paths.js';
import { byEnding, external, found, inFiles, lesser, unresolved } from '../targets.js';

const standardLibrary = new Set(
  (
    'English abbrev base64 benchmark bigdecimal bundler cgi coverage csv date delegate did_you_mean digest drb erb ' +
    'errno etc expect fcntl fiber fiddle fileutils find forwardable getoptlong io ipaddr irb json logger matrix ' +
    'minitest mkmf monitor mutex_m net nkf objspace observer open-uri open3 openssl optparse ostruct pathname pp ' +
    'prettyprint prime pstore psych pty racc rake rbconfig rdoc readline reline resolv rexml rinda ripper rss ' +
    'rubygems securerandom set shellwords singleton socket stringio strscan syslog tempfile test thread time ' +
    'timeout tmpdir tracer tsort un unicode_normalize uri weakref webrick win32ole yaml zlib'
  ).split(' '),
);
/** Folders that test runners and Rails put on the load path, or load constants from. */
const loadFolders = ['lib', 'test', 'spec', 'app'];

/** Ruby: `require` looks below the lib folders of gems, `require_relative` beside the file. */
export const rubyRules: LanguageRules = {
  resolve(imported, from, project) {
    const { specifier } = imported;
    if (specifier === '' || /[#{}$]/.test(specifier)) return unresolved('dynamic');
    if (/^(::)?[A-Z]\w*(::|$)/.test(specifier)) return constant(imported, from, project);
    if (imported.form === 'include' || /^\.\.?\//.test(specifier)) return beside(specifier, from, project);
    return required(specifier, from, project);
  },

  provided(imported, _from, other) {
    const { specifier } = imported;
    const bare = withoutEnding(specifier);
    if (imported.form === 'include' || /^[./A-Z:]/.test(specifier) || isStandard(bare)) return null;
    for (const root of other.fact(gemRoots)) {
      const path = below(root, `${bare}.rb`);
      if (other.has(path)) return found([path], 'convention');
    }
    return null;
  },
};

function withoutEnding(specifier: string): string {
  return specifier.replace(/\.rb$/, '');
}

function isStandard(path: string): boolean {
  return standardLibrary.has(path.split('/')[0] ?? '');
}

function beside(specifier: string, from: Importer, project: Project): Target {
  const path = joinPath(folderOf(from.path), specifier);
  if (path === null) return unresolved('outside');
  const file = [path, `${path}.rb`].find((candidate) => project.has(candidate));
  return file === undefined ? unresolved('missing') : inFiles(found([file], 'exact'));
}

function required(specifier: string, from: Importer, project: Project): Target {
  const bare = withoutEnding(specifier);
  const path = `${bare}.rb`;
  const folder = folderOf(from.path);
  const roots = project.fact(gemRoots);
  const own = roots.find((root) => isBelow(folder, folderOf(root)));
  if (own !== undefined && project.has(below(own, path))) return inFiles(found([below(own, path)], 'exact'));
  const near = around(path, folder, project);
  if (near) return inFiles(near);
  const gems = roots.map((root) => below(root, path)).filter((file) => project.has(file));
  if (gems.length > 0) return inFiles(found(gems, gems.length > 1 ? 'name' : 'convention'));
  if (isStandard(bare)) return external(bare, 'exact');
  const elsewhere = bare.includes('/') ? byEnding(project, path, folder, loadFolders) : null;
  if (elsewhere) return inFiles({ ...elsewhere, certainty: lesser(elsewhere.certainty, 'name') });
  const first = bare.split('/')[0] ?? bare;
  const ours =
    own !== undefined && (project.has(below(own, `${first}.rb`)) || project.isFolder(below(own, first)));
  return ours && first !== bare ? unresolved('missing') : external(first, 'name');
}

/** Below the lib, test and spec folders around the file. */
function around(path: string, folder: string, project: Project): Found | null {
  for (const at of foldersUp(folder)) {
    const onPath = loadFolders.includes(nameOf(at)) ? [''] : [];
    for (const name of [...onPath, 'lib', 'test', 'spec']) {
      const file = below(below(at, name), path);
      if (project.has(file)) return found([file], 'convention');
    }
  }
  return null;
}

/** The folders that gems of the repository put on the load path, the innermost first. */
function gemRoots(project: Project): string[] {
  const specifications = [...new Set(project.fact(gemspecs))];
  const roots = specifications.flatMap((path) => {
    const stated = project.parsed(path, requirePaths) ?? [];
    return (stated.length > 0 ? stated : ['lib']).map((name) => joinPath(folderOf(path), name));
  });
  const known = roots.filter((root) => root !== null);
  return [...new Set(known)].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
}

/** Gem specifications lie at the top of a gem: in the repository's folder, or one or two below. */
function gemspecs(project: Project): string[] {
  const folders = ['', ...project.foldersIn('')];
  const deeper = folders.slice(1).flatMap((folder) => project.foldersIn(folder));
  return [...folders, ...deeper].flatMap((folder) =>
    project.filesIn(folder).filter((path) => path.endsWith('.gemspec')),
  );
}

function requirePaths(text: string): string[] {
  const list = /require_paths\s*=\s*(?:%w\[([^\]]*)\]|\[([^\]]*)\]|(['"][^'"]+['"]))/.exec(text);
  const words = list?.[1]?.split(/\s+/) ?? (list?.[2] ?? list?.[3] ?? '').split(',');
  return words.map((word) => word.trim().replace(/^['"]|['"](\.freeze)?$/g, '')).filter(Boolean);
}

/** A constant in a file of its name, as autoloaders have it: `Api::UserController` in api/user_controller.rb. */
function constant(imported: Import, from: Importer, project: Project): Target {
  const parts = imported.specifier.split('::').filter(Boolean);
  const folder = folderOf(from.path);
  for (let end = parts.length; end > 0; end--) {
    const path = `${parts.slice(0, end).map(underscore).join('/')}.rb`;
    const files = byEnding(project, path, folder, loadFolders);
    const loaded = files?.paths.filter((file) => isLoaded(file, path)) ?? [];
    if (loaded.length === 0) continue;
    const [name = ''] = parts.slice(-1);
    const certainty = loaded.length > 1 ? 'name' : 'convention';
    return inFiles(found(loaded, certainty, [{ name, paths: loaded, symbols: parts.slice(end - 1) }]));
  }
  return external(parts[0] ?? '', 'name');
}

/** Whether the path begins in a folder that autoloaders begin in: lib, or one in app. */
function isLoaded(file: string, path: string): boolean {
  const root = file.slice(0, Math.max(0, file.length - path.length - 1));
  return nameOf(root) === 'lib' || nameOf(folderOf(root)) === 'app' || nameOf(root) === 'concerns';
}

function underscore(name: string): string {
  return name
    .replace(/([A-Z\d]+)([A-Z][a-z])/g, '$1_$2')
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase();
}
