import type { Names, SharedNames } from './names.js';

/** Numbers from here on are of names that only overlays have. */
const ownFrom = 2 ** 30;

/**
 * The published names, with others beside them that the shared graph knows nothing of. A name that is published later
 * keeps its number here: `isCurrent` says so, and all that has these numbers is to be made anew.
 */
export class OverlayNames implements Names {
  readonly base: SharedNames;
  readonly #ids = new Map<string, number>();
  readonly #texts: string[] = [];
  #seen: number;

  constructor(base: SharedNames) {
    this.base = base;
    this.#seen = base.size;
  }

  /** How many names only overlays have. */
  get own(): number {
    return this.#texts.length;
  }

  /** Whether none of its own names was published meanwhile. */
  isCurrent(): boolean {
    for (; this.#seen < this.base.size; this.#seen++) {
      if (this.#ids.has(this.base.text(this.#seen))) return false;
    }
    return true;
  }

  id(text: string): number {
    const known = this.find(text);
    if (known >= 0) return known;
    const id = ownFrom + this.#texts.length;
    this.#texts.push(text);
    this.#ids.set(text, id);
    return id;
  }

  find(text: string): number {
    const known = this.base.find(text);
    return known >= 0 ? known : (this.#ids.get(text) ?? -1);
  }

  text(id: number): string {
    return id < ownFrom ? this.base.text(id) : (this.#texts[id - ownFrom] ?? '');
  }
}
