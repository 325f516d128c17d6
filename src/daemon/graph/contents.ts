import type { Content } from './content.js';
import { type Names, SharedNames } from './names.js';

const nothing: readonly Content[] = [];

/** The contents in which a name occurs, by the name's number; in the order of their keys, whatever came first. */
class Postings {
  readonly #byName = new Map<number, Content | Content[]>();
  /** Lists that were added to since they were last in order. */
  readonly #unordered = new Set<Content[]>();

  add(name: number, content: Content): void {
    const known = this.#byName.get(name);
    if (known === undefined) {
      this.#byName.set(name, content);
      return;
    }
    const list = Array.isArray(known) ? known : [known];
    list.push(content);
    this.#unordered.add(list);
    this.#byName.set(name, list);
  }

  remove(name: number, content: Content): void {
    const known = this.#byName.get(name);
    if (known === content) this.#byName.delete(name);
    if (!Array.isArray(known)) return;
    const left = known.filter((other) => other !== content);
    const [only] = left;
    this.#byName.set(name, left.length === 1 && only ? only : left);
    if (this.#unordered.delete(known) && left.length > 1) this.#unordered.add(left);
  }

  of(name: number): readonly Content[] {
    const known = this.#byName.get(name);
    if (known === undefined) return nothing;
    if (!Array.isArray(known)) return [known];
    if (this.#unordered.delete(known)) known.sort((a, b) => (a.key < b.key ? -1 : 1));
    return known;
  }

  names(): IterableIterator<number> {
    return this.#byName.keys();
  }
}

/** Outlines of contents, with the places of every name in them. */
export interface Contents {
  readonly names: Names;
  /** Changes with every change of the files that use them. */
  readonly version: number;
  readonly size: number;
  get(key: string): Content | undefined;
  /** Contents that define a name. */
  defining(name: number): readonly Content[];
  /** Contents that refer to a name. */
  referring(name: number): readonly Content[];
  /** Contents that import a name under another one. What a module exports as its default has the name `default`. */
  renaming(name: number): readonly Content[];
  /** Contents that import something under this name, which is not its own. */
  aliasing(name: number): readonly Content[];
  /** Numbers of all names that are defined. */
  definedNames(): IterableIterator<number>;
}

/** The outlines of all contents that are in use. */
export class SharedContents implements Contents {
  readonly names = new SharedNames();
  version = 0;
  readonly #contents = new Map<string, { content: Content; users: number }>();
  readonly #defined = new Postings();
  readonly #referred = new Postings();
  readonly #renamed = new Postings();
  readonly #aliased = new Postings();

  get(key: string): Content | undefined {
    return this.#contents.get(key)?.content;
  }

  get size(): number {
    return this.#contents.size;
  }

  /** Takes note of one more file that has this content; the first brings it in. */
  use(content: Content): void {
    const known = this.#contents.get(content.key);
    if (known) {
      known.users++;
      return;
    }
    this.#contents.set(content.key, { content, users: 1 });
    for (const name of content.definedNames()) this.#defined.add(name, content);
    for (const name of content.referredNames()) this.#referred.add(name, content);
    for (const name of renamesOf(content, this.names)) this.#renamed.add(name, content);
    for (const name of aliasesOf(content, this.names)) this.#aliased.add(name, content);
  }

  /** One file fewer has this content; the last takes it away. */
  release(key: string): void {
    const known = this.#contents.get(key);
    if (!known || --known.users > 0) return;
    const { content } = known;
    this.#contents.delete(key);
    for (const name of content.definedNames()) this.#defined.remove(name, content);
    for (const name of content.referredNames()) this.#referred.remove(name, content);
    for (const name of renamesOf(content, this.names)) this.#renamed.remove(name, content);
    for (const name of aliasesOf(content, this.names)) this.#aliased.remove(name, content);
  }

  defining(name: number): readonly Content[] {
    return this.#defined.of(name);
  }

  referring(name: number): readonly Content[] {
    return this.#referred.of(name);
  }

  renaming(name: number): readonly Content[] {
    return this.#renamed.of(name);
  }

  aliasing(name: number): readonly Content[] {
    return this.#aliased.of(name);
  }

  definedNames(): IterableIterator<number> {
    return this.#defined.names();
  }
}

/** The names that a content imports under another name. */
export function renamesOf({ written }: Content, names: Names): Set<number> {
  const found = new Set<number>();
  for (const entry of written) {
    if (entry.default !== null) found.add(names.id('default'));
    for (const { name, alias } of entry.names) if (alias !== name) found.add(names.id(name));
  }
  return found;
}

/** The names, not their own, under which a content imports something. */
export function aliasesOf({ written }: Content, names: Names): Set<number> {
  const found = new Set<number>();
  for (const { default: byDefault, names: imported } of written) {
    if (byDefault !== null) found.add(names.id(byDefault));
    for (const { name, alias } of imported) if (alias !== name) found.add(names.id(alias));
  }
  return found;
}
