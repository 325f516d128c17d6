import type { Project } from '../../contract.js';
import { type Fields, fieldAt, fieldsOf, parseJson, stringOf, stringsOf } from '../../parse.js';
import { below, folderOf, foldersUp, joinPath } from '../../paths.js';
import { packagesNamed } from './packages.js';

/** A pattern of `paths` with at most one `*`, and where it leads, relative to the repository. */
export interface PathPattern {
  readonly pattern: string;
  readonly targets: readonly string[];
}

/** The compiler options that resolution needs; folders are relative to the repository. */
export interface TsOptions {
  readonly paths: readonly PathPattern[];
  readonly baseUrl: string | null;
  readonly rootDirs: readonly string[];
  readonly rootDir: string | null;
  readonly outDirs: readonly string[];
  readonly conditions: readonly string[];
}

/** Stands for the folder of the configuration in its paths. */
const configDir = /^\$\{configDir\}/;
const none: TsOptions = {
  paths: [],
  baseUrl: null,
  rootDirs: [],
  rootDir: null,
  outDirs: [],
  conditions: [],
};
/** Chains of `extends` are a few files long; a longer one goes in a circle. */
const maxExtends = 16;

/** The options that hold for files of a folder. */
export interface AppliedOptions {
  readonly options: TsOptions;
  /** Of the nearest configuration; those around it hold only if it belongs to other files. */
  readonly nearest: boolean;
}

/** The options for files of a folder: of the nearest configuration and those it refers to, then of those around it. */
export function tsOptionsFor(project: Project, folder: string): readonly AppliedOptions[] {
  const known = project.fact(optionsByFolder);
  let applied = known.get(folder);
  if (!applied) {
    const levels = [...foldersUp(folder)]
      .map((around) => optionsIn(project, around))
      .filter((all) => all.length > 0);
    applied = levels.flatMap((all, level) => all.map((options) => ({ options, nearest: level === 0 })));
    known.set(folder, applied);
  }
  return applied;
}

/** Options of every configuration directly in a folder (tsconfig.json, tsconfig.build.json, …). */
export function allTsOptionsIn(project: Project, folder: string): TsOptions[] {
  return project
    .filesIn(folder)
    .filter((path) => /(^|\/)(ts|js)config[^/]*\.json$/.test(path))
    .map((path) => optionsOf(project, path));
}

/** Filled as folders are asked for. */
function optionsByFolder(): Map<string, readonly AppliedOptions[]> {
  return new Map();
}

function optionsIn(project: Project, folder: string): TsOptions[] {
  for (const name of ['tsconfig.json', 'jsconfig.json']) {
    const path = below(folder, name);
    const config = project.parsed(path, parseJson);
    if (config) return [optionsOf(project, path), ...referenced(project, folder, config)];
  }
  return [];
}

/** Options of the configurations beside this one that it refers to: tsconfig.app.json and the like. */
function referenced(project: Project, folder: string, config: Fields): TsOptions[] {
  const references = Array.isArray(config.references) ? config.references : [];
  return references.flatMap((reference) => {
    const path = joinPath(folder, stringOf(fieldAt(reference, 'path')) ?? '');
    return path?.endsWith('.json') && folderOf(path) === folder ? [optionsOf(project, path)] : [];
  });
}

function optionsOf(project: Project, path: string, depth = 0): TsOptions {
  const config = project.parsed(path, parseJson);
  if (!config || depth > maxExtends) return none;
  const inherited = stringsOf(config.extends)
    .map((base) => extendedPath(project, folderOf(path), base))
    .filter((base) => base !== null)
    .map((base) => optionsOf(project, base, depth + 1));
  const base = Object.assign({}, none, ...inherited.map(present)) as TsOptions;
  return { ...base, ...ownOptions(folderOf(path), fieldsOf(config.compilerOptions), base) };
}

/** Only what is set, so that a later configuration does not hide what an earlier one says. */
function present(options: TsOptions): Partial<TsOptions> {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => (Array.isArray(value) ? value.length > 0 : value !== null)),
  );
}

function ownOptions(folder: string, options: Fields, base: TsOptions): Partial<TsOptions> {
  const at = (value: unknown) => {
    const text = stringOf(value)?.replace(configDir, '.');
    return text === undefined ? null : joinPath(folder, text);
  };
  const all = (value: unknown) =>
    stringsOf(value)
      .map(at)
      .filter((path) => path !== null);
  const baseUrl = at(options.baseUrl) ?? base.baseUrl;
  const own: Partial<TsOptions> = {
    baseUrl,
    rootDir: at(options.rootDir) ?? base.rootDir,
    rootDirs: options.rootDirs === undefined ? base.rootDirs : all(options.rootDirs),
    outDirs: [...all(options.outDir), ...all(options.declarationDir), ...base.outDirs],
    conditions: [...stringsOf(options.customConditions), ...base.conditions],
  };
  if (options.paths === undefined) return own;
  const from = at(options.baseUrl) ?? (options.baseUrl === undefined ? baseUrl : null) ?? folder;
  const paths = Object.entries(fieldsOf(options.paths)).map(([pattern, targets]) => ({
    pattern,
    targets: stringsOf(targets)
      .map((target) => joinPath(configDir.test(target) ? folder : from, target.replace(configDir, '.')))
      .filter((target) => target !== null),
  }));
  return { ...own, paths };
}

function extendedPath(project: Project, folder: string, base: string): string | null {
  if (/^\.{0,2}\//.test(base) || base === '..' || base === '.') {
    const path = joinPath(folder, base);
    return path === null ? null : firstFile(project, path);
  }
  const [, name = base, rest = ''] = /^((?:@[^/]+\/)?[^/]+)\/?(.*)$/.exec(base) ?? [];
  for (const { folder: home } of packagesNamed(project, name)) {
    const path = firstFile(project, below(home, rest));
    if (path !== null) return path;
  }
  return null;
}

function firstFile(project: Project, path: string): string | null {
  return [path, `${path}.json`, below(path, 'tsconfig.json')].find((file) => project.has(file)) ?? null;
}

/** Where `paths` sends a specifier: the pattern with the longest part before its `*` wins, as the compiler has it. */
export function mappedPaths(patterns: readonly PathPattern[], specifier: string): readonly string[] {
  let best: PathPattern | null = null;
  let prefixLength = -1;
  for (const entry of patterns) {
    const star = entry.pattern.indexOf('*');
    if (star < 0) {
      if (entry.pattern === specifier) return entry.targets;
      continue;
    }
    const prefix = entry.pattern.slice(0, star);
    const suffix = entry.pattern.slice(star + 1);
    const fits = specifier.length >= prefix.length + suffix.length;
    if (fits && specifier.startsWith(prefix) && specifier.endsWith(suffix) && star > prefixLength) {
      best = entry;
      prefixLength = star;
    }
  }
  if (!best) return [];
  const { pattern, targets } = best;
  const matched = specifier.slice(prefixLength, specifier.length - (pattern.length - prefixLength - 1));
  return targets.map((target) => target.replace('*', () => matched));
}
