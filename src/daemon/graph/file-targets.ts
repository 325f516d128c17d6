import type { Import, Target } from './resolve/contract.js';

/** Where the imports of a file lead. Each is resolved when it is asked for: most questions are about one or two. */
export class FileTargets {
  readonly #imports: readonly Import[];
  readonly #begin: () => (imported: Import) => Target;
  #targetOf: ((imported: Import) => Target) | null = null;
  #known: (Target | undefined)[] = [];
  #isWhole = false;

  /** @param begin gives what resolves an import of the file; called with the first one that is asked for */
  constructor(imports: readonly Import[], begin: () => (imported: Import) => Target) {
    this.#imports = imports;
    this.#begin = begin;
  }

  /** Of one import by its index; undefined if there is none. */
  at(index: number): Target | undefined {
    const known = this.#known[index];
    const imported = this.#imports[index];
    if (known || !imported) return known;
    this.#targetOf ??= this.#begin();
    const made = this.#targetOf(imported);
    this.#known[index] = made;
    return made;
  }

  /** Of all of them, in their order. */
  all(): readonly Target[] {
    if (!this.#isWhole) this.#known = this.#imports.map((_, index) => this.at(index) as Target);
    this.#isWhole = true;
    return this.#known as Target[];
  }
}
