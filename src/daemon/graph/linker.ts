import type { Contents } from './contents.js';
import { type Confidence, lessSure } from './contract.js';
import {
  type Definition,
  hasMembers,
  isTarget,
  isTop,
  type Place,
  preferred,
  type Resolution,
} from './definition.js';
import type { Imported } from './file-scope.js';
import {
  groupOf,
  hasImplicitSelf,
  isCommonMember,
  isModular,
  isSelf,
  sharesFolder,
  sharesPackage,
} from './languages.js';
import { Members } from './members.js';
import { Modules } from './modules.js';
import { Remembered } from './remembered.js';
import type { RepoGraph } from './repo-graph.js';
import { folderOf, stemOf } from './resolve/paths.js';

/** Names that must be known to know a name (the type of a field of a base class, …): followed so far. */
const mostDepth = 8;

/** Definitions of one name in a repository: of more, which one is meant cannot be guessed. */
const mostAlike = 30;

/** What a name is known to stand for. `elsewhere`: it belongs to something that is not in a registered repository. */
type Answer = Resolution | 'elsewhere' | null;

/** What a name may mean where it stands. */
interface Asked {
  name: number;
  /** The definition that it stands in, or -1. */
  around: number;
  isImport: boolean;
}

/**
 * Finds what references mean, by the rules that languages have in common: names of the same file by their place, then
 * imports, then the package, at last names alone. What it says follows from the outlines and paths as they are.
 */
export class Linker {
  readonly modules: Modules;
  readonly #contents: Contents;
  readonly #members: Members;
  readonly #packages: Remembered<Resolution | null>;
  readonly #alike: Remembered<Resolution | null>;
  #depth = 0;
  #cuts = 0;

