import { LRUCache } from 'lru-cache';
import { termsColumn } from '../../shared/terms.js';
import { countTokens } from '../context/tokens.js';
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

/** How a definition is shown without its body. */
interface Declaration {
  text: string;
  tokens: number;
}

const mostContents = 2_000;
const mostTexts = 20_000;
/** Definitions of one file that are looked at. */
const mostOffered = 400;

/** What contents have to offer, and the declarations of their definitions: a content never changes. */
export class Catalogue {
  readonly #offered = new LRUCache<string, readonly Offered[]>({ max: mostContents });
  readonly #texts = new LRUCache<string, Declaration>({ max: mostTexts });

  /** The definitions at the top of a file that other files may use, or with `isOwn` it itself. */
  offered(content: Content, { contents }: GraphView, isOwn = false): readonly Offered[] {
    const key = isOwn ? `${content.key} own` : content.key;
    const known = this.#offered.get(key);
    if (known) return known;
    const offered: Offered[] = [];
    for (let index = 0; index < content.definitionCount && offered.length < mostOffered; index++) {
      const isFree = (isOwn || content.exported(index) !== false) && isTarget(content.kind(index));
      if (!isFree || !isTop(content, index) || content.kind(index) === 'module') continue;
      const name = contents.names.text(content.name(index));
      offered.push({ index, name, words: wordsOf(name) });
    }
    this.#offered.set(key, offered);
    return offered;
  }

  /**
   * A definition's declaration, made once.
   * @param make how it is shown
   */
  declaration(id: string, make: () => string): Declaration {
    const known = this.#texts.get(id);
    if (known) return known;
    const text = make();
    const made = { text, tokens: countTokens(`${text}\n`) };
    this.#texts.set(id, made);
    return made;
  }
}

const words = new LRUCache<string, readonly string[]>({ max: mostTexts });

/** The terms of a name. */
export function wordsOf(name: string): readonly string[] {
  const known = words.get(name);
  if (known) return known;
  const column = termsColumn(name);
  const made = column === '' ? [] : column.split(' ');
  words.set(name, made);
  return made;
}
