import type { Declarations } from './contract.js';

/** What one file declares. */
export interface Declared {
  /** Packages, namespaces or modules, as written. */
  packages: readonly string[];
  /** Names defined at its top level; left out if not known. */
  names?: ReadonlySet<string>;
}

const nothing: readonly string[] = [];

/** Declarations of nothing: resolution goes by paths alone. */
export const noDeclarations: Declarations = {
  version: 0,
  packagesOf: () => nothing,
  filesOf: () => nothing,
  defines: () => undefined,
};

/** `Declarations` in memory, changed file by file. Only what changes an answer raises the version. */
export class DeclarationIndex implements Declarations {
  #version = 1;
  readonly #files = new Map<string, Declared>();
  readonly #packages = new Map<string, string[]>();

  get version(): number {
    return this.#version;
  }

  /** What a file declares now; null: the file is gone. */
  set(path: string, declared: Declared | null): void {
    const before = this.#files.get(path);
    if (before === undefined && declared === null) return;
    if (before && declared && declaresSame(before, declared)) return;
    this.#version++;
    for (const name of before?.packages ?? nothing) this.#leave(name, path);
    if (declared === null) {
      this.#files.delete(path);
      return;
    }
    this.#files.set(path, declared);
    for (const name of declared.packages) this.#enter(name, path);
  }

  packagesOf(path: string): readonly string[] {
    return this.#files.get(path)?.packages ?? nothing;
  }

  filesOf(name: string): readonly string[] {
    return this.#packages.get(name) ?? nothing;
  }

  defines(path: string, name: string): boolean | undefined {
    return this.#files.get(path)?.names?.has(name);
  }

  #enter(name: string, path: string): void {
    const files = this.#packages.get(name);
    if (!files) {
      this.#packages.set(name, [path]);
      return;
    }
    // Kept in order; most files come in order.
    let at = files.length;
    while (at > 0 && (files[at - 1] as string) > path) at--;
    if (files[at - 1] !== path) files.splice(at, 0, path);
  }

  #leave(name: string, path: string): void {
    const files = this.#packages.get(name);
    const at = files?.indexOf(path) ?? -1;
    if (!files || at < 0) return;
    files.splice(at, 1);
    if (files.length === 0) this.#packages.delete(name);
  }
}

/** Whether two files declare the same. */
export function declaresSame(a: Declared | null, b: Declared | null): boolean {
  if (a === null || b === null) return a === b;
  if (a.packages.length !== b.packages.length || a.packages.some((name, i) => name !== b.packages[i])) {
    return false;
  }
  if (a.names === b.names) return true;
  if (!a.names || !b.names || a.names.size !== b.names.size) return false;
  for (const name of a.names) if (!b.names.has(name)) return false;
  return true;
}
