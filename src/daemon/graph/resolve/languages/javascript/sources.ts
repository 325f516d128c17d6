import type { Found, Project } from '../../contract.js';
import { below, isBelow, restOf } from '../../paths.js';
import { found } from '../../targets.js';
import { type Dialect, fileAt, moduleAt } from './probe.js';
import { allTsOptionsIn } from './tsconfig.js';

/** Folders that builds write to, as packages call them. */
const builtFolders = new Set(
  (
    'dist build out output lib libs es esm cjs umd types typings dts module modules browser node commonjs ' +
    'development production bundle bundles dist-types dist-esm dist-cjs _esm _cjs _types mjs js release'
  ).split(' '),
);
const sourceFolders = ['src', '', 'source', 'lib', 'src/lib', 'ts'];
const builtEnding = /(\.min|\.bundle|\.prod|\.umd|\.esm|\.cjs)?(\.d\.[mc]?ts|\.[mc]?js|\.jsx)$/;

/**
 * The files at a path that a package gives for itself: the file there, or, if a build writes it, its source by the
 * compiler's options or by common layouts.
 */
export function sourceOf(project: Project, path: string, home: string, dialect: Dialect): Found | null {
  const there = moduleAt(project, path, dialect);
  if (there) return found(there, 'exact');
  if (!isBelow(path, home) || path === home) return null;
  return byOptions(project, path, home, dialect) ?? byLayout(project, path, home, dialect);
}

function byOptions(project: Project, path: string, home: string, dialect: Dialect): Found | null {
  for (const { outDirs, rootDir } of allTsOptionsIn(project, home)) {
    for (const outDir of outDirs) {
      if (outDir === home || !isBelow(path, outDir)) continue;
      const rest = restOf(path, outDir).replace(builtEnding, '');
      const stated = rootDir === null ? null : fileAt(project, below(rootDir, rest), dialect);
      if (stated) return found(stated, 'exact');
      for (const folder of [below(home, 'src'), home]) {
        const files = fileAt(project, below(folder, rest), dialect);
        if (files) return found(files, 'convention');
      }
    }
  }
  return null;
}

function byLayout(project: Project, path: string, home: string, dialect: Dialect): Found | null {
  let parts = restOf(path, home).replace(builtEnding, '').split('/');
  while (parts.length > 1 && builtFolders.has(parts[0] ?? '')) {
    parts = parts.slice(1);
    const files = inSourceFolders(project, parts.join('/'), home, dialect);
    if (files) return files;
  }
  return null;
}

/** A module of a package by its place below a usual source folder. */
export function inSourceFolders(
  project: Project,
  rest: string,
  home: string,
  dialect: Dialect,
): Found | null {
  const bare = rest.replace(builtEnding, '');
  for (const folder of sourceFolders) {
    const base = below(home, folder);
    const files =
      moduleAt(project, below(base, rest), dialect) ?? fileAt(project, below(base, bare), dialect);
    if (files) return found(files, 'convention');
  }
  return null;
}
