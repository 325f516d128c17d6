import type { Content } from './content.js';
import type { Contents } from './contents.js';
import { type Confidence, lessSure } from './contract.js';
import { type Definition, hasMembers, idOf, type Place, type Resolution } from './definition.js';
import { groupOf, sharesFolder } from './languages.js';
import { referencesOn } from './references-on.js';
import { Remembered } from './remembered.js';
import { folderOf } from './resolve/paths.js';

/** Classes above a class that are followed. */
const mostBases = 6;

/** Resolves the name of a type in a file; null if it leads nowhere. */
type TypeResolver = (place: Place, reference: number) => Resolution | null;

/** Names whose definitions are remembered by the types that they are written for. */
const namesKept = 2_000;

/** The definitions of a name in a content that are written for one type. */
interface WrittenFor {
  content: Content;
  ats: number[];
}

/** Finds members of types: in their bodies, in extensions and implementations elsewhere, and in what they inherit. */
export class Members {
  readonly #contents: Contents;
  readonly #typeOf: TypeResolver;
  readonly #cuts: () => number;
  readonly #known: Remembered<Resolution | null>;
  /** Definitions of a name by the last part of their scopes. */
  readonly #written: Remembered<ReadonlyMap<string, readonly WrittenFor[]>>;

  /** @param cuts counts the names that were not followed any further */
  constructor(contents: Contents, typeOf: TypeResolver, cuts: () => number) {
    this.#contents = contents;
    this.#typeOf = typeOf;
    this.#cuts = cuts;
    this.#known = new Remembered(() => contents.version);
    this.#written = new Remembered(() => contents.version, namesKept);
  }

  /**
   * The member of a type.
   * @param confidence that of the type itself
   * @param inherited only what it inherits
   */
  of(type: Definition, name: number, confidence: Confidence, inherited = false): Resolution | null {
    const key = `${idOf(type)}\n${name}\n${confidence}\n${inherited}`;
    const before = this.#cuts();
    const make = () => this.#of(type, name, confidence, inherited, new Set());
    return this.#known.get(key, make, () => this.#cuts() === before);
  }

  /** The class, or what is like one, around a definition; null at the top. */
  around({ repo, path, content }: Place, definition: number): Definition | null {
    for (let at = definition; at >= 0; at = content.parent(at)) {
      if (hasMembers(content.kind(at)) && content.kind(at) !== 'module')
        return { repo, path, content, index: at };
    }
    return null;
  }

  #of(
    type: Definition,
    name: number,
    confidence: Confidence,
    inherited: boolean,
    seen: Set<string>,
  ): Resolution | null {
    const id = idOf(type);
    if (seen.has(id) || seen.size > mostBases) return null;
    seen.add(id);
    if (!inherited) {
      const inside = membersIn(type, name);
      if (inside.length > 0) return { confidence, targets: inside };
      const elsewhere = this.#elsewhere(type, name);
      if (elsewhere.length > 0) return { confidence, targets: elsewhere };
    }
    for (const base of basesOf(type, this.#typeOf)) {
      for (const target of base.targets) {
        const sure = lessSure(confidence, base.confidence);
        const found = this.#of(target, name, sure, false, seen);
        if (found) return found;
      }
    }
    return null;
  }

  /** Members that are written outside of the type: Go's methods, Rust's `impl`, C++'s `A::b`, extensions. */
  #elsewhere({ repo, path, content, index }: Definition, name: number): Definition[] {
    const type = this.#contents.names.text(content.name(index));
    const found: Definition[] = [];
    for (const { content: other, ats } of this.#writtenFor(type, name)) {
      if (groupOf(other.language) !== groupOf(content.language)) continue;
      const fitting = ats.filter((at) => other !== content || other.parent(at) !== index);
      if (fitting.length === 0) continue;
      for (const place of repo.pathsOf(other)) {
        if (sharesFolder(other.language) && folderOf(place) !== folderOf(path)) continue;
        // Another type of the same name has its members in its own body.
        const own = fitting.filter((at) => !this.#isOfOther(other, at));
        found.push(...own.map((at) => ({ repo, path: place, content: other, index: at })));
      }
    }
    return found;
  }

  #writtenFor(type: string, name: number): readonly WrittenFor[] {
    const byType = this.#written.get(`${name}`, () => {
      const found = new Map<string, WrittenFor[]>();
      for (const content of this.#contents.defining(name)) {
        for (const at of content.defining(name)) {
          const scope = lastPart(this.#contents.names.text(content.scope(at)));
          const known = found.get(scope) ?? [];
          if (known.length === 0) found.set(scope, known);
          const last = known.at(-1);
          if (last?.content === content) last.ats.push(at);
          else known.push({ content, ats: [at] });
        }
      }
      return found;
    });
    return byType.get(type) ?? [];
  }

  #isOfOther(content: Definition['content'], index: number): boolean {
    const parent = content.parent(index);
    return (
      parent >= 0 && hasMembers(content.kind(parent)) && !['impl', 'module'].includes(content.kind(parent))
    );
  }
}

/** The members of a name in the body of a type. */
export function membersIn({ repo, path, content, index }: Definition, name: number): Definition[] {
  return content
    .defining(name)
    .filter((at) => content.parent(at) === index)
    .map((at) => ({ repo, path, content, index: at }));
}

/** What a type says that it inherits from, as far as that is known. */
export function basesOf({ repo, path, content, index }: Definition, typeOf: TypeResolver): Resolution[] {
  const bases: Resolution[] = [];
  for (const at of referencesOn(content, content.startLine(index), content.endLine(index))) {
    if (content.around(at) !== index || content.referenceKind(at) !== 'inherit') continue;
    const found = typeOf({ repo, path, content }, at);
    if (found) bases.push(found);
  }
  return bases;
}

/** `a.b.C` and `a::b::C` without what stands before the last part. */
export function lastPart(scope: string): string {
  return scope.slice(Math.max(scope.lastIndexOf('.'), scope.lastIndexOf(':'), scope.lastIndexOf('\\')) + 1);
}
