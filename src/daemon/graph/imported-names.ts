import type { Answer } from './asked.js';
import type { Contents } from './contents.js';
import type { Confidence } from './contract.js';
import type { Definition, Place, Resolution } from './definition.js';
import type { Imported } from './file-scope.js';
import { groupOf } from './languages.js';
import type { Modules } from './modules.js';
import type { NameSearch } from './name-search.js';
import { stemOf } from './resolve/paths.js';

/** Finds what the imports of a file bring in. */
export class ImportedNames {
  readonly #contents: Contents;
  readonly #modules: Modules;
  readonly #search: NameSearch;

  constructor(contents: Contents, modules: Modules, search: NameSearch) {
    this.#contents = contents;
    this.#modules = modules;
    this.#search = search;
  }

  /** A name that an import of the file brings in by name. */
  named(place: Place, name: string): Answer {
    const imported = place.repo.scopeOf(place.path).get(name);
    return imported ? (this.of(imported) ?? 'elsewhere') : null;
  }

  /** What an imported name stands for, or what lies below it. */
  of(imported: Imported, more: readonly string[] = []): Resolution | null {
    const targets = this.#modules.definitionsOf(imported, more);
    return targets.length === 0 ? null : { confidence: confidenceOf(imported, targets), targets };
  }

  /** A name that an import without names brings in. */
  viaWildcards(place: Place, name: string): Resolution | null {
    for (const wildcard of place.repo.scopeOf(place.path).wildcards) {
      const targets = this.#modules.viaWildcard(wildcard, name);
      if (targets.length > 0) return { confidence: confidenceOf(wildcard, targets), targets };
    }
    return this.#besideHeader(place, name);
  }

  /** What a header declares is defined in the file that is called like it. */
  #besideHeader(place: Place, name: string): Resolution | null {
    if (groupOf(place.content.language) !== 'c') return null;
    const { wildcards } = place.repo.scopeOf(place.path);
    const stems = new Set(wildcards.flatMap(({ places }) => places.map(({ path }) => stemOf(path))));
    if (stems.size === 0) return null;
    const id = this.#contents.names.find(name);
    const targets = this.#search.inRepo(place, id, false).filter(({ path }) => stems.has(stemOf(path)));
    return targets.length === 0 ? null : { confidence: 'imported', targets };
  }
}

/** Overloads of a function, and what a namespace adds to it, lie in one file: they are one thing. */
function confidenceOf({ certainty, places }: Imported, targets: readonly Definition[]): Confidence {
  if (certainty !== 'name') return 'imported';
  const files = new Set(targets.map(({ repo, path }) => `${repo.id}\n${path}`));
  return places.length > 1 || files.size > 1 ? 'ambiguous' : 'unique-name';
}
