import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript-5';

/** Options that hold where a repository says nothing else. */
const defaults = {
  allowJs: true,
  checkJs: false,
  noEmit: true,
  esModuleInterop: true,
  allowImportingTsExtensions: true,
  resolveJsonModule: true,
  experimentalDecorators: true,
  strict: true,
  skipLibCheck: true,
  types: [],
  jsx: ts.JsxEmit.Preserve,
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
};

/** Folders that hold what builds write, as far as sources are found beside them. */
const builtFolder = /^(?:dist|build|out|lib|esm|cjs|umd|node_modules|types)\//;
const builtEnding = /(?:\.core|\.esm|\.cjs|\.min)*\.(?:d\.[mc]?ts|[mc]?js|jsx|[mc]?ts)$/;
const sourceEndings = ['.ts', '.tsx', '.mts', '.cts', '/index.ts', '/index.tsx', '.d.ts', '.js', '.mjs'];

/**
 * Resolves modules as the compiler does for each file by its nearest tsconfig.json; and, since no packages are
 * installed, modules of the repository's own packages by their names: through `exports`, `types` and `main` of their
 * package.json, where a path that only a build writes stands for its source.
 */
export class ModuleResolution {
  #root;
  #host;
  #options = new Map();
  #packages = null;

  constructor(root) {
    this.#root = root;
    // Packages that happen to be installed in a folder around it are no part of a repository.
    const inside = (path) => path === root || path.startsWith(`${root}/`);
    this.#host = {
      ...ts.sys,
      fileExists: (path) => inside(path) && ts.sys.fileExists(path),
      directoryExists: (path) => inside(path) && ts.sys.directoryExists(path),
    };
  }

  /** Options of the language service itself. */
  static options() {
    return { ...defaults };
  }

  resolve(specifier, from) {
    const options = this.#optionsFor(dirname(from));
    const { resolvedModule } = ts.resolveModuleName(specifier, from, options, this.#host);
    if (resolvedModule) return resolvedModule;
    const path = /^[./#]/.test(specifier) ? null : this.#inPackage(specifier);
    if (path === null) return undefined;
    return {
      resolvedFileName: path,
      extension: path.slice(path.search(/(?:\.d)?\.[mc]?[jt]sx?$/)),
      isExternalLibraryImport: false,
    };
  }

  #optionsFor(folder) {
    const known = this.#options.get(folder);
    if (known) return known;
    const file = join(folder, 'tsconfig.json');
    let options = null;
    if (existsSync(file)) options = configured(file, this.#host);
    else if (folder === this.#root || !folder.startsWith(this.#root)) options = { ...defaults };
    else options = this.#optionsFor(dirname(folder));
    this.#options.set(folder, options);
    return options;
  }

  #inPackage(specifier) {
    const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? '';
    this.#packages ??= packagesIn(this.#root);
    const found = this.#packages.get(name);
    if (!found) return null;
    const rest = specifier.slice(name.length + 1);
    const { folder, manifest } = found;
    for (const target of targetsOf(manifest, rest)) {
      const path = sourceFor(folder, target);
      if (path !== null) return path;
    }
    const entry =
      rest === '' ? ['src/index', `src/${name.split('/').at(-1)}`, 'index'] : [`src/${rest}`, rest];
    return entry.map((one) => sourceFor(folder, one)).find((path) => path !== null) ?? null;
  }
}

function configured(file, host) {
  const { config } = ts.readConfigFile(file, host.readFile);
  const parsed = ts.parseJsonConfigFileContent(
    { ...config, files: [], include: [] },
    { ...ts.sys, readDirectory: () => [] },
    dirname(file),
  );
  const { paths, baseUrl, pathsBasePath, customConditions, rootDirs } = parsed.options;
  const given = { paths, baseUrl, pathsBasePath, customConditions, rootDirs };
  return {
    ...defaults,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
}

/** Packages of the repository by name; of several the one nearest to the root. */
function packagesIn(root) {
  const packages = new Map();
  const manifests = readdirSync(root, { recursive: true })
    .filter((path) => /(?:^|\/)package\.json$/.test(path) && !path.includes('node_modules/'))
    .sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1));
  for (const path of manifests) {
    const manifest = parsed(join(root, path));
    const name = manifest?.name;
    if (typeof name === 'string' && !packages.has(name))
      packages.set(name, { folder: join(root, dirname(path)), manifest });
  }
  return packages;
}

function parsed(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    // Some repositories have broken ones as test data.
    return null;
  }
}

/** Paths that a manifest gives for a module of its package. */
function targetsOf(manifest, rest) {
  const { exports, types, typings, module, main } = manifest;
  const found = [];
  const collect = (value, star) => {
    if (typeof value === 'string') found.push(value.replaceAll('*', star));
    else if (value && typeof value === 'object')
      for (const inner of Object.values(value)) collect(inner, star);
  };
  const wanted = rest === '' ? '.' : `./${rest}`;
  if (typeof exports === 'string' && wanted === '.') collect(exports, '');
  for (const [pattern, value] of Object.entries(typeof exports === 'object' && exports ? exports : {})) {
    const [before, after] = pattern.split('*');
    if (pattern === wanted) collect(value, '');
    else if (wanted === '.' && !pattern.startsWith('.')) collect(value, '');
    else if (after !== undefined && wanted.startsWith(before) && wanted.endsWith(after))
      collect(value, wanted.slice(before.length, wanted.length - after.length));
  }
  if (wanted === '.') for (const one of [types, typings, module, main]) collect(one, '');
  return found;
}

/** The source of a path that a package names: the file itself, or what a build makes it from. */
function sourceFor(folder, target) {
  let rest = relative('/', join('/', target));
  const direct = join(folder, rest);
  if (/\.[mc]?tsx?$/.test(rest) && existsSync(direct)) return direct;
  for (;;) {
    const bare = rest.replace(builtEnding, '');
    for (const base of ['src', '']) {
      for (const ending of sourceEndings) {
        const path = join(folder, base, bare + ending);
        if (existsSync(path)) return path;
      }
    }
    if (!builtFolder.test(rest)) return null;
    rest = rest.replace(builtFolder, '');
  }
}
