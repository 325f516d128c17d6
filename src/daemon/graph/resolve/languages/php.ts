import type { Found, Import, Importer, LanguageRules, Project, Target } from '../contract.js';
import { bindEach, type DeclaredStyle, declaredPlace, type Place } from '../declared.js';
import { fieldsOf, parseJson, stringsOf } from '../parse.js';
import { below, folderOf, isBelow, joinPath } from '../paths.js';
import { byEnding, external, found, inFiles, lesser, nearest, unresolved } from '../targets.js';

const style: DeclaredStyle = {
  separator: '\\',
  endings: ['.php', '.phtml', '.inc'],
  fileNamesBind: false,
  manyFiles: false,
};

interface Autoload {
  /** A namespace with its last separator, or `''`. */
  readonly prefix: string;
  readonly folder: string;
  /** The older form, whose folders repeat the prefix and where `_` separates too. */
  readonly psr0: boolean;
}

/** PHP: names by composer.json's autoloading, then by the namespaces that files declare; paths as they are written. */
export const phpRules: LanguageRules = {
  resolve(imported, from, project) {
    if (imported.form !== 'use') return included(imported, from, project);
    const parts = partsOf(imported);
    if (parts.length === 0) return unresolved('dynamic');
    const target = bindEach(imported, parts, (name) => placeOf(name, from.path, project));
    if (target !== null && target !== 'missing') return inFiles(target);
    if (target === 'missing') return unresolved('missing', 'name');
    return external(parts.length > 2 ? parts.slice(0, 2).join('\\') : parts.join('\\'), 'name');
  },

  provided(imported, from, other) {
    const parts = imported.form === 'use' ? partsOf(imported) : [];
    // A class without a namespace says nothing of whose it is.
    if (parts.length < 2) return null;
    const target = bindEach(imported, parts, (name) => placeOf(name, from.path, other));
    if (target === null || target === 'missing') return null;
    return { ...target, certainty: lesser(target.certainty, 'convention') };
  },
};

function partsOf(imported: Import): string[] {
  return imported.specifier.split('\\').filter((part) => part !== '');
}

/** Names of a group may have several parts themselves. */
function placeOf(names: readonly string[], near: string, project: Project): Place | 'missing' | null {
  const parts = names.flatMap((name) => name.split('\\'));
  const autoloaded = byAutoload(parts, project);
  if (autoloaded) return autoloaded;
  const declared = declaredPlace(project, parts, style, near);
  if (declared !== null && declared !== 'missing') {
    // One part more than the namespace is a class, or a function or constant; further ones do not exist in PHP.
    return declared.symbols.length <= 1 ? declared : covered(parts, project) ? 'missing' : null;
  }
  return covered(parts, project) ? 'missing' : null;
}

/** Whether the name would lie in a folder that is here. Packages of one vendor share prefixes, but not folders. */
function covered(parts: readonly string[], project: Project): boolean {
  return loads(parts, project).some(({ prefix, folder, psr0 }) => {
    if (prefix === '' || psr0) return false;
    const rest = parts.slice(prefix.split('\\').length - 1, -1);
    return project.isFolder(below(folder, rest.join('/')));
  });
}

function byAutoload(parts: readonly string[], project: Project): Place | null {
  const name = parts.join('\\');
  for (const { prefix, folder, psr0 } of loads(parts, project)) {
    const rest = psr0 ? underscored(name) : name.slice(prefix.length).replaceAll('\\', '/');
    const path = below(folder, rest);
    const last = parts.slice(-1);
    if (rest !== '' && project.has(`${path}.php`)) {
      return { paths: [`${path}.php`], symbols: last, certainty: 'exact' };
    }
    if (psr0 || !project.isFolder(path)) continue;
    const files = project.filesIn(path).filter((file) => file.endsWith('.php'));
    // A namespace that is imported to be used as a prefix.
    if (files.length > 0) return { paths: files, symbols: [], certainty: 'convention' };
  }
  return null;
}

/** The mappings for a name, those of the longest prefix first. */
function loads(parts: readonly string[], project: Project): Autoload[] {
  const byPrefix = project.fact(autoloads);
  const all: Autoload[] = [];
  for (let end = parts.length; end >= 0; end--) {
    const prefix = parts.slice(0, end).join('\\');
    all.push(...(byPrefix.get(prefix) ?? []));
  }
  return all;
}

function underscored(name: string): string {
  const at = name.lastIndexOf('\\') + 1;
  return name.slice(0, at).replaceAll('\\', '/') + name.slice(at).replaceAll('_', '/');
}

/** What the composer.json files of a repository map, by prefix without its last separator. */
function autoloads(project: Project): Map<string, Autoload[]> {
  const byPrefix = new Map<string, Autoload[]>();
  for (const path of project.filesNamed('composer.json')) {
    const manifest = fieldsOf(project.parsed(path, parseJson));
    for (const section of [manifest.autoload, manifest['autoload-dev']]) {
      for (const kind of ['psr-4', 'psr-0']) {
        for (const [prefix, folders] of Object.entries(fieldsOf(fieldsOf(section)[kind]))) {
          const key = prefix.replace(/\\+$/, '');
          const at = stringsOf(folders).map((folder) => joinPath(folderOf(path), folder));
          const entries = at.filter((folder) => folder !== null);
          const more = entries.map((folder) => ({ prefix, folder, psr0: kind === 'psr-0' }));
          byPrefix.set(key, [...(byPrefix.get(key) ?? []), ...more]);
        }
      }
    }
  }
  return byPrefix;
}

/** `require __DIR__ . '/x.php'` and the like. */
function included(imported: Import, from: Importer, project: Project): Target {
  const written = imported.specifier
    .replace(/^(__DIR__|dirname\(__FILE__\))\s*\.\s*/, '')
    .replace(/^['"]|['"]$/g, '');
  if (written === '' || /[$(]|^\w+:/.test(written)) return unresolved('dynamic');
  const folder = folderOf(from.path);
  const beside = joinPath(folder, written);
  if (beside !== null && project.has(beside)) return inFiles(found([beside], 'exact'));
  const bare = written.replace(/^\/?(\.\.?\/)*/, '');
  const home = folderOf(nearest(project, folder, 'composer.json') ?? '');
  if (bare.startsWith('vendor/') || isBelow(bare, 'vendor')) return external(bare, 'convention');
  const top = below(home, bare);
  if (project.has(top)) return inFiles(found([top], 'convention'));
  const elsewhere: Found | null = bare === '' ? null : byEnding(project, bare, folder);
  if (elsewhere) return inFiles(elsewhere);
  return beside === null ? unresolved('outside') : unresolved('missing');
}
