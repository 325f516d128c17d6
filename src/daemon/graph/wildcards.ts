import type { Contents } from './contents.js';
import { type Definition, isTarget, isTop, type Place } from './definition.js';
import type { Imported } from './file-scope.js';
import { groupOf } from './languages.js';
import { Remembered } from './remembered.js';
import type { RepoGraph } from './repo-graph.js';

type Places = Imported['places'];

/** Files that pass names on to others: followed so far. */
const mostHops = 6;
const mostFiles = 2_000;
const closuresKept = 1_000;
/** An import of more files is of a package: its files are not followed any further. */
const fewFiles = 8;
/** Languages whose packages do not pass on what their files import. */
const ownNamesOnly = new Set(['jvm', 'dotnet', 'go']);

/** Whether modules of a language have names from the modules that they import. */
export function passesOn(language: string): boolean {
  return !ownNamesOnly.has(groupOf(language));
}

/**
 * Finds names that imports bring in without naming them: `from a import *`, `export *`, `#include`. The files that have
 * a name are looked up, and then which of them is reached first; there are far fewer of those than files reached.
 */
export class Wildcards {
  readonly #contents: Contents;
  readonly #repos: ReadonlyMap<string, RepoGraph>;
  readonly #closures: Remembered<ReadonlyMap<string, number>>;
  readonly #having: Remembered<readonly Place[]>;
  readonly #sets = new WeakMap<Places, ReadonlySet<string>>();

  constructor(contents: Contents, repos: ReadonlyMap<string, RepoGraph>) {
    this.#contents = contents;
    this.#repos = repos;
    const version = () => contents.version;
    this.#closures = new Remembered(version, closuresKept);
    this.#having = new Remembered(version, closuresKept);
  }

  /** Definitions at the top of any of the files of a large import. */
  among(places: Places, name: string): Definition[] {
    const id = this.#contents.names.find(name);
    return this.#amongThose(places, name).flatMap((place) => topOf(place, id));
  }

  /** Whether an import is of so many files that `among` is the way to look into it. */
  isLarge(places: Places): boolean {
    return places.length > fewFiles;
  }

  /**
   * The first file that an import without names leads to, directly or through others, and that has a name: because it
   * defines it, or because it imports it by name.
   */
  *reached({ places }: Imported, name: string): Generator<Place> {
    const having = this.#withName(places, name);
    if (having.length === 0) return;
    if (this.isLarge(places)) {
      yield* this.#amongThose(places, name);
      return;
    }
    for (const { repo, path } of places) {
      const closure = this.#closureOf(repo, path);
      const order = (place: Place) => closure.get(place.path) ?? Number.POSITIVE_INFINITY;
      yield* having.filter((place) => closure.has(place.path)).sort((a, b) => order(a) - order(b));
    }
  }

  #amongThose(places: Places, name: string): readonly Place[] {
    let set = this.#sets.get(places);
    if (!set) {
      set = new Set(places.map(({ path }) => path));
      this.#sets.set(places, set);
    }
    const paths = set;
    return this.#withName(places, name).filter(({ path }) => paths.has(path));
  }

  /** The files of the repository that an import leads to, which define a name or import it by name. */
  #withName(places: Places, name: string): readonly Place[] {
    // All files of an import lie in one repository.
    const repo = this.#repos.get(places[0]?.repo ?? '');
    const id = this.#contents.names.find(name);
    if (!repo || id < 0) return [];
    return this.#having.get(`${repo.id}\n${name}`, () => {
      const defining = this.#contents.defining(id);
      const importing = this.#contents
        .referring(id)
        .filter((content) => content.referring(id).some((at) => content.referenceKind(at) === 'import'));
      const contents = new Set([...defining, ...importing, ...this.#contents.aliasing(id)]);
      return [...contents].flatMap((content) =>
        repo.pathsOf(content).map((path) => ({ repo, path, content })),
      );
    });
  }

  /** The files that a file leads to without naming names, itself first, by how near they are. All are of its repository. */
  #closureOf(repo: string, path: string): ReadonlyMap<string, number> {
    return this.#closures.get(`${repo}\n${path}`, () => {
      const graph = this.#repos.get(repo);
      const closure = new Map([[path, 0]]);
      let level = [path];
      for (let hop = 0; graph && hop < mostHops && level.length > 0; hop++) {
        const next: string[] = [];
        for (const at of level) {
          if (!passesOn(graph.content(at)?.language ?? '')) continue;
          for (const { places } of graph.scopeOf(at).wildcards) {
            for (const one of this.isLarge(places) ? [] : places) {
              if (one.repo !== repo || closure.has(one.path) || closure.size >= mostFiles) continue;
              closure.set(one.path, closure.size);
              next.push(one.path);
            }
          }
        }
        level = next;
      }
      return closure;
    });
  }
}

/** Definitions of a name at the top of a file. */
export function topOf({ repo, path, content }: Place, name: number): Definition[] {
  return content
    .defining(name)
    .filter((index) => isTarget(content.kind(index)) && isTop(content, index))
    .map((index) => ({ repo, path, content, index }));
}
