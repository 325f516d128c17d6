import type { Answer, Asked } from './asked.js';
import type { Contents } from './contents.js';
import { lessSure } from './contract.js';
import { type Definition, hasMembers, type Place, type Resolution } from './definition.js';
import type { ImportedNames } from './imported-names.js';
import { hasImplicitSelf, isSelf } from './languages.js';
import type { Members } from './members.js';
import type { NameSearch } from './name-search.js';
import { referencesOn } from './references-on.js';
import { returnedType } from './returned-type.js';

/** What the resolution of a name behind a receiver needs to know of other names. */
export interface ReceiverTools {
  contents: Contents;
  members: Members;
  imports: ImportedNames;
  search: NameSearch;
  /** What a name with nothing before it stands for. */
  bare(place: Place, asked: Asked): Answer;
  /** What a reference means. */
  resolve(place: Place, reference: number): Resolution | null;
}

/** The holder of names of which nothing is known: it is no number of a name. */
export const unknownHolder = Number.POSITIVE_INFINITY;

/** Finds what a name behind a receiver means: a member of a type, of an object's type, or of a module. */
export class Receivers {
  readonly #tools: ReceiverTools;

  constructor(tools: ReceiverTools) {
    this.#tools = tools;
  }

  /**
   * A number for what stands before a name, where what the two mean is the same everywhere in the file; null where it
   * depends on the place: in a class, or in the scope of a definition of the file.
   */
  holder({ content }: Place, reference: number): number | null {
    const { names } = this.#tools.contents;
    const receiver = plain(names.text(content.receiver(reference)));
    if (isSelf(receiver)) return null;
    const type = content.receiverType(reference);
    if (type === 0 && (content.isLocal(reference) || receiver === '')) return unknownHolder;
    if (hasImplicitSelf(content.language)) return null;
    const [first = ''] = partsOf(type === 0 ? receiver : headOf(names.text(type)));
    const id = names.find(first);
    if (isSelf(first) || (id >= 0 && content.defines(id))) return null;
    return type === 0 ? content.receiver(reference) : -type;
  }

  /** A name behind a receiver. */
  member(place: Place, asked: Asked, reference: number): Answer {
    const { content } = place;
    const { names } = this.#tools.contents;
    const receiver = plain(names.text(content.receiver(reference)));
    const type = names.text(content.receiverType(reference));
    if (isSelf(receiver)) return this.#ofSelf(place, asked, receiver);
    if (type !== '') return this.#ofType(place, type, asked);
    if (content.isLocal(reference) || receiver === '')
      return this.#tools.search.anywhere(place, asked.name, true);
    return this.#ofReceiver(place, receiver, asked) ?? this.#tools.search.anywhere(place, asked.name, true);
  }

