import type { Contents } from './contents.js';
import { type Definition, isTarget, isTop, type Place, preferred } from './definition.js';
import type { Imported } from './file-scope.js';
import type { Names } from './names.js';
import type { RepoGraph } from './repo-graph.js';
import { stemOf } from './resolve/paths.js';
import { passesOn, topOf, Wildcards } from './wildcards.js';

/** Modules that pass names on to others: followed so far. */
const mostHops = 6;
type Places = Imported['places'];

/** Finds what modules have under a name, their re-exports included. */
export class Modules {
  readonly #contents: Contents;
  readonly #repos: ReadonlyMap<string, RepoGraph>;
  readonly #wildcards: Wildcards;

  constructor(contents: Contents, repos: ReadonlyMap<string, RepoGraph>) {
    this.#contents = contents;
    this.#repos = repos;
    this.#wildcards = new Wildcards(contents, repos);
  }

  /** What an imported name is defined by; empty if that is not known, or it is a module itself. */
  definitionsOf(imported: Imported, more: readonly string[] = []): readonly Definition[] {
    const symbols = [...imported.symbols, ...more];
    if (symbols.length === 0) return [];
    return preferred(this.#inAny(imported.places, symbols, imported.local, new Set(), 0));
  }

  /** A file by its repository and path; null if it has no outline. */
  place(repo: string, path: string): Place | null {
    const found = this.#repos.get(repo);
    const content = found?.content(path);
    return found && content ? { repo: found, path, content } : null;
  }

  /** What an import without names brings in under a name. */
  viaWildcard(wildcard: Imported, name: string): readonly Definition[] {
    return preferred(this.#via(wildcard, name, new Set(), 0));
  }

  #via(wildcard: Imported, name: string, seen: Set<string>, hops: number): Definition[] {
    for (const place of this.#wildcards.reached(wildcard, name)) {
      const own = topOf(place, this.#contents.names.find(name));
      const found = own.length > 0 ? own : this.#importedBy(place, name, seen, hops);
      if (found.length > 0) return found;
    }
    return [];
  }

  #inAny(
    places: Places,
    symbols: readonly string[],
    local: string,
    seen: Set<string>,
    hops: number,
  ): Definition[] {
    const [name = '', ...rest] = symbols;
    if (name === 'default' || !this.#wildcards.isLarge(places)) {
      return places.flatMap(({ repo, path }) => this.#in(repo, path, symbols, local, seen, hops));
    }
    const found = this.#wildcards.among(places, name);
    return rest.length === 0 ? found : found.flatMap((one) => this.#below(one, rest));
  }

  #in(
    repo: string,
    path: string,
    symbols: readonly string[],
    local: string,
    seen: Set<string>,
    hops: number,
  ): Definition[] {
    const place = this.place(repo, path);
    const [name, ...rest] = symbols;
    const visit = `${repo}\n${path}\n${name}`;
    if (!place || name === undefined || hops > mostHops || seen.has(visit)) return [];
    seen.add(visit);
    const own =
      name === 'default'
        ? this.#defaultOf(place, local, seen, hops)
        : topOf(place, this.#contents.names.find(name));
    const found = own.length > 0 ? own : this.#passedOn(place, name, seen, hops);
    if (rest.length === 0) return found;
    const below = found.flatMap((one) => this.#below(one, rest));
    if (below.length > 0) return below;
    const named = name === 'default' ? this.#defaultNameOf(place) : name;
    return named === null ? [] : this.#inNamespace(place, named, rest, seen, hops);
  }

  /** Of `import * as a` and `export * as a`, also in modules that this one passes on, what that module has. */
  #inNamespace(
    place: Place,
    name: string,
    rest: readonly string[],
    seen: Set<string>,
    hops: number,
  ): Definition[] {
    const visit = `${place.repo.id}\n${place.path}\n${name}\n*`;
    if (hops > mostHops || seen.has(visit) || !passesOn(place.content.language)) return [];
    seen.add(visit);
    const scope = place.repo.scopeOf(place.path);
    const imported = scope.get(name);
    if (imported) {
      const symbols = [...imported.symbols, ...rest];
      return this.#inAny(imported.places, symbols, imported.local, new Set(), hops + 1);
    }
    for (const { places } of scope.wildcards) {
      for (const { repo, path } of this.#wildcards.isLarge(places) ? [] : places) {
        const other = this.place(repo, path);
        const found = other ? this.#inNamespace(other, name, rest, seen, hops + 1) : [];
        if (found.length > 0) return found;
      }
    }
    return [];
  }

  #defaultNameOf({ repo, path, content }: Place): string | null {
    const declared = content.defining(this.#contents.names.find('default'));
    return (
      declared.map((index) => defaultName({ repo, path, content, index })).find((one) => one !== null) ?? null
    );
  }

  /** A name that a module has from other modules. */
  #passedOn(place: Place, name: string, seen: Set<string>, hops: number): Definition[] {
    const imported = this.#importedBy(place, name, seen, hops);
    if (imported.length > 0 || !passesOn(place.content.language)) return imported;
    for (const wildcard of place.repo.scopeOf(place.path).wildcards) {
      const found = this.#via(wildcard, name, seen, hops + 1);
      if (found.length > 0) return found;
    }
    return [];
  }

  /** A name that a module imports by name. */
  #importedBy(place: Place, name: string, seen: Set<string>, hops: number): Definition[] {
    if (hops > mostHops || !passesOn(place.content.language)) return [];
    const imported = place.repo.scopeOf(place.path).get(name);
    if (!imported || imported.symbols.length === 0) return [];
    return this.#inAny(imported.places, imported.symbols, imported.local, seen, hops + 1);
  }

  #below(definition: Definition, symbols: readonly string[]): Definition[] {
    const { repo, path, content } = definition;
    let found = [definition.index];
    for (const symbol of symbols) {
      const id = this.#contents.names.find(symbol);
      found = content.defining(id).filter((index) => found.includes(content.parent(index)));
    }
    return found.map((index) => ({ repo, path, content, index }));
  }

