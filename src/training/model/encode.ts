import { Bag } from '../../shared/model/bag.js';
import { fingerprintLow, wordSeed } from '../../shared/model/fingerprint.js';
import { type Layout, layoutOf } from '../../shared/model/layout.js';
import { expand } from '../../shared/model/load.js';
import type { Pair } from '../corpus/pairs/pair.js';
import { type Dataset, entryBits, maxCount } from './dataset-files.js';
import type { Vocabulary } from './vocabulary.js';

/** More distinct tokens of a document than this say nothing new about it. */
const maxDocument = 250;
const maxQuery = 60;
const maxPath = 20;

/** A table of a vocabulary's terms without vectors: what counting needs. */
function tableOf({ words, roots, stops }: Vocabulary): Layout {
  return layoutOf(expand({ id: '', dimensions: 0, words, roots, stops }, () => {}));
}

/** Turns pairs into tokens. */
export class Encoder {
  readonly #bag: Bag;
  readonly #pairs: number[] = [];
  readonly #tokens: number[] = [];

  constructor(vocabulary: Vocabulary) {
    this.#bag = new Bag(tableOf(vocabulary));
  }

  /** Adds a pair, unless its query or document has no known term. @param source see `PairField.source` */
  add(pair: Pair, source: number): void {
    const first = this.#tokens.length;
    const query = this.#append(pair.query, maxQuery);
    const document = this.#append(pair.document, maxDocument);
    if (query === 0 || document === 0) {
      this.#tokens.length = first;
      return;
    }
    const path = this.#append(pair.path, maxPath);
    const hashes = [hashOf(pair.query), hashOf(pair.document), hashOf(pair.path)];
    this.#pairs.push(first, query, document, path, ...hashes, source);
  }

  /** What was added since the last call; the first tokens count from 0 again. */
  take(): Dataset {
    const pairs = Uint32Array.from(this.#pairs);
    const tokens = Uint32Array.from(this.#tokens);
    this.#pairs.length = 0;
    this.#tokens.length = 0;
    return { pairs, tokens };
  }

  #append(column: string, most: number): number {
    const bag = this.#bag;
    bag.add(column);
    const count = Math.min(bag.size, most);
    for (let at = 0; at < count; at++) {
      const entry = bag.entries[at] as number;
      this.#tokens.push(Math.min(bag.counts[entry] as number, maxCount) * 2 ** entryBits + entry);
    }
    bag.clear();
    return count;
  }
}

/** A hash of 32 bits of a text. */
export function hashOf(text: string): number {
  return fingerprintLow(text, 0, text.length, wordSeed) >>> 0;
}
