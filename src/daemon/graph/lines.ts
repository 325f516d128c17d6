import type { GraphFamily } from './contract.js';
import type { Place } from './definition.js';

/** Longer lines are cut. */
const mostChars = 400;

/** A line of a content. */
interface LineAt {
  place: Place;
  line: number;
}

/** Texts of lines, from the index, as it was when the graph was asked: a content never changes. */
export class LineTexts {
  readonly #texts = new Map<string, string>();

  /** @param storeOf the store of a repository */
  static async read(
    lines: readonly LineAt[],
    storeOf: (repo: string) => GraphFamily['store'] | undefined,
  ): Promise<LineTexts> {
    const texts = new LineTexts();
    const byStore = new Map<GraphFamily['store'], Map<string, Set<number>>>();
    for (const { place, line } of lines) {
      const store = storeOf(place.repo.id);
      if (!store) continue;
      const keys = byStore.get(store) ?? new Map<string, Set<number>>();
      byStore.set(store, keys);
      const known = keys.get(place.content.key);
      if (known) known.add(line);
      else keys.set(place.content.key, new Set([line]));
    }
    for (const [store, keys] of byStore) await texts.#read(store, keys);
    return texts;
  }

  /** Without blanks around it; empty if it is not in the index any more. */
  of({ content }: Place, line: number): string {
    return this.#texts.get(`${content.key}:${line}`) ?? '';
  }

  async #read(store: GraphFamily['store'], keys: ReadonlyMap<string, ReadonlySet<number>>): Promise<void> {
    const chunks = (await store.chunksOf([...keys.keys()])).filter(({ key, startLine, endLine }) => {
      for (const line of keys.get(key) ?? []) if (startLine <= line && line <= endLine) return true;
      return false;
    });
    for (const { key, startLine, text } of await store.fetch(chunks)) {
      const wanted = keys.get(key);
      for (const [at, line] of text.split('\n').entries()) {
        if (wanted?.has(startLine + at))
          this.#texts.set(`${key}:${startLine + at}`, line.trim().slice(0, mostChars));
      }
    }
  }
}
