import type { OutlineImport } from '../../workers/outline/contract.js';
import type { Content } from './content.js';
import type { FileTargets } from './file-targets.js';
import { includesText } from './languages.js';
import type { Certainty } from './resolve/contract.js';

/** What a name that an import brings in stands for. */
export interface Imported {
  /** Files in which it may be; none if it is not of a registered repository. */
  places: readonly { repo: string; path: string }[];
  /** What to look for there, outermost first; empty: the name is the module itself. */
  symbols: readonly string[];
  certainty: Certainty;
  /** The name by which the file calls it: a module's default export has no other. */
  local: string;
  form: OutlineImport['form'];
}

/** Paths with their repository, once for each list of paths: those of large packages are in the scope of many files. */
export class KnownPlaces {
  readonly #places = new Map<readonly string[], Imported['places']>();

  of(repo: string, paths: readonly string[]): Imported['places'] {
    const known = this.#places.get(paths);
    if (known) return known;
    const places = paths.map((path) => ({ repo, path }));
    this.#places.set(paths, places);
    return places;
  }

  /** To be called when paths may have changed: lists of them are changed in place. */
  clear(): void {
    this.#places.clear();
  }
}

const noPaths: readonly string[] = [];

/** The names that a file's imports bring in. Of its imports those alone are resolved that may bring in what is asked for. */
export class FileScope {
  readonly #repo: string;
  readonly #content: Content | null;
  readonly #targets: FileTargets;
  readonly #places: KnownPlaces;
  /** Names that imports bring in, once one was asked for; that none does is found out as fast as looked up. */
  #names: Map<string, Imported> | null = null;
  #wildcards: readonly Imported[] | null = null;

  constructor(repo: string, content: Content | null, targets: FileTargets, places: KnownPlaces) {
    this.#repo = repo;
    this.#content = content;
    this.#targets = targets;
    this.#places = places;
  }

  /** Imports that bring in all of a module's names. */
  get wildcards(): readonly Imported[] {
    this.#wildcards ??= this.#written().flatMap((entry, at) =>
      this.#isWildcard(entry) ? this.#binder(entry, at).module('') : [],
    );
    return this.#wildcards;
  }

  /** What a name stands for; undefined if no import brings it in. */
  get(name: string): Imported | undefined {
    const known = this.#names?.get(name);
    if (known) return known;
    const written = this.#written();
    let found: Imported | undefined;
    for (let at = 0; at < written.length; at++) {
      const entry = written[at] as OutlineImport;
      if (!mayBind(entry, name)) continue;
      found = this.#boundBy(entry, at, name) ?? found;
      // Of `try: import a as x` and `except: import b as x`, the one that leads somewhere.
      if (found && found.places.length > 0) break;
    }
    if (!found) return undefined;
    this.#names ??= new Map();
    this.#names.set(name, found);
    return found;
  }

  /** The same by the name that the module itself has for it. */
  original(name: string): Imported | undefined {
    for (const [at, entry] of this.#written().entries()) {
      const named = entry.names.find((one) => one.name === name);
      if (named) return this.#binder(entry, at).bound(name, named.alias);
    }
    return this.get(name);
  }

  #written(): readonly OutlineImport[] {
    return this.#content?.written ?? [];
  }

  #isWildcard(entry: OutlineImport): boolean {
    return entry.wildcard || (isBare(entry) && includesText(this.#content?.language ?? ''));
  }

  /** What one import brings in under a name: of several, the first that leads somewhere. */
  #boundBy(entry: OutlineImport, at: number, name: string): Imported | undefined {
    const { bound, module, binding } = this.#binder(entry, at);
    const found: Imported[] = [];
    for (const one of entry.names) if (one.alias === name) found.push(bound(one.name, name));
    if (entry.default === name) found.push(bound('default', name));
    if (entry.namespace === name) {
      found.push(entry.names.length === 0 && binding ? bound(binding, name) : module(name));
    }
    if (isBare(entry) && !this.#isWildcard(entry) && name === (binding ?? lastName(entry.specifier))) {
      found.push(binding ? bound(binding, name) : module(name));
    }
    return found.find(({ places }) => places.length > 0) ?? found.at(-1);
  }

  /** Makes what the names of one import stand for. */
  #binder({ form }: OutlineImport, index: number) {
    const target = this.#targets.at(index);
    const certainty = target?.certainty ?? 'name';
    const home = target?.kind === 'repo' ? target.repo : this.#repo;
    const found = target?.kind === 'file' || target?.kind === 'repo' ? target : null;
    const at = (paths: readonly string[]) => this.#places.of(home, paths);
    return {
      /** The name that resolution gives to what the import names as a whole. */
      binding: found?.bindings?.[0]?.name,
      bound: (name: string, local: string): Imported => {
        const binding = found?.bindings?.find((one) => one.name === name);
        const { paths, symbols } = binding ?? { paths: found?.paths ?? noPaths, symbols: [name] };
        return { places: at(paths), symbols, certainty, local, form };
      },
      module: (local: string): Imported => {
        return { places: at(found?.paths ?? noPaths), symbols: [], certainty, local, form };
      },
    };
  }
}

/** Whether an import may bring in a name, as far as that can be told without resolving it. */
function mayBind(entry: OutlineImport, name: string): boolean {
  if (entry.default === name || entry.namespace === name) return true;
  for (const { alias } of entry.names) if (alias === name) return true;
  // `import a.b.C`: a part of what is written is the name.
  return isBare(entry) && entry.specifier.includes(name);
}

function lastName(specifier: string): string {
  return specifier.split(/[./\\:]+/).findLast((part) => part !== '') ?? specifier;
}

function isBare({ names, namespace, wildcard, ...entry }: OutlineImport): boolean {
  return names.length === 0 && entry.default === null && namespace === null && !wildcard;
}
