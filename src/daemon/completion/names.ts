import type { Contents } from '../graph/contents.js';
import {
  type Definition,
  hasMembers,
  isSame,
  isTarget,
  type Place,
  type Resolution,
} from '../graph/definition.js';
import type { GraphView } from '../graph/graph-view.js';
import { ImportedNames } from '../graph/imported-names.js';
import { inScope } from '../graph/in-scope.js';
import { isModular, isSelf } from '../graph/languages.js';
import { NameSearch } from '../graph/name-search.js';
import { referencesOn } from '../graph/references-on.js';
import type { KnownNames } from './known-names.js';
import { typeInText } from './written-type.js';

/** Holders of members that are followed: `a.b.c.d` and no further. */
const mostParts = 4;
const mostBases = 4;
/** The name of a type, not the steps that lead to one. */
const typePath = /^[^>()]+$/;
const separators = /->|::|\./;

/** What the graph keeps of searches by name: one for each set of contents. */
const searches = new WeakMap<Contents, NameSearch>();

function searchIn(contents: Contents): NameSearch {
  const known = searches.get(contents) ?? new NameSearch(contents);
  searches.set(contents, known);
  return known;
}

/**
 * Finds what names mean at a place of a text that may be some keystrokes ahead of its outline. A name that the outline
 * has is resolved as the graph does; of others the imports, the package and at last the name itself are asked.
 */
export class NameFinder {
  readonly #known: KnownNames;
  readonly #view: GraphView;
  readonly #place: Place;
  readonly #line: number;
  /** The definition around the cursor, or -1. */
  readonly #around: number;
  readonly #text: string;
  readonly #search: NameSearch;
  readonly #imports: ImportedNames;
  readonly #types = new Map<string, string>();

  /**
   * @param at the line of the cursor, and the definition around it, or -1
   * @param text what stands before the cursor: declarations of local variables are looked for in it
   * @param known what was found before for the same file, as long as it is still right
   */
  constructor(
    view: GraphView,
    place: Place,
    { line, around }: { line: number; around: number },
    text: string,
    known: KnownNames,
  ) {
    this.#known = known;
    this.#view = view;
    this.#place = place;
    this.#line = line;
    this.#text = text;
    this.#around = around;
    this.#search = searchIn(view.contents);
    this.#imports = new ImportedNames(view.contents, view.linker.modules, this.#search);
  }

