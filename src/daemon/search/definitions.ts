import { LRUCache } from 'lru-cache';
import { termsOf } from '../../shared/terms.js';
import type { SearchFamily } from './contract.js';

/** A definition's name, taken apart. */
interface NameWords {
  /** In lower case, without separators. */
  whole: string;
  /** Stems of its parts; the whole only where it is the one part. */
  words: readonly string[];
}

/** What a content defines. */
export interface Definitions {
  /** Every name, in lower case and without separators. */
  wholes: ReadonlySet<string>;
  /** How many names hold a word. */
  byWord: ReadonlyMap<string, number>;
  /** The words of all names together. */
  length: number;
}

export const noDefinitions: Definitions = {
  wholes: new Set(),
  byWord: new Map(),
  length: 0,
};

/** Of a file that defines more, the first so many names are known. */
const mostNames = 2_000;
/** Words remembered over all contents: some 40 MB. */
const mostWords = 300_000;

/** The definitions of contents, remembered: a content never changes, and the same ones come up in query after query. */
export class DefinitionCache {
  readonly #known = new LRUCache<string, Definitions>({
    maxSize: mostWords,
    sizeCalculation: ({ length }) => 1 + length,
  });

  /** What some contents of one store define. */
  async of(
    store: Pick<SearchFamily['store'], 'chunksOf'>,
    keys: readonly string[],
  ): Promise<Map<string, Definitions>> {
    const found = new Map<string, Definitions>();
    const missing: string[] = [];
    for (const key of keys) {
      const known = this.#known.get(key);
      if (known) found.set(key, known);
      else missing.push(key);
    }
    if (missing.length === 0) return found;
    const symbols = new Map<string, string[]>(missing.map((key) => [key, []]));
    for (const chunk of await store.chunksOf(missing)) {
      if (chunk.symbols !== '') symbols.get(chunk.key)?.push(chunk.symbols);
    }
    for (const [key, lists] of symbols) {
      const definitions = definitionsOf(lists);
      this.#known.set(key, definitions);
      found.set(key, definitions);
    }
    return found;
  }
}

/** Takes lists of names apart, each separated by blanks. Pure but for the names remembered. */
export function definitionsOf(lists: readonly string[]): Definitions {
  const distinct = new Set<string>();
  for (const list of lists) {
    for (const name of list.split(' ')) if (name !== '' && distinct.size < mostNames) distinct.add(name);
  }
  const names = [...distinct].map(wordsOfName);
  const byWord = new Map<string, number>();
  for (const { words } of names) for (const word of words) byWord.set(word, (byWord.get(word) ?? 0) + 1);
  return {
    wholes: new Set(names.map(({ whole }) => whole)),
    byWord,
    length: names.reduce((sum, { words }) => sum + words.length, 0),
  };
}

const knownNames = new Map<string, NameWords>();
const mostKnownNames = 50_000;

/** The words of a definition's name, remembered. */
export function wordsOfName(name: string): NameWords {
  const known = knownNames.get(name);
  if (known) return known;
  const whole = plainName(name);
  const terms = [...new Set(termsOf(name))];
  const words = terms.length > 1 ? terms.filter((term) => term !== whole) : terms;
  const taken = { whole, words };
  if (knownNames.size >= mostKnownNames) knownNames.clear();
  knownNames.set(name, taken);
  return taken;
}

/** A name without case and separators. */
export const plainName = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