  #ofSelf(place: Place, { name, around }: Asked, receiver: string): Answer {
    const inherited = receiver === 'super' || receiver === 'base' || receiver === 'parent';
    const own = this.#tools.members.around(place, around);
    if (own)
      return (
        this.#tools.members.of(own, name, 'same-scope', inherited) ??
        this.#tools.search.anywhere(place, name, true)
      );
    const scope = outermostScope(place, around);
    const type = scope > 0 ? this.#tools.bare(place, { name: scope, around: -1, isImport: false }) : null;
    return this.#amongTypes(type, name) ?? this.#tools.search.anywhere(place, name, true);
  }

  /** The member of a type that is named in a file, or that steps from a name lead to. */
  #ofType(place: Place, type: string, asked: Asked): Answer {
    const isPath = type.includes('>') || type.endsWith('()');
    const found = isPath
      ? this.#atEnd(place, type.split('>'), asked)
      : this.#named(place, type, asked.around);
    if (found === 'elsewhere') return found;
    const member = this.#amongTypes(found, asked.name);
    if (member) return member;
    // The type is known, and has no such member that is known.
    return found && !isPath ? null : this.#tools.search.anywhere(place, asked.name, true);
  }

  /** The type that steps lead to; null where one of them is not known, or only guessed. */
  #atEnd(place: Place, steps: readonly string[], asked: Asked): Answer {
    const [head = '', ...more] = steps;
    let found: Answer;
    let rest = more;
    if (head.endsWith('()'))
      found = this.#typeOfAll(this.#named(place, head.slice(0, -2), asked.around), true);
    else {
      const [first = '', ...others] = more;
      found = this.#typeOfAll(
        this.#firstMember(place, head, { ...asked, name: this.#idOf(first) }),
        isCall(first),
      );
      rest = others;
    }
    for (const step of rest) {
      if (found === 'elsewhere' || found === null) return found;
      found = this.#typeOfAll(this.#amongTypes(found, this.#idOf(step)), isCall(step));
    }
    return found;
  }

  #idOf(step: string): number {
    return this.#tools.contents.names.find(isCall(step) ? step.slice(0, -2) : step);
  }

  #firstMember(place: Place, head: string, asked: Asked): Answer {
    if (asked.name < 0) return null;
    return isSelf(head) ? this.#fieldOf(place, asked, head) : this.#ofReceiver(place, head, asked);
  }

  /** The type of what is found: that it is written with, or that calling it returns. Null where it is only guessed. */
  #typeOfAll(found: Answer, called: boolean): Answer {
    if (found === 'elsewhere' || found === null) return found;
    if (found.confidence === 'unique-name' || found.confidence === 'ambiguous') return null;
    for (const target of found.targets) {
      const type = this.#typeOfOne(target, called);
      if (type === 'elsewhere') return type;
      if (type) return { ...type, confidence: lessSure(type.confidence, found.confidence) };
    }
    return null;
  }

  #typeOfOne(target: Definition, called: boolean): Answer {
    const { content, index } = target;
    const kind = content.kind(index);
    if (hasMembers(kind)) return { confidence: 'same-scope', targets: [target] };
    if (kind !== 'function' && kind !== 'method') return called ? null : this.#writtenType(target);
    const { signature } = content.texts(index);
    if (!called && !/\bget\s/.test(signature)) return null;
    const name = returnedType(signature);
    return name === null ? null : (this.#named(target, name, index) ?? 'elsewhere');
  }

  #amongTypes(found: Answer, name: number): Resolution | null {
    if (found === null || found === 'elsewhere') return null;
    for (const target of found.targets) {
      const member = this.#tools.members.of(target, name, found.confidence);
      if (member) return member;
    }
    return null;
  }

  /** What a name, or a path of names, stands for in a file. */
  #named(place: Place, path: string, around: number): Answer {
    const parts = partsOf(path);
    const [first = '', ...rest] = parts;
    if (rest.length === 0) {
      const name = this.#tools.contents.names.find(first);
      return name < 0
        ? this.#tools.imports.named(place, first)
        : this.#tools.bare(place, { name, around, isImport: false });
    }
    return this.#ofReceiver(place, parts.slice(0, -1).join('.'), {
      name: this.#tools.contents.names.find(parts.at(-1) ?? ''),
      around,
      isImport: false,
    });
  }

  #ofReceiver(place: Place, receiver: string, asked: Asked): Answer {
    const parts = partsOf(receiver);
    const name = this.#tools.contents.names.text(asked.name);
    const scope = place.repo.scopeOf(place.path);
    const whole = scope.get(receiver);
    const [first = '', ...rest] = parts;
    const imported = whole ?? scope.get(first);
    if (imported && !isSelf(first)) {
      if (imported.places.length === 0) return 'elsewhere';
      const below = whole ? [] : rest;
      if (imported.symbols.length === 0) {
        const found = this.#tools.imports.of(imported, [...below, name]);
        if (found) return found;
      }
      const holder =
        imported.symbols.length + below.length > 0 ? this.#tools.imports.of(imported, below) : null;
      if (holder) return this.#memberOf(holder, asked.name, place);
      // What is imported by name may be a module.
      const inModule =
        imported.symbols.length === 0 ? null : this.#tools.imports.of(imported, [...below, name]);
      return inModule ?? 'elsewhere';
    }
    if (isSelf(first)) {
      if (rest.length > 1) {
        const found = this.#atEnd(place, parts, asked);
        return found === 'elsewhere' ? found : this.#amongTypes(found, asked.name);
      }
      if (rest.length === 0) return null;
      const field = { ...asked, name: this.#tools.contents.names.find(rest[0] ?? '') };
      return this.#memberOf(this.#fieldOf(place, field, first), asked.name, place);
    }
    if (rest.length > 0) return null;
    const id = this.#tools.contents.names.find(first);
    const holder =
      id < 0 ? null : this.#tools.bare(place, { name: id, around: asked.around, isImport: false });
    if (holder === 'elsewhere' || holder === null) return holder;
    return this.#memberOf(holder, asked.name, place);
  }

  #fieldOf(place: Place, { name, around }: Asked, self: string): Resolution | null {
    const own = this.#tools.members.around(place, around);
    if (!own || name < 0) return null;
    const found = this.#tools.members.of(own, name, 'same-scope', self === 'super');
    if (found) return found;
    const targets = parametersIn(own, name, this.#tools.contents);
    return targets.length === 0 ? null : { confidence: 'same-scope', targets };
  }

  /** A member of what is found: of types themselves, of variables by the type that is written with them. */
  #memberOf(holder: Resolution | null, name: number, place: Place): Answer {
    if (!holder) return null;
    const direct = this.#amongTypes(holder, name);
    if (direct) return direct;
    for (const target of holder.targets) {
      const kind = target.content.kind(target.index);
      if (hasMembers(kind)) continue;
      const type = this.#writtenType(target);
      if (type === 'elsewhere') return type;
      const found = this.#amongTypes(type, name);
      if (found) return { ...found, confidence: lessSure(found.confidence, holder.confidence) };
    }
    if (holder.targets.every(({ content, index }) => hasMembers(content.kind(index)))) return null;
    return this.#tools.search.anywhere(place, name, true);
  }

  /** The type that is written with a variable: the first one in its definition, or the class that it is made with. */
  #writtenType({ repo, path, content, index }: Definition): Answer {
    let made = -1;
    for (const at of referencesOn(content, content.startLine(index), content.endLine(index))) {
      if (content.around(at) !== index) continue;
      const kind = content.referenceKind(at);
      const place = { repo, path, content };
      if (kind === 'type') return this.#tools.resolve(place, at) ?? 'elsewhere';
      if (kind === 'call' && made < 0) made = at;
    }
    if (made < 0) return null;
    const found = this.#tools.resolve({ repo, path, content }, made);
    return found?.targets.some((target) => hasMembers(target.content.kind(target.index))) ? found : null;
  }
}

