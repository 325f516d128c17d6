import type { Certainty, Found, Importer, LanguageRules, Project, Target } from '../contract.js';
import { below, folderOf, foldersUp, joinPath } from '../paths.js';
import { byEnding, external, found, inFiles, lesser, unresolved } from '../targets.js';

/** A language whose modules are files at a path that the import gives. */
export interface PlaceStyle {
  /** Paths of the module, the likeliest first, with endings. Empty: not an import that can be followed. */
  readonly paths: (specifier: string) => readonly string[];
  /** Folders below those around the importing file in which paths may begin. */
  readonly roots: readonly string[];
  /** Written so, it is relative to the importing file, and nothing else. */
  readonly relative?: RegExp;
  /** Anything is looked for beside the importing file first; what is found there is as sure as this says. */
  readonly beside?: (specifier: string) => Certainty;
  /** Written so, it comes with the language. */
  readonly standard?: RegExp;
  /** What the language calls the package of a module that is not here; default: as written. */
  readonly external?: (specifier: string) => string;
  /** Written so, it cannot be external: what is not found is missing. */
  readonly own?: RegExp;
  /** Other repositories can provide it. */
  readonly shared?: boolean;
}

/** Rules for languages that go by paths alone. */
export function rulesByPlace(style: PlaceStyle): LanguageRules {
  const rules: LanguageRules = {
    resolve: ({ specifier }, from, project) => resolve(style, specifier, from, project),
  };
  if (style.shared !== true) return rules;
  return {
    ...rules,
    provided({ specifier }, _from, other) {
      if (style.relative?.test(specifier) || style.standard?.test(specifier)) return null;
      for (const path of style.paths(specifier)) {
        const root = style.roots.find((folder) => other.has(below(folder, path)));
        if (root !== undefined) return found([below(root, path)], path.includes('/') ? 'convention' : 'name');
      }
      return null;
    },
  };
}

function resolve(style: PlaceStyle, specifier: string, from: Importer, project: Project): Target {
  const paths = style.paths(specifier);
  if (paths.length === 0) return unresolved('dynamic');
  const folder = folderOf(from.path);
  const relative = style.relative?.test(specifier) === true;
  if (relative || style.beside) {
    const joined = paths.map((path) => joinPath(folder, path)).filter((path) => path !== null);
    const there = joined.find((path) => project.has(path));
    if (there !== undefined) return inFiles(found([there], style.beside?.(specifier) ?? 'exact'));
    if (relative) return unresolved(joined.length === 0 ? 'outside' : 'missing');
  }
  if (style.standard?.test(specifier)) return external(style.external?.(specifier) ?? specifier, 'exact');
  const bare = paths.map((path) => path.replace(/^(\.{0,2}\/)+/, '')).filter(Boolean);
  const files = inRoots(style, bare, folder, project) ?? anywhere(style, bare, folder, project);
  if (files) return inFiles(files);
  if (style.own?.test(specifier)) return unresolved('missing', 'convention');
  return external(style.external?.(specifier) ?? specifier, 'name');
}

function inRoots(
  style: PlaceStyle,
  paths: readonly string[],
  folder: string,
  project: Project,
): Found | null {
  for (const around of foldersUp(folder)) {
    for (const root of style.roots) {
      const base = below(around, root);
      const file = paths.map((path) => below(base, path)).find((path) => project.has(path));
      if (file !== undefined) return found([file], 'convention');
    }
  }
  return null;
}

function anywhere(
  style: PlaceStyle,
  paths: readonly string[],
  folder: string,
  project: Project,
): Found | null {
  for (const path of paths) {
    const files = byEnding(project, path, folder, style.roots);
    // A bare file name is no more than a name.
    if (files) return path.includes('/') ? files : { ...files, certainty: lesser(files.certainty, 'name') };
  }
  return null;
}