  /** What a name means; null if that is not known, or not here. @param receiver null: nothing stands before it */
  find(name: string, receiver: string | null): Resolution | null {
    const id = this.#view.contents.names.find(name);
    if (id < 0) return null;
    const isBare = receiver === null && this.#place.content.defining(id).length === 0;
    const known = isBare ? this.#known.bare : this.#known.local;
    const type = receiver === null ? '' : this.#declared(receiver);
    const key = isBare ? name : `${receiver ?? ''}\n${type}\n${name}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const found = this.#find(name, id, receiver);
    known.set(key, found);
    return found;
  }

  /** Whether anything of this name is defined, or imported here. */
  isDefined(name: string): boolean {
    const { names } = this.#view.contents;
    const id = names.find(name);
    if (id >= 0 && this.#view.contents.defining(id).length > 0) return true;
    return this.#place.repo.scopeOf(this.#place.path).get(name) !== undefined;
  }

  /** The names that the file uses with nothing before them, each once, and that it does not define. */
  *ofFile(): Generator<string> {
    const { content } = this.#place;
    for (const id of content.referredNames()) {
      if (content.defining(id).length === 0 && content.referring(id).some((at) => content.receiver(at) < 0))
        yield this.#view.contents.names.text(id);
    }
  }

  #find(name: string, id: number, receiver: string | null): Resolution | null {
    const { contents, linker } = this.#view;
    const reference = this.#nearest(id, receiver);
    if (reference >= 0) return linker.resolve(this.#place, reference);
    if (receiver === null) return this.#bare(name, id);
    if (contents.defining(id).length === 0) return null;
    for (const holder of this.holders(receiver)) {
      const own = this.members(holder.target).find(({ content, index }) => content.name(index) === id);
      if (own) return { confidence: holder.confidence, targets: [own] };
    }
    return this.#search.anywhere(this.#place, id, true);
  }

  /** What has the members that may follow a path of names: classes and what is like them. */
  holders(path: string): { target: Definition; confidence: Resolution['confidence'] }[] {
    const parts = path.split(separators).filter((part) => part !== '');
    const [first = '', ...rest] = parts;
    if (first === '' || parts.length > mostParts) return [];
    let found = this.#firstHolder(first);
    for (const part of rest) {
      if (!found) return [];
      const { targets, confidence } = found;
      const id = this.#view.contents.names.find(part);
      const member = targets
        .flatMap((target) => this.members(target))
        .find(({ content, index }) => content.name(index) === id);
      found = member ? this.#typed({ confidence, targets: [member] }) : null;
    }
    return (found?.targets ?? [])
      .filter(({ content, index }) => hasMembers(content.kind(index)))
      .map((target) => ({ target, confidence: found?.confidence ?? 'ambiguous' }));
  }

  /** Paths that a name stands for as a module; empty if it is none. */
  modules(name: string): readonly { repo: string; path: string }[] {
    const imported = this.#place.repo.scopeOf(this.#place.path).get(name);
    return imported && imported.symbols.length === 0 ? imported.places : [];
  }

  /** The members of a type: in its body, in its implementations in the same file, and those it inherits. */
  members(type: Definition): Definition[] {
    const found: Definition[] = [];
    const seen: Definition[] = [];
    const visit = (one: Definition, depth: number) => {
      const { content, index } = one;
      if (depth > mostBases || seen.some((other) => isSame(one, other))) return;
      seen.push(one);
      found.push(...membersIn(one, this.#view));
      for (const at of referencesOn(content, content.startLine(index), content.endLine(index))) {
        if (content.referenceKind(at) !== 'inherit' || content.around(at) !== index) continue;
        for (const base of this.#view.linker.resolve(one, at)?.targets ?? []) visit(base, depth + 1);
      }
    };
    visit(type, 0);
    return found;
  }

  #bare(name: string, id: number): Resolution | null {
    const answer =
      inScope(this.#place, { name: id, around: this.#around, isImport: false }) ??
      this.#imports.named(this.#place, name) ??
      this.#imports.viaWildcards(this.#place, name) ??
      this.#search.ofPackage(this.#place, id) ??
      (isModular(this.#place.content.language) ? null : this.#search.anywhere(this.#place, id, false));
    return answer === 'elsewhere' ? null : answer;
  }

  /** The nearest reference of a name that stands behind the same; -1 if there is none. Its own line is being typed. */
  #nearest(id: number, receiver: string | null): number {
    const { content } = this.#place;
    const before = receiver === null ? -1 : this.#view.contents.names.find(receiver);
    let best = -1;
    let distance = Number.POSITIVE_INFINITY;
    for (const at of content.referring(id)) {
      if (content.receiver(at) !== before) continue;
      const away = Math.abs(content.referenceLine(at) - this.#line);
      if (away > 0 && away < distance) [best, distance] = [at, away];
    }
    return best;
  }

  #firstHolder(name: string): Resolution | null {
    if (isSelf(name)) {
      const around = this.#classAround();
      return around && { confidence: 'same-scope', targets: [around] };
    }
    const type = this.#declared(name);
    if (type !== '') return this.#type(type);
    const found = this.find(name, null);
    return found && this.#typed(found);
  }

  #type(path: string): Resolution | null {
    const parts = path.split(/->|::|\.|\\/).filter((part) => part !== '');
    const name = parts.pop() ?? '';
    const found = this.find(name, parts.length > 0 ? parts.join('.') : null) ?? this.find(name, null);
    return found && { ...found, targets: found.targets.filter(isType) };
  }

  /** Definitions themselves if they have members, else the types that are written with them. */
  #typed({ confidence, targets }: Resolution): Resolution | null {
    if (targets.some(isType)) return { confidence, targets: targets.filter(isType) };
    for (const target of targets) {
      const { content, index } = target;
      for (const at of referencesOn(content, content.startLine(index), content.endLine(index))) {
        if (content.referenceKind(at) !== 'type' || content.around(at) !== index) continue;
        const type = this.#view.linker.resolve(target, at);
        if (type?.targets.some(isType)) return { ...type, targets: type.targets.filter(isType) };
      }
    }
    return null;
  }

  #classAround(): Definition | null {
    const { content } = this.#place;
    for (let at = this.#around; at >= 0; at = content.parent(at)) {
      if (hasMembers(content.kind(at)) && content.kind(at) !== 'module') return { ...this.#place, index: at };
    }
    return null;
  }

  /** The type of the variable that a path of names begins with, as written; looked up once. */
  #declared(path: string): string {
    const known = this.#types.get(path);
    if (known !== undefined) return known;
    const [first = ''] = path.split(separators).filter((part) => part !== '');
    const type = first === '' || isSelf(first) ? '' : this.#writtenType(first);
    this.#types.set(path, type);
    return type;
  }

  /** The type of a local variable: as the outline knows it, or as the last declaration before the cursor says. */
  #writtenType(name: string): string {
    const { content } = this.#place;
    const { names } = this.#view.contents;
    const id = names.find(name);
    const from = this.#around < 0 ? 1 : content.startLine(this.#around);
    for (const at of id > 0 ? referencesOn(content, from, this.#line - 1) : []) {
      if (content.receiver(at) !== id || content.receiverType(at) === 0) continue;
      const type = names.text(content.receiverType(at));
      if (typePath.test(type)) return type;
    }
    return typeInText(this.#text, name);
  }
}

const isType = ({ content, index }: Definition) => hasMembers(content.kind(index));

/** Definitions in a type, and in other blocks of the same file that are for a type of this name. */
function membersIn({ repo, path, content, index }: Definition, { contents }: GraphView): Definition[] {
  const name = content.name(index);
  const scope = contents.names.text(name);
  const found: Definition[] = [];
  for (let at = 0; at < content.definitionCount; at++) {
    const parent = content.parent(at);
    const ofImpl = parent >= 0 && content.name(parent) === name && content.kind(parent) === 'impl';
    const outside = parent < 0 && contents.names.text(content.scope(at)) === scope;
    if ((parent === index || ofImpl || outside) && isTarget(content.kind(at)))
      found.push({ repo, path, content, index: at });
  }
  return found;
}
