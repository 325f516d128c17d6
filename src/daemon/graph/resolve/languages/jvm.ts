import type { Certainty, Found, Import, Importer, LanguageRules, Project } from '../contract.js';
import {
  bindEach,
  type DeclaredStyle,
  declaredPlace,
  isCapital,
  ownPackages,
  type Place,
  withoutWildcard,
} from '../declared.js';
import { folderOf, isAside } from '../paths.js';
import { byEnding, external, inFiles, lesser, unresolved } from '../targets.js';

const endings = ['.java', '.kt', '.kts', '.scala', '.sc', '.groovy'];
const java: DeclaredStyle = { separator: '.', endings, fileNamesBind: true, manyFiles: false };
const others: DeclaredStyle = { separator: '.', endings, fileNamesBind: false, manyFiles: true };
const platform = /^(java|javax|jdk|sun|kotlin|scala|groovy)(\.|$)/;

/** Java, Kotlin, Scala and Groovy share packages, wherever their source folders begin. */
export const jvmRules: LanguageRules = {
  place: (from, project) => (from.language === 'scala' ? ownPackages(from, project) : ''),

  resolve(imported, from, project) {
    const parts = withoutWildcard(imported.specifier.replace(/^_root_\./, ''), '.');
    const [first] = parts;
    if (first === undefined) return unresolved('dynamic');
    const target = bindEach(imported, parts, (name) => inRepository(name, from, project));
    if (target !== null && target !== 'missing') return inFiles(target);
    if (from.language === 'scala' && !platform.test(imported.specifier)) {
      const relative = relativeTo(imported, parts, from, project);
      if (relative) return inFiles(relative);
      // Members of an object in scope.
      if (isCapital(first)) return unresolved('dynamic', 'name');
    }
    if (target === 'missing') return unresolved('missing', 'name');
    return external(packageOf(parts), platform.test(imported.specifier) ? 'exact' : 'name');
  },

  provided(imported, from, other) {
    const parts = withoutWildcard(imported.specifier, '.');
    if (parts.length < 2 || platform.test(imported.specifier)) return null;
    const style = styleOf(from);
    const target = bindEach(imported, parts, (name) => declaredPlace(other, name, style, ''));
    if (target === null || target === 'missing' || target.paths.every(isAside)) return null;
    return { ...target, certainty: lesser(target.certainty, 'convention') };
  },
};

function styleOf(from: Importer): DeclaredStyle {
  return from.language === 'java' ? java : others;
}

function inRepository(parts: readonly string[], from: Importer, project: Project): Place | 'missing' | null {
  return declaredPlace(project, parts, styleOf(from), from.path) ?? byPath(parts, from, project);
}

/** By folders named like packages, for files whose packages are not known. */
function byPath(parts: readonly string[], from: Importer, project: Project): Place | null {
  const at = parts.findIndex(isCapital);
  if (at <= 0) return null;
  const path = parts.slice(0, at + 1).join('/');
  for (const ending of endings) {
    const files = byEnding(project, path + ending, folderOf(from.path), [
      '',
      'src/main/java',
      'src',
      'src/main/kotlin',
    ]);
    if (files) return { ...files, symbols: parts.slice(at) };
  }
  return null;
}

/** Scala looks names up in the packages around the file as well, the innermost first. */
function relativeTo(
  imported: Import,
  parts: readonly string[],
  from: Importer,
  project: Project,
): Found | null {
  for (const own of project.declarations.packagesOf(from.path)) {
    const around = own.split('.');
    for (let end = around.length; end > 0; end--) {
      const prefix = around.slice(0, end);
      const target = bindEach(imported, [...prefix, ...parts], (name) => {
        const place = declaredPlace(project, name, others, from.path);
        // The prefix is there in any case: what counts is that more than it was found.
        return place !== null && place !== 'missing' && reaches(place, name, prefix.length) ? place : null;
      });
      if (target !== null && target !== 'missing') {
        // Of the packages further out only those are open that a clause of their own names.
        const certainty: Certainty = end === around.length ? 'convention' : 'name';
        return { ...target, certainty: lesser(target.certainty, certainty) };
      }
    }
  }
  return null;
}

/** A package below the prefix, or a type in it: values of the prefix are no packages. */
function reaches(place: Place, name: readonly string[], prefix: number): boolean {
  const left = place.symbols.length;
  if (name.length - left > prefix) return true;
  return place.certainty !== 'name' && isCapital(name[prefix] ?? '');
}

function packageOf(parts: readonly string[]): string {
  const type = parts.findIndex(isCapital);
  if (type > 0) return parts.slice(0, type).join('.');
  return parts.join('.');
}
