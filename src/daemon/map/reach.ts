import { groupOf, sharesFolder, sharesPackage } from '../graph/languages.js';
import type { RepoGraph } from '../graph/repo-graph.js';
import { folderOf, stemOf } from '../graph/resolve/paths.js';
import type { MapFile } from './map-file.js';

/** Imported files that import more than this are not looked into. */
const mostPassedOn = 100;

const filesPerStep = 256;

/** Which files reach which; yields often. */
export function* reachOf(files: readonly MapFile[], repo: RepoGraph): Generator<void, Reach> {
  const reach = new Reach(files, repo);
  for (let file = 0; file < files.length; file++) {
    reach.add(file);
    if (file % filesPerStep === 0) yield;
  }
  return reach;
}

/** Which files a file imports, itself or through those that pass on what they import, and which share its package. */
export class Reach {
  readonly #files: readonly MapFile[];
  readonly #repo: RepoGraph;
  readonly #byPath = new Map<string, number>();
  readonly #byStem = new Map<string, number[]>();
  /** Imports that name many files share their list of paths. */
  readonly #lists = new Map<readonly string[], Int32Array>();
  readonly #imports: (Int32Array | undefined)[] = [];
  readonly #packages: Int32Array;
  readonly #packageNumbers = new Map<string, number>();
  /** The last file from which each was reached. */
  readonly #reached: Int32Array;
  #from = -1;

  constructor(files: readonly MapFile[], repo: RepoGraph) {
    this.#files = files;
    this.#repo = repo;
    this.#reached = new Int32Array(files.length).fill(-1);
    this.#packages = new Int32Array(files.length);
  }

  /** Takes note of a file. */
  add(file: number): void {
    const { path, content } = this.#files[file] as MapFile;
    this.#byPath.set(path, file);
    const key = packageOf(path, content.language, content.module) ?? `\n${file}`;
    const number = this.#packageNumbers.get(key) ?? this.#packageNumbers.size;
    this.#packageNumbers.set(key, number);
    this.#packages[file] = number;
    if (groupOf(content.language) !== 'c') return;
    const alike = this.#byStem.get(stemOf(path));
    if (alike) alike.push(file);
    else this.#byStem.set(stemOf(path), [file]);
  }

  /** Says from which file the following is asked. */
  from(file: number): void {
    this.#from = file;
    for (const one of this.#importsOf(file)) {
      this.#reach(one);
      if (!this.#passesOn(one)) continue;
      const further = this.#importsOf(one);
      if (further.length <= mostPassedOn) for (const other of further) this.#reach(other);
    }
  }

  imports(file: number): boolean {
    return this.#reached[file] === this.#from;
  }

  sharesPackage(file: number): boolean {
    return this.#packages[file] === this.#packages[this.#from];
  }

  #reach(file: number): void {
    this.#reached[file] = this.#from;
    const { path, content } = this.#files[file] as MapFile;
    // What a header declares is defined in the file that is called like it.
    if (groupOf(content.language) === 'c') {
      for (const other of this.#byStem.get(stemOf(path)) ?? []) this.#reached[other] = this.#from;
    }
  }

  #passesOn(file: number): boolean {
    const { path, content } = this.#files[file] as MapFile;
    if (groupOf(content.language) === 'c') return /\.(h|hh|hpp|hxx|inc)$/.test(path);
    if (content.language === 'python') return path.endsWith('__init__.py');
    return content.written.some(({ form }) => form === 'reexport');
  }

  #importsOf(file: number): Int32Array {
    const known = this.#imports[file];
    if (known) return known;
    const found: number[] = [];
    for (const target of this.#repo.targetsOf((this.#files[file] as MapFile).path)) {
      if (target.kind !== 'file') continue;
      for (const one of this.#numbersOf(target.paths)) found.push(one);
      for (const { paths } of target.bindings ?? [])
        for (const one of this.#numbersOf(paths)) found.push(one);
    }
    const imports = Int32Array.from(found);
    this.#imports[file] = imports;
    return imports;
  }

  #numbersOf(paths: readonly string[]): Int32Array {
    const known = this.#lists.get(paths);
    if (known) return known;
    const found = paths.map((path) => this.#byPath.get(path)).filter((one) => one !== undefined);
    const numbers = Int32Array.from(found);
    this.#lists.set(paths, numbers);
    return numbers;
  }
}

/** The package that a file belongs to without saying so of its names; null if its language has no such thing. */
function packageOf(path: string, language: string, module: string | null): string | null {
  if (sharesPackage(language) && module !== null) return `${groupOf(language)}\n${module}`;
  return sharesFolder(language) ? `${groupOf(language)}\n${folderOf(path)}\n${module}` : null;
}