  /**
   * What a module exports as its default: what is declared so, or is named there; else what the importing file calls the
   * same, what the file is called after, or the only thing that it exports.
   */
  #defaultOf(place: Place, local: string, seen: Set<string>, hops: number): Definition[] {
    const { repo, path, content } = place;
    const top: Definition[] = [];
    for (let index = 0; index < content.definitionCount; index++) {
      if (isTop(content, index) && isTarget(content.kind(index))) top.push({ repo, path, content, index });
    }
    const declared = top.filter((one) => isDeclaredDefault(one));
    if (declared.length > 0) return declared.flatMap((one) => this.#named(place, one, seen, hops));
    const named = top.filter(({ index }) => this.#contents.names.text(content.name(index)) === local);
    if (named.length > 0) return named;
    const stem = top.filter(({ index }) => this.#contents.names.text(content.name(index)) === stemOf(path));
    if (stem.length > 0) return stem;
    const exported = top.filter(({ index }) => content.exported(index) !== false);
    return exported.length === 1 ? exported : [];
  }

  /** What `export default name` names; anything else that is declared as default is itself. */
  #named(place: Place, declared: Definition, seen: Set<string>, hops: number): Definition[] {
    const name = defaultName(declared);
    if (name === null) return [declared];
    const own = topOf(place, this.#contents.names.find(name));
    const found = own.length > 0 ? own : this.#importedBy(place, name, seen, hops);
    return found.length > 0 ? found : [declared];
  }
}

/** Whether a definition is the default of its module: declared so, or named as such elsewhere in the file. */
export function isDefault(definition: Definition, names: Names): boolean {
  if (isDeclaredDefault(definition)) return true;
  const { content, index } = definition;
  if (!isTop(content, index)) return false;
  const name = names.text(content.name(index));
  return content
    .defining(names.find('default'))
    .some((at) => defaultName({ ...definition, index: at }) === name);
}

function isDeclaredDefault({ content, index }: Definition): boolean {
  return content.exported(index) === true && /^export default\b/.test(content.texts(index).signature);
}

/** The name in `export default name`; null if it is another default. */
function defaultName({ content, index }: Definition): string | null {
  if (content.kind(index) !== 'constant') return null;
  return /^export default ([\w$]+)\s*;?$/.exec(content.texts(index).signature)?.[1] ?? null;
}