/** What a class has by the parameters of its constructor (TypeScript's parameter properties). */
function parametersIn({ repo, path, content, index }: Definition, name: number, { names }: Contents) {
  const made = names.find('constructor');
  const isOfConstructor = (at: number) =>
    at >= 0 && content.name(at) === made && content.parent(at) === index;
  return content
    .defining(name)
    .filter((at) => isOfConstructor(content.parent(at)))
    .map((at) => ({ repo, path, content, index: at }));
}

/** The name of the type that a method is written for outside of it, as a number; 0 if there is none. */
function outermostScope({ content }: Place, around: number): number {
  for (let at = around; at >= 0; at = content.parent(at)) {
    if (content.parent(at) < 0 && content.kind(at) === 'method') return content.scope(at);
  }
  return 0;
}

/** A receiver without what a language adds to a name. */
function plain(receiver: string): string {
  const from = receiver.startsWith('*') ? 1 : 0;
  const to = receiver.endsWith('?') || receiver.endsWith('!') ? -1 : receiver.length;
  return receiver.slice(from, to);
}

const plainName = /^\w+$/;

/** The name that a type, or the steps to one, begin with. */
function headOf(type: string): string {
  const end = type.search(/\(|>/);
  return end < 0 ? type : type.slice(0, end);
}

function isCall(step: string): boolean {
  return step.endsWith('()');
}

/** The names in a path of names. */
function partsOf(path: string): string[] {
  if (plainName.test(path)) return [path];
  return path.split(/::|\.|\\|->/).filter((part) => part !== '');
}
