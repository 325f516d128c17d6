import { LRUCache } from 'lru-cache';
import { termsColumn } from '../../shared/terms.js';
import type { Content } from '../graph/content.js';
import { isTarget, isTop } from '../graph/definition.js';
import type { GraphView } from '../graph/graph-view.js';

/** A definition that a file has to offer to others. */
interface Offered {
  index: number;
  name: string;
  /** The terms of its name. */
  words: readonly string[];
}

const mostContents = 2_000;
const mostTexts = 20_000;
/** Definitions of one file that are looked at. */
const mostOffered = 400;

/** What contents have to offer, and the declarations of their definitions: a content never changes. */
export class Catalogue {
  readonly #offered = new LRUCache<string, readonly Offered[]>({ max: mostContents });
  readonly #texts = new LRUCache<string, { signature: string; doc: string }>({ max: mostTexts });

  /** The definitions at the top of a file that other files may use. */
  offered(content: Content, { contents }: GraphView): readonly Offered[] {
    const known = this.#offered.get(content.key);
    if (known) return known;
    const offered: Offered[] = [];
    for (let index = 0; index < content.definitionCount && offered.length < mostOffered; index++) {
      const isFree = content.exported(index) !== false && isTarget(content.kind(index));
      if (!isFree || !isTop(content, index) || content.kind(index) === 'module') continue;
      const name = contents.names.text(content.name(index));
      offered.push({ index, name, words: wordsOf(name) });
    }
    this.#offered.set(content.key, offered);
    return offered;
  }

  /** Declaration and documentation of a definition. */
  texts(content: Content, index: number): { signature: string; doc: string } {
    const id = `${content.key}:${index}`;
    const known = this.#texts.get(id);
    if (known) return known;
    const { signature, doc } = content.texts(index);
    const texts = { signature, doc };
    this.#texts.set(id, texts);
    return texts;
  }
}

/** The terms of a name. */
export function wordsOf(name: string): string[] {
  const column = termsColumn(name);
  return column === '' ? [] : column.split(' ');
}
