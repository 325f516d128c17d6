import type { Answer } from './asked.js';
import type { Place, Resolution } from './definition.js';

/** References whose meaning is remembered at most, about 40 bytes each. */
const mostReferences = 200_000;

/** What is known of one file: most is asked of few names of many files, so that a list is made with its first entry. */
export interface OfFile {
  /** What its references mean, by their index: those that were asked for and whose meaning depends on their place. */
  references: Map<number, Resolution | null> | null;
  /** What names mean that nothing in the file defines, wherever in it they stand. */
  names: Map<number, Answer> | null;
  /** The same behind receivers, by `heldKey`. */
  members: Map<number, Answer> | null;
}

/** More than there are names. */
const mostNames = 2 ** 25;

/** The key of a name behind a receiver or a type. @param holder number of the receiver, or less than 0, of the type */
export function heldKey(name: number, holder: number): number {
  return (name * 2 + (holder < 0 ? 1 : 0)) * mostNames + Math.abs(holder);
}

/** Remembers what references mean, for as long as what that follows from is the same. */
export class Resolved {
  readonly #version: () => number;
  readonly #files = new Map<Place['repo'], Map<string, OfFile>>();
  #known = -1;
  #room = mostReferences;
  /** The file that was asked for last: questions about one come one after the other. */
  #last: { repo: Place['repo']; path: string; file: OfFile } | null = null;

  /** @param version changes whenever a meaning may */
  constructor(version: () => number) {
    this.#version = version;
  }

  /** Takes note of what a reference of a file means. */
  note(place: Pick<Place, 'repo' | 'path'>, reference: number, meaning: Resolution | null): void {
    const file = this.of(place);
    file.references ??= new Map();
    file.references.set(reference, meaning);
    this.#room--;
  }

  /** What is known of a file, to be added to. */
  of({ repo, path }: Pick<Place, 'repo' | 'path'>): OfFile {
    const version = this.#version();
    if (version !== this.#known || this.#room < 0) this.#clear(version);
    const last = this.#last;
    if (last && last.path === path && last.repo === repo) return last.file;
    const file = this.#fileOf(repo, path);
    this.#last = { repo, path, file };
    return file;
  }

  #fileOf(repo: Place['repo'], path: string): OfFile {
    let files = this.#files.get(repo);
    if (!files) {
      files = new Map();
      this.#files.set(repo, files);
    }
    const known = files.get(path);
    if (known) return known;
    const file: OfFile = { references: null, names: null, members: null };
    files.set(path, file);
    return file;
  }

  #clear(version: number): void {
    this.#files.clear();
    this.#last = null;
    this.#known = version;
    this.#room = mostReferences;
  }
}
