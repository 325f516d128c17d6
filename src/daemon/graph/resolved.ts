import type { Answer } from './asked.js';
import type { Place, Resolution } from './definition.js';

/** References whose meaning is remembered at most, about 40 bytes each. */
const mostReferences = 200_000;

/** What is known of one file. */
interface OfFile {
  /** What its references mean, by their index: those that were asked for. */
  references: ReadonlyMap<number, Resolution | null>;
  /** What names mean that nothing in the file defines, wherever in it they stand. */
  names: Map<number, Answer>;
  /** The same behind receivers, by the name and a number for the receiver. */
  members: Map<number, Map<number, Answer>>;
}

interface NotedFile extends OfFile {
  references: Map<number, Resolution | null>;
}

/** Remembers what references mean, for as long as what that follows from is the same. */
export class Resolved {
  readonly #version: () => number;
  readonly #files = new Map<Place['repo'], Map<string, NotedFile>>();
  #known = -1;
  #room = mostReferences;
  /** The file that was asked for last: questions about one come one after the other. */
  #last: { repo: Place['repo']; path: string; file: NotedFile } | null = null;

  /** @param version changes whenever a meaning may */
  constructor(version: () => number) {
    this.#version = version;
  }

  /** What is known of a file, to be added to. */
  of(place: Pick<Place, 'repo' | 'path'>): OfFile {
    return this.#of(place);
  }

  /** Takes note of what a reference of a file means. */
  note(place: Pick<Place, 'repo' | 'path'>, reference: number, meaning: Resolution | null): void {
    this.#of(place).references.set(reference, meaning);
    this.#room--;
  }

  #of({ repo, path }: Pick<Place, 'repo' | 'path'>): NotedFile {
    const version = this.#version();
    if (version !== this.#known || this.#room < 0) this.#clear(version);
    const last = this.#last;
    if (last && last.path === path && last.repo === repo) return last.file;
    const file = this.#fileOf(repo, path);
    this.#last = { repo, path, file };
    return file;
  }

  #fileOf(repo: Place['repo'], path: string): NotedFile {
    let files = this.#files.get(repo);
    if (!files) {
      files = new Map();
      this.#files.set(repo, files);
    }
    const known = files.get(path);
    if (known) return known;
    const file: NotedFile = { references: new Map(), names: new Map(), members: new Map() };
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
