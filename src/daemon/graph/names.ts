/** Strings by number: each is kept once, however often it occurs. The empty string is 0. */
export interface Names {
  /** The number of a string, a new one if it has none yet. */
  id(text: string): number;
  /** The number of a string; -1 if it has none. */
  find(text: string): number;
  text(id: number): string;
}

/** The names of everything that is published. */
export class SharedNames implements Names {
  readonly #ids = new Map<string, number>([['', 0]]);
  readonly #texts: string[] = [''];

  get size(): number {
    return this.#texts.length;
  }

  id(text: string): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.#texts.length;
    // A part of a larger string keeps all of that in memory; a copy does not.
    const own = text.length < 13 ? text : Buffer.from(text, 'utf16le').toString('utf16le');
    this.#texts.push(own);
    this.#ids.set(own, id);
    return id;
  }

  find(text: string): number {
    return this.#ids.get(text) ?? -1;
  }

  text(id: number): string {
    return this.#texts[id] ?? '';
  }
}
