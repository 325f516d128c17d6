import type { Answer, Asked } from './asked.js';
import type { Content } from './content.js';
import type { Contents } from './contents.js';
import type { Place, Resolution } from './definition.js';
import { ImportedNames } from './imported-names.js';
import { inScope } from './in-scope.js';
import { hasImplicitSelf, isModular } from './languages.js';
import { Members } from './members.js';
import { Modules } from './modules.js';
import { NameSearch } from './name-search.js';
import { Receivers, unknownHolder } from './receivers.js';
import type { RepoGraph } from './repo-graph.js';
import { heldKey, Resolved } from './resolved.js';

/** Names that must be known to know a name (the type of a field of a base class, …): followed so far. */
const mostDepth = 8;

/**
 * Finds what references mean, by the rules that languages have in common: names of the same file by their place, then
 * imports, then the package, at last names alone. What it says follows from the outlines and paths as they are.
 */
export class Linker {
  readonly modules: Modules;
  readonly #contents: Contents;
  readonly #members: Members;
  readonly #search: NameSearch;
  readonly #imports: ImportedNames;
  readonly #receivers: Receivers;
  readonly #resolved: Resolved;
  #depth = 0;
  #cuts = 0;

  constructor(contents: Contents, repos: ReadonlyMap<string, RepoGraph>) {
    this.#contents = contents;
    this.modules = new Modules(contents, repos);
    this.#resolved = new Resolved(() => contents.version);
    const resolve = (place: Place, reference: number) => this.resolve(place, reference);
    const bare = (place: Place, asked: Asked) => this.#bare(place, asked);
    this.#search = new NameSearch(contents);
    this.#imports = new ImportedNames(contents, this.modules, this.#search);
    this.#members = new Members(contents, resolve, () => this.#cuts);
    this.#receivers = new Receivers({
      contents,
      members: this.#members,
      imports: this.#imports,
      search: this.#search,
      bare,
      resolve,
    });
  }

  /** What a reference of a file means; null if that is not known, or not in a registered repository. */
  resolve(place: Place, reference: number): Resolution | null {
    const { content } = place;
    const name = content.referenceName(reference);
    if (content.receiver(reference) < 0) {
      if (!mayBeOfFile(content, reference, name))
        return resolution(this.#beyond(place, name, this.#contents.names.text(name)));
    } else {
      const holder = this.#receivers.holder(place, reference);
      if (holder === unknownHolder) return this.#search.anywhere(place, name, true);
      if (holder !== null) return resolution(this.#heldBy(holder, place, reference));
    }
    return this.#byPlace(place, reference);
  }

  /** What a reference means where that depends on where it stands. */
  #byPlace(place: Place, reference: number): Resolution | null {
    const before = this.#resolved.of(place).references?.get(reference);
    if (before !== undefined) return before;
    return this.#deeper(
      () => {
        const asked = askedBy(place, reference);
        const isMember = place.content.receiver(reference) >= 0;
        return resolution(
          isMember ? this.#receivers.member(place, asked, reference) : this.#bare(place, asked),
        );
      },
      (made) => this.#resolved.note(place, reference, made),
    );
  }

  /** A name behind a receiver that means the same wherever it stands in the file. */
  #heldBy(holder: number, place: Place, reference: number): Answer {
    const asked = askedBy(place, reference);
    const file = this.#resolved.of(place);
    const key = heldKey(asked.name, holder);
    const before = file.members?.get(key);
    if (before !== undefined) return before;
    return this.#deeper(
      () => this.#receivers.member(place, asked, reference),
      (made) => {
        file.members ??= new Map();
        file.members.set(key, made);
      },
    );
  }

  /** One step further along the names that must be known to know a name; what was cut short is not remembered. */
  #deeper<T>(make: () => T, remember: (made: T) => void): T | null {
    if (this.#depth >= mostDepth) {
      this.#cuts++;
      return null;
    }
    const before = this.#cuts;
    this.#depth++;
    try {
      const made = make();
      if (this.#cuts === before) remember(made);
      return made;
    } finally {
      this.#depth--;
    }
  }

  #bare(place: Place, asked: Asked): Answer {
    const name = this.#contents.names.text(asked.name);
    if (asked.isImport) {
      const imported = place.repo.scopeOf(place.path).original(name);
      return imported ? this.#imports.of(imported) : null;
    }
    return inScope(place, asked) ?? this.#inherited(place, asked) ?? this.#beyond(place, asked.name, name);
  }

  /** What a name means in a file that does not define it itself. */
  #beyond(place: Place, id: number, name: string): Answer {
    const file = this.#resolved.of(place);
    const known = file.names?.get(id);
    if (known !== undefined) return known;
    const made =
      this.#imports.named(place, name) ??
      this.#imports.viaWildcards(place, name) ??
      this.#search.ofPackage(place, id) ??
      (isModular(place.content.language) ? null : this.#search.anywhere(place, id, false));
    // A text that has no number can be any.
    if (id < 0) return made;
    file.names ??= new Map();
    file.names.set(id, made);
    return made;
  }

  #inherited(place: Place, { name, around }: Asked): Resolution | null {
    if (!hasImplicitSelf(place.content.language)) return null;
    const type = this.#members.around(place, around);
    return type && this.#members.of(type, name, 'same-scope', true);
  }
}

const resolution = (answer: Answer): Resolution | null => (answer === 'elsewhere' ? null : answer);

/** What a reference asks for where it stands. */
function askedBy({ content }: Place, reference: number): Asked {
  const kind = content.referenceKind(reference);
  const around = content.around(reference);
  return {
    name: content.referenceName(reference),
    // What a class inherits from is named in the scope that the class itself is in.
    around: kind === 'inherit' ? content.parent(around) : around,
    isImport: kind === 'import',
  };
}

/** Whether a name with nothing before it may mean something that the file defines, or inherits. */
function mayBeOfFile(content: Content, reference: number, name: number): boolean {
  if (hasImplicitSelf(content.language) || content.defines(name)) return true;
  return content.referenceKind(reference) === 'import';
}
