import type { Project } from '../../contract.js';
import { fieldsOf, parseJson, stringOf } from '../../parse.js';
import { below } from '../../paths.js';

/** How an importing file sees modules: TypeScript prefers its own sources and declarations, JavaScript what runs. */
export type Dialect = 'typescript' | 'javascript';

const scripts = ['.js', '.jsx', '.mjs', '.cjs'];
const typed = ['.ts', '.tsx', '.d.ts', '.mts', '.cts', '.d.mts', '.d.cts'];
const others = ['.json', '.vue', '.svelte', '.astro', '.node'];
const endings: Record<Dialect, readonly string[]> = {
  typescript: [...typed, ...scripts, ...others],
  javascript: [...scripts, ...typed, ...others],
};
/** What React Native's bundler puts before the ending. */
const platforms = ['.native', '.ios', '.android', '.web'];

/** Sources that a written ending can stand for: compilers leave `./x.js` as it is, and the source is x.ts. */
const sourcesOfEnding: Record<string, readonly string[]> = {
  '.js': ['.ts', '.tsx', '.d.ts', '.jsx'],
  '.jsx': ['.tsx', '.d.ts'],
  '.mjs': ['.mts', '.d.mts'],
  '.cjs': ['.cts', '.d.cts'],
};

/** The files of a module at a path as written (with or without ending, file or folder); null if there is none. */
export function moduleAt(project: Project, path: string, dialect: Dialect): readonly string[] | null {
  return fileAt(project, path, dialect) ?? folderAt(project, path, dialect);
}

/** As `moduleAt`, for a file only. A declaration (x.d.ts) brings the script that it describes. */
export function fileAt(project: Project, path: string, dialect: Dialect): readonly string[] | null {
  const [, stem = '', ending = ''] = /^(.*[^/])(\.[mc]?jsx?)$/.exec(path) ?? [];
  const sources = sourcesOfEnding[ending] ?? [];
  if (dialect === 'javascript' && project.has(path)) return [path];
  for (const source of sources) {
    if (project.has(stem + source)) return withTwin(project, stem, source);
  }
  if (project.has(path)) return [path];
  for (const added of endings[dialect]) {
    if (project.has(path + added)) return withTwin(project, path, added);
  }
  const variants = platforms.flatMap((platform) =>
    endings[dialect].map((added) => path + platform + added).filter((file) => project.has(file)),
  );
  return variants.length > 0 ? variants : null;
}

function withTwin(project: Project, stem: string, ending: string): readonly string[] {
  if (!ending.startsWith('.d.')) return [stem + ending];
  const twin = ['.js', '.jsx', '.mjs', '.cjs']
    .map((script) => stem + script)
    .find((file) => project.has(file));
  return twin === undefined ? [stem + ending] : [stem + ending, twin];
}

function folderAt(project: Project, path: string, dialect: Dialect): readonly string[] | null {
  if (!project.isFolder(path)) return null;
  const manifest = project.parsed(below(path, 'package.json'), parseJson);
  if (manifest && path !== '') {
    for (const entry of mainsOf(manifest, dialect)) {
      const main = below(path, entry.replace(/^\.\//, ''));
      const files =
        main === path ? null : (fileAt(project, main, dialect) ?? indexAt(project, main, dialect));
      if (files) return files;
    }
  }
  return indexAt(project, path, dialect);
}

function indexAt(project: Project, path: string, dialect: Dialect): readonly string[] | null {
  return project.isFolder(path) ? fileAt(project, below(path, 'index'), dialect) : null;
}

/** Entry points of a package.json beside its `exports`, in the order in which a dialect takes them. */
export function mainsOf(manifest: unknown, dialect: Dialect): string[] {
  const { types, typings, module, main, source } = fieldsOf(manifest);
  const run = [module, main, source];
  const mains = dialect === 'typescript' ? [types, typings, ...run] : [...run, types, typings];
  return mains.map(stringOf).filter((entry): entry is string => entry !== undefined && entry !== '');
}
