import type { Declarations, Project } from './resolve/contract.js';
import type { Declared } from './resolve/declarations.js';
import { folderOf, nameOf } from './resolve/paths.js';

/** A project with some paths more, and other declarations. Its version is always that of what lies below. */
export class OverlayProject implements Project {
  readonly declarations: Declarations;
  readonly #base: Project;
  readonly #added: ReadonlySet<string>;
  readonly #folders = new Set<string>();
  readonly #facts = new Map<unknown, unknown>();

  /** @param added paths that the base has not */
  constructor(base: Project, added: readonly string[], declared: ReadonlyMap<string, Declared | null>) {
    this.#base = base;
    this.#added = new Set(added);
    this.declarations = new OverlayDeclarations(base.declarations, declared);
    for (const path of added) {
      let at = path;
      while (at !== '') {
        at = folderOf(at);
        this.#folders.add(at);
      }
    }
  }

  get repo(): string {
    return this.#base.repo;
  }

  get version(): number {
    return this.#base.version;
  }

  has(path: string): boolean {
    return this.#added.has(path) || this.#base.has(path);
  }

  isFolder(path: string): boolean {
    return this.#folders.has(path) || this.#base.isFolder(path);
  }

  filesIn(folder: string): readonly string[] {
    return withMore(this.#base.filesIn(folder), this.#added, (path) => folderOf(path) === folder);
  }

  foldersIn(folder: string): readonly string[] {
    return withMore(
      this.#base.foldersIn(folder),
      this.#folders,
      (path) => path !== '' && folderOf(path) === folder,
    );
  }

  filesNamed(name: string): readonly string[] {
    return withMore(this.#base.filesNamed(name), this.#added, (path) => nameOf(path) === name);
  }

  text(path: string): string | null {
    return this.#base.text(path);
  }

  parsed<T>(path: string, parse: (text: string) => T): T | null {
    return this.#base.parsed(path, parse);
  }

  fact<T>(make: (project: Project) => T): T {
    if (!this.#facts.has(make)) this.#facts.set(make, make(this));
    return this.#facts.get(make) as T;
  }
}

class OverlayDeclarations implements Declarations {
  readonly #base: Declarations;
  readonly #declared: ReadonlyMap<string, Declared | null>;
  readonly #files = new Map<string, readonly string[]>();

  constructor(base: Declarations, declared: ReadonlyMap<string, Declared | null>) {
    this.#base = base;
    this.#declared = declared;
  }

  get version(): number {
    return this.#base.version;
  }

  packagesOf(path: string): readonly string[] {
    if (!this.#declared.has(path)) return this.#base.packagesOf(path);
    return this.#declared.get(path)?.packages ?? [];
  }

  filesOf(name: string): readonly string[] {
    if (this.#declared.size === 0) return this.#base.filesOf(name);
    const known = this.#files.get(name);
    if (known) return known;
    const left = this.#base.filesOf(name).filter((path) => !this.#declared.has(path));
    const own = [...this.#declared].filter(([, declared]) => declared?.packages.includes(name));
    const files = [...left, ...own.map(([path]) => path)].sort();
    this.#files.set(name, files);
    return files;
  }

  defines(path: string, name: string): boolean | undefined {
    if (!this.#declared.has(path)) return this.#base.defines(path, name);
    return this.#declared.get(path)?.names?.has(name);
  }
}

/** The same list where there is nothing to add. */
function withMore(
  list: readonly string[],
  more: ReadonlySet<string>,
  fits: (path: string) => boolean,
): readonly string[] {
  const found = [...more].filter((path) => fits(path) && !list.includes(path));
  return found.length === 0 ? list : [...list, ...found].sort();
}
