import type { Answer, Asked } from './asked.js';
import type { Contents } from './contents.js';
import type { Place, Resolution } from './definition.js';
import { ImportedNames } from './imported-names.js';
import { inScope } from './in-scope.js';
import { hasImplicitSelf, isModular } from './languages.js';
import { Members } from './members.js';
import { Modules } from './modules.js';
import { NameSearch } from './name-search.js';
import { Receivers } from './receivers.js';
import type { RepoGraph } from './repo-graph.js';
import { Resolved } from './resolved.js';

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
    const { references } = this.#resolved.of(place);
    const known = references.get(reference);
    if (known !== undefined) return known;
    if (this.#depth >= mostDepth) {
      this.#cuts++;
      return null;
    }
    const before = this.#cuts;
    this.#depth++;
    try {
      const made = this.#resolve(place, reference);
      if (this.#cuts === before) this.#resolved.note(place, reference, made);
      return made;
    } finally {
      this.#depth--;
    }
  }

  #resolve(place: Place, reference: number): Resolution | null {
    const { content } = place;
    const kind = content.referenceKind(reference);
    const around = content.around(reference);
    const asked: Asked = {
      name: content.referenceName(reference),
      // What a class inherits from is named in the scope that the class itself is in.
      around: kind === 'inherit' ? content.parent(around) : around,
      isImport: kind === 'import',
    };
    const receiver = content.receiver(reference);
    const answer = receiver < 0 ? this.#bare(place, asked) : this.#member(place, asked, reference);
    return answer === 'elsewhere' ? null : answer;
  }

  /** A name behind a receiver: found once in a file where it means the same wherever it stands. */
  #member(place: Place, asked: Asked, reference: number): Answer {
    const holder = this.#receivers.holder(place, reference);
    if (holder === null) return this.#receivers.member(place, asked, reference);
    const { members } = this.#resolved.of(place);
    let known = members.get(asked.name);
    if (!known) {
      known = new Map();
      members.set(asked.name, known);
    }
    const before = known.get(holder);
    if (before !== undefined) return before;
    const cuts = this.#cuts;
    const made = this.#receivers.member(place, asked, reference);
    if (this.#cuts === cuts) known.set(holder, made);
    return made;
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
    const { names } = this.#resolved.of(place);
    const known = names.get(id);
    if (known !== undefined) return known;
    const made =
      this.#imports.named(place, name) ??
      this.#imports.viaWildcards(place, name) ??
      this.#search.ofPackage(place, id) ??
      (isModular(place.content.language) ? null : this.#search.anywhere(place, id, false));
    // A text that has no number can be any.
    if (id >= 0) names.set(id, made);
    return made;
  }

  #inherited(place: Place, { name, around }: Asked): Resolution | null {
    if (!hasImplicitSelf(place.content.language)) return null;
    const type = this.#members.around(place, around);
    return type && this.#members.of(type, name, 'same-scope', true);
  }
}
