import { LRUCache } from 'lru-cache';
import { entryLimit } from '../../shared/entry-limit.js';
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

/** All that a file has to offer. */
export interface Offers {
  /** In the order of the file. */
  list: readonly Offered[];
  byName: readonly Offered[];
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
  readonly #offered = new LRUCache<string, Offers>({ max: mostContents });
  readonly #texts = new LRUCache<string, Declaration>(entryLimit(mostTexts));
  #near = new NearWords(new Set());

  /** The definitions at the top of a file that other files may use, or with `isOwn` it itself. */
  offered(content: Content, { contents }: GraphView, isOwn = false): Offers {
    const key = isOwn ? `${content.key} own` : content.key;
    const known = this.#offered.get(key);
    if (known) return known;
    const list: Offered[] = [];
    for (let index = 0; index < content.definitionCount && list.length < mostOffered; index++) {
      const isFree = (isOwn || content.exported(index) !== false) && isTarget(content.kind(index));
      if (!isFree || !isTop(content, index) || content.kind(index) === 'module') continue;
      const name = contents.names.text(content.name(index));
      list.push({ index, name, words: wordsOf(name) });
    }
    const offers = { list, byName: list.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
    this.#offered.set(key, offers);
    return offers;
  }

  /** The terms of some names, with what is known of them if they are those that were asked for last. */
  near(names: ReadonlySet<string>): NearWords {
    const terms = new Set<string>();
    for (const name of names) for (const word of wordsOf(name)) terms.add(word);
    if (!this.#near.isOf(terms)) this.#near = new NearWords(terms);
    return this.#near;
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

/** The terms of the names near a cursor. Those of its own line left out, they are the same from one key to the next. */
export class NearWords {
  readonly #words: ReadonlySet<string>;
  readonly #shares = new WeakMap<readonly Offered[], Float64Array>();

  constructor(words: ReadonlySet<string>) {
    this.#words = words;
  }

  isOf(words: ReadonlySet<string>): boolean {
    if (words.size !== this.#words.size) return false;
    for (const word of words) if (!this.#words.has(word)) return false;
    return true;
  }

  /** The share of words that are among them. */
  share(words: readonly string[]): number {
    let shared = 0;
    for (const word of words) if (this.#words.has(word)) shared++;
    return words.length === 0 ? 0 : shared / words.length;
  }

  /** The same for all that a file has to offer, found once. */
  shares(offered: readonly Offered[]): Float64Array {
    const known = this.#shares.get(offered);
    if (known) return known;
    const shares = Float64Array.from(offered, ({ words }) => this.share(words));
    this.#shares.set(offered, shares);
    return shares;
  }
}

/** What has a name that begins so. */
export function* begunIn({ byName }: Offers, partial: string): Generator<Offered> {
  let low = 0;
  let high = byName.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((byName[middle] as Offered).name < partial) low = middle + 1;
    else high = middle;
  }
  for (let one = byName[low]; one?.name.startsWith(partial); one = byName[++low]) yield one;
}

const words = new LRUCache<string, readonly string[]>(entryLimit(mostTexts));

/** The terms of a name. */
export function wordsOf(name: string): readonly string[] {
  const known = words.get(name);
  if (known) return known;
  const column = termsColumn(name);
  const made = column === '' ? [] : column.split(' ');
  words.set(name, made);
  return made;
}
