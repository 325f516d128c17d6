import type { OutlineImport } from '../../workers/outline/contract.js';
import type { Content } from './content.js';
import { includesText } from './languages.js';
import type { Certainty, Target } from './resolve/contract.js';

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

/** The names that a file's imports bring in. */
export class FileScope {
  readonly #names = new Map<string, Imported>();
  readonly #originals = new Map<string, Imported>();
  /** Imports that bring in all of a module's names. */
  readonly wildcards: Imported[] = [];

  constructor(repo: string, content: Content | null, targets: readonly Target[], known: KnownPlaces) {
    for (const [at, target] of targets.entries()) {
      const entry = content?.written[at];
      if (entry && content) this.#add(repo, content.language, entry, target, known);
    }
  }

  /** What a name stands for; undefined if no import brings it in. */
  get(name: string): Imported | undefined {
    return this.#names.get(name);
  }

  /** The same by the name that the module itself has for it. */
  original(name: string): Imported | undefined {
    return this.#originals.get(name) ?? this.#names.get(name);
  }

  #add(repo: string, language: string, entry: OutlineImport, target: Target, known: KnownPlaces): void {
    const { form } = entry;
    const certainty = target.certainty;
    const home = target.kind === 'repo' ? target.repo : repo;
    const found = target.kind === 'file' || target.kind === 'repo' ? target : null;
    const at = (paths: readonly string[]) => known.of(home, paths);
    const bound = (name: string, local: string): Imported => {
      const binding = found?.bindings?.find((one) => one.name === name);
      if (binding) return { places: at(binding.paths), symbols: binding.symbols, certainty, local, form };
      return { places: at(found?.paths ?? noPaths), symbols: [name], certainty, local, form };
    };
    const module = (local: string): Imported => {
      return { places: at(found?.paths ?? noPaths), symbols: [], certainty, local, form };
    };
    for (const { name, alias } of entry.names) {
      const imported = bound(name, alias);
      this.#put(alias, imported);
      if (!this.#originals.has(name)) this.#originals.set(name, imported);
    }
    if (entry.default !== null) this.#put(entry.default, bound('default', entry.default));
    if (entry.namespace !== null) {
      const binding = entry.names.length === 0 ? found?.bindings?.[0] : undefined;
      const whole = binding ? { ...bound(binding.name, entry.namespace) } : module(entry.namespace);
      this.#put(entry.namespace, whole);
    }
    if (entry.wildcard || (isBare(entry) && includesText(language))) this.wildcards.push(module(''));
    else if (isBare(entry)) this.#addBare(entry.specifier, found?.bindings?.[0]?.name, bound, module);
  }

  /** `import a.b.C`: the last part is the name. */
  #addBare(
    specifier: string,
    name: string | undefined,
    bound: (name: string, local: string) => Imported,
    module: (local: string) => Imported,
  ): void {
    const local = name ?? specifier.split(/[./\\:]+/).findLast((part) => part !== '') ?? specifier;
    this.#put(local, name === undefined ? module(local) : bound(name, local));
  }

  #put(name: string, imported: Imported): void {
    const known = this.#names.get(name);
    // Of `try: import a as x` and `except: import b as x`, the one that leads somewhere.
    if (!known || known.places.length === 0) this.#names.set(name, imported);
  }
}

function isBare({ names, namespace, wildcard, ...entry }: OutlineImport): boolean {
  return names.length === 0 && entry.default === null && namespace === null && !wildcard;
}
