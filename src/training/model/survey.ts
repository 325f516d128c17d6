import { hashOf } from './encode.js';
import { readPairs } from './pair-files.js';

/** What one file of pairs holds, a place in each list a line. */
export interface FileSurvey {
  kinds: string[];
  languages: string[];
  kind: Uint8Array;
  language: Uint8Array;
  query: Uint32Array;
  document: Uint32Array;
}

/** Looks through files of pairs, and counts in how many texts each term is. */
export class Survey {
  readonly #ids = new Map<string, number>();
  readonly #counts: number[] = [];
  /** The text in which a term was last counted. */
  readonly #last: number[] = [];
  #text = 0;

  read(file: string): FileSurvey {
    const kinds: string[] = [];
    const languages: string[] = [];
    const kind: number[] = [];
    const language: number[] = [];
    const query: number[] = [];
    const document: number[] = [];
    readPairs(file, (pair) => {
      kind.push(indexIn(kinds, pair.kind));
      language.push(indexIn(languages, pair.language));
      query.push(hashOf(pair.query));
      document.push(hashOf(pair.hash));
      this.#count(pair.query);
      this.#count(pair.document);
    });
    return {
      kinds,
      languages,
      kind: Uint8Array.from(kind),
      language: Uint8Array.from(language),
      query: Uint32Array.from(query),
      document: Uint32Array.from(document),
    };
  }

  /** Terms that are in at least `least` texts. */
  frequencies(least: number): Map<string, number> {
    const found = new Map<string, number>();
    for (const [term, id] of this.#ids) {
      const count = this.#counts[id] as number;
      if (count >= least) found.set(term, count);
    }
    return found;
  }

  #count(column: string): void {
    const text = ++this.#text;
    for (const term of column.split(' ')) {
      let id = this.#ids.get(term);
      if (id === undefined) {
        id = this.#counts.length;
        // A part of the column would keep all of it alive.
        this.#ids.set(` ${term}`.slice(1), id);
        this.#counts.push(0);
        this.#last.push(0);
      }
      if (this.#last[id] !== text) {
        this.#last[id] = text;
        this.#counts[id] = (this.#counts[id] as number) + 1;
      }
    }
  }
}

/** The index of an item in a list, where it is put if it is not in it. */
export function indexIn(list: string[], item: string): number {
  const found = list.indexOf(item);
  return found >= 0 ? found : list.push(item) - 1;
}
