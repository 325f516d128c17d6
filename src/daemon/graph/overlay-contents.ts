import type { Content } from './content.js';
import { aliasesOf, type Contents, renamesOf } from './contents.js';
import type { Names } from './names.js';

/** A content of an overlay with what is looked up in it. */
interface Own {
  content: Content;
  renamed: ReadonlySet<number>;
  aliased: ReadonlySet<number>;
}

/** The published contents with a few more. Which of them files have is for the repositories to say. */
export class OverlayContents implements Contents {
  readonly names: Names;
  readonly #base: Contents;
  readonly #own: readonly Own[];

  constructor(base: Contents, names: Names, own: Iterable<Content>) {
    this.names = names;
    this.#base = base;
    this.#own = Array.from(own, (content) => ({
      content,
      renamed: renamesOf(content, names),
      aliased: aliasesOf(content, names),
    }));
  }

  get version(): number {
    return this.#base.version;
  }

  get size(): number {
    return this.#base.size + this.#own.length;
  }

  get(key: string): Content | undefined {
    return this.#own.find(({ content }) => content.key === key)?.content ?? this.#base.get(key);
  }

  defining(name: number): readonly Content[] {
    return this.#with(this.#base.defining(name), ({ content }) => content.defines(name));
  }

  referring(name: number): readonly Content[] {
    return this.#with(this.#base.referring(name), ({ content }) => content.referring(name).length > 0);
  }

  renaming(name: number): readonly Content[] {
    return this.#with(this.#base.renaming(name), ({ renamed }) => renamed.has(name));
  }

  aliasing(name: number): readonly Content[] {
    return this.#with(this.#base.aliasing(name), ({ aliased }) => aliased.has(name));
  }

  *definedNames(): IterableIterator<number> {
    yield* this.#base.definedNames();
    const more = new Set<number>();
    for (const { content } of this.#own) {
      for (const name of content.definedNames()) if (this.#base.defining(name).length === 0) more.add(name);
    }
    yield* more;
  }

  /** In the order of their keys, as the base has them. */
  #with(found: readonly Content[], fits: (own: Own) => boolean): readonly Content[] {
    const more = this.#own.filter(fits);
    if (more.length === 0) return found;
    return [...found, ...more.map(({ content }) => content)].sort((a, b) => (a.key < b.key ? -1 : 1));
  }
}