  constructor(contents: Contents, repos: ReadonlyMap<string, RepoGraph>) {
    this.#contents = contents;
    this.modules = new Modules(contents, repos);
    this.#packages = new Remembered(() => contents.version);
    this.#alike = new Remembered(() => contents.version);
    this.#members = new Members(
      contents,
      (place, reference) => this.resolve(place, reference),
      () => this.#cuts,
    );
  }

  /** What a reference of a file means; null if that is not known, or not in a registered repository. */
  resolve(place: Place, reference: number): Resolution | null {
    if (this.#depth >= mostDepth) {
      this.#cuts++;
      return null;
    }
    this.#depth++;
    try {
      return this.#resolve(place, reference);
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

  #bare(place: Place, asked: Asked): Answer {
    const name = this.#contents.names.text(asked.name);
    if (asked.isImport) {
      const imported = place.repo.scopeOf(place.path).original(name);
      return imported ? this.#imported(imported) : null;
    }
    return (
      this.#lexical(place, asked) ??
      this.#inherited(place, asked) ??
      this.#importedName(place, name) ??
      this.#fromWildcards(place, name) ??
      this.#ofPackage(place, asked.name) ??
      (isModular(place.content.language) ? null : this.#byName(place, asked.name, false))
    );
  }

  /** A definition of the same file that is in scope, the innermost one. */
  #lexical({ repo, path, content }: Place, { name, around }: Asked): Resolution | null {
    let best: number[] = [];
    let depth = -1;
    for (const index of content.defining(name)) {
      if (!isTarget(content.kind(index))) continue;
      const parent = content.parent(index);
      if (parent >= 0 && !content.isWithin(around, parent)) continue;
      const isMember = parent >= 0 && hasMembers(content.kind(parent)) && content.kind(parent) !== 'module';
      if (isMember && !hasImplicitSelf(content.language)) continue;
      if (parent < 0 && content.scope(index) !== 0 && content.kind(index) === 'method') continue;
      const deep = depthOf(content, index);
      if (deep > depth) best = [];
      if (deep >= depth) best.push(index);
      depth = Math.max(depth, deep);
    }
    if (best.length === 0) return null;
    const targets = best.map((index) => ({ repo, path, content, index }));
    return { confidence: 'same-scope', targets: preferred(targets) };
  }

  #inherited(place: Place, { name, around }: Asked): Resolution | null {
    if (!hasImplicitSelf(place.content.language)) return null;
    const type = this.#members.around(place, around);
    return type && this.#members.of(type, name, 'same-scope', true);
  }

  #importedName(place: Place, name: string): Answer {
    const imported = place.repo.scopeOf(place.path).get(name);
    return imported ? (this.#imported(imported) ?? 'elsewhere') : null;
  }

  #imported(imported: Imported, more: readonly string[] = []): Resolution | null {
    const targets = this.modules.definitionsOf(imported, more);
    return targets.length === 0 ? null : { confidence: confidenceOf(imported, targets.length), targets };
  }

  #fromWildcards(place: Place, name: string): Resolution | null {
    for (const wildcard of place.repo.scopeOf(place.path).wildcards) {
      const targets = this.modules.viaWildcard(wildcard, name);
      if (targets.length > 0) return { confidence: confidenceOf(wildcard, targets.length), targets };
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
    const targets = this.#inRepo(place, id, false).filter(({ path }) => stems.has(stemOf(path)));
    return targets.length === 0 ? null : { confidence: 'imported', targets };
  }

  /** A definition of the folder or declared package that the file belongs to. */
  #ofPackage(place: Place, name: number): Resolution | null {
    const { language, module } = place.content;
    if (!sharesFolder(language) && !sharesPackage(language)) return null;
    const key = `${place.repo.id}\n${folderOf(place.path)}\n${language}\n${module}\n${name}`;
    return this.#packages.get(key, () => this.#findInPackage(place, name));
  }

  #findInPackage({ repo, path, content }: Place, name: number): Resolution | null {
    const { language, module } = content;
    const targets: Definition[] = [];
    for (const other of this.#contents.defining(name)) {
      if (groupOf(other.language) !== groupOf(language)) continue;
      for (const at of repo.pathsOf(other)) {
        const inFolder = sharesFolder(language) && folderOf(at) === folderOf(path) && other.module === module;
        const inPackage = sharesPackage(language) && module !== null && other.module === module;
        if (!inFolder && !inPackage) continue;
        for (const index of other.defining(name)) {
          const free = other.scope(index) === 0 || other.kind(index) !== 'method';
          if (isTop(other, index) && isTarget(other.kind(index)) && free)
            targets.push({ repo, path: at, content: other, index });
        }
      }
    }
    return targets.length === 0 ? null : { confidence: 'same-package', targets: preferred(targets) };
  }

  /** All definitions of a name in the repository; null if they are so many that the name alone says nothing. */
  #byName(place: Place, name: number, members: boolean): Resolution | null {
    const key = `${place.repo.id}\n${groupOf(place.content.language)}\n${name}\n${members}`;
    return this.#alike.get(key, () => {
      const targets = preferred(this.#inRepo(place, name, members));
      if (targets.length === 0 || targets.length > mostAlike) return null;
      const vague = members && isCommonMember(this.#contents.names.text(name));
      return { confidence: targets.length === 1 && !vague ? 'unique-name' : 'ambiguous', targets };
    });
  }

  #inRepo({ repo, content }: Place, name: number, members: boolean): Definition[] {
    const targets: Definition[] = [];
    for (const other of this.#contents.defining(name)) {
      if (groupOf(other.language) !== groupOf(content.language)) continue;
      for (const path of repo.pathsOf(other)) {
        for (const index of other.defining(name)) {
          if (!isTarget(other.kind(index))) continue;
          const parent = other.parent(index);
          const isMember = parent >= 0 ? hasMembers(other.kind(parent)) : other.scope(index) !== 0;
          const fits = members ? isMember : isTop(other, index);
          if (fits) targets.push({ repo, path, content: other, index });
        }
      }
    }
    return targets;
  }

  /** A name behind a receiver. */
  #member(place: Place, asked: Asked, reference: number): Answer {
    const { content } = place;
    const { names } = this.#contents;
    const receiver = names.text(content.receiver(reference)).replace(/^\*|[?!]$/g, '');
    const type = names.text(content.receiverType(reference));
    if (isSelf(receiver)) return this.#ofSelf(place, asked, receiver);
    if (type !== '') return this.#ofType(place, type, asked);
    if (content.isLocal(reference) || receiver === '') return this.#byName(place, asked.name, true);
    return this.#ofReceiver(place, receiver, asked) ?? this.#byName(place, asked.name, true);
  }

  #ofSelf(place: Place, { name, around }: Asked, receiver: string): Answer {
    const inherited = receiver === 'super' || receiver === 'base' || receiver === 'parent';
    const own = this.#members.around(place, around);
    if (own) return this.#members.of(own, name, 'same-scope', inherited) ?? this.#byName(place, name, true);
    const scope = outermostScope(place, around);
    const type = scope > 0 ? this.#bare(place, { name: scope, around: -1, isImport: false }) : null;
    return this.#amongTypes(type, name) ?? this.#byName(place, name, true);
  }

  /** The member of a type that is named in a file. */
  #ofType(place: Place, type: string, { name, around }: Asked): Answer {
    const found = this.#named(place, type, around);
    if (found === 'elsewhere') return found;
    const member = this.#amongTypes(found, name);
    if (member) return member;
    // The type is known, and has no such member that is known.
    return found ? null : this.#byName(place, name, true);
  }

  #amongTypes(found: Answer, name: number): Resolution | null {
    if (found === null || found === 'elsewhere') return null;
    for (const target of found.targets) {
      const member = this.#members.of(target, name, found.confidence);
      if (member) return member;
    }
    return null;
  }

  /** What a name, or a path of names, stands for in a file. */
  #named(place: Place, path: string, around: number): Answer {
    const parts = path.split(/::|\.|\\|->/).filter((part) => part !== '');
    const [first = '', ...rest] = parts;
    if (rest.length === 0) {
      const name = this.#contents.names.find(first);
      return name < 0
        ? this.#importedName(place, first)
        : this.#bare(place, { name, around, isImport: false });
    }
    return this.#ofReceiver(place, parts.slice(0, -1).join('.'), {
      name: this.#contents.names.find(parts.at(-1) ?? ''),
      around,
      isImport: false,
    });
  }

  #ofReceiver(place: Place, receiver: string, asked: Asked): Answer {
    const parts = receiver.split(/::|\.|\\|->/).filter((part) => part !== '');
    const name = this.#contents.names.text(asked.name);
    const scope = place.repo.scopeOf(place.path);
    const whole = scope.get(receiver);
    const [first = '', ...rest] = parts;
    const imported = whole ?? scope.get(first);
    if (imported && !isSelf(first)) {
      if (imported.places.length === 0) return 'elsewhere';
      const below = whole ? [] : rest;
      if (imported.symbols.length === 0) {
        const found = this.#imported(imported, [...below, name]);
        if (found) return found;
      }
      const holder = imported.symbols.length + below.length > 0 ? this.#imported(imported, below) : null;
      return this.#memberOf(holder, asked.name, place) ?? (holder ? null : 'elsewhere');
    }
    if (isSelf(first)) {
      if (rest.length !== 1) return null;
      const field = { ...asked, name: this.#contents.names.find(rest[0] ?? '') };
      return this.#memberOf(this.#fieldOf(place, field, first), asked.name, place);
    }
    if (rest.length > 0) return null;
    const id = this.#contents.names.find(first);
    const holder = id < 0 ? null : this.#bare(place, { name: id, around: asked.around, isImport: false });
    if (holder === 'elsewhere' || holder === null) return holder;
    return this.#memberOf(holder, asked.name, place);
  }

  #fieldOf(place: Place, { name, around }: Asked, self: string): Resolution | null {
    const own = this.#members.around(place, around);
    if (!own || name < 0) return null;
    return this.#members.of(own, name, 'same-scope', self === 'super');
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
    return this.#byName(place, name, true);
  }

  /** The type that is written with a variable: the first one in its definition, or the class that it is made with. */
  #writtenType({ repo, path, content, index }: Definition): Answer {
    let made = -1;
    for (let at = 0; at < content.referenceCount; at++) {
      if (content.around(at) !== index) continue;
      const kind = content.referenceKind(at);
      const place = { repo, path, content };
      if (kind === 'type') return this.resolve(place, at) ?? 'elsewhere';
      if (kind === 'call' && made < 0) made = at;
    }
    if (made < 0) return null;
    const found = this.resolve({ repo, path, content }, made);
    return found?.targets.some((target) => hasMembers(target.content.kind(target.index))) ? found : null;
  }
}

function depthOf(content: Place['content'], index: number): number {
  let depth = 0;
  for (let at = content.parent(index); at >= 0; at = content.parent(at)) depth++;
  return depth;
}

/** The name of the type that a method is written for outside of it, as a number; 0 if there is none. */
function outermostScope({ content }: Place, around: number): number {
  for (let at = around; at >= 0; at = content.parent(at)) {
    if (content.parent(at) < 0 && content.kind(at) === 'method') return content.scope(at);
  }
  return 0;
}

function confidenceOf({ certainty, places }: Imported, targets: number): Confidence {
  if (certainty !== 'name') return 'imported';
  return places.length > 1 || targets > 1 ? 'ambiguous' : 'unique-name';
}
