import type { Answer } from './asked.js';
import type { Place, Resolution } from './definition.js';

/** References whose meaning is remembered at most, about 20 bytes each. */
const mostReferences = 500_000;

/** What is known of one file. */
interface OfFile {
  /** What its references mean, by their index; undefined where that was not asked for yet. */
  references: (Resolution | null | undefined)[];
  /** What names mean that nothing in the file defines, wherever in it they stand. */
  names: Map<number, Answer>;
  /** The same behind receivers, by the name and a number for the receiver. */
  members: Map<number, Map<number, Answer>>;
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

  /** What is known of a file, to be added to. */
  of({ repo, path, content }: Place): OfFile {
    const version = this.#version();
    if (version !== this.#known || this.#room < 0) this.#clear(version);
    const last = this.#last;
    if (last && last.path === path && last.repo === repo) return last.file;
    const file = this.#fileOf(repo, path, content.referenceCount);
    this.#last = { repo, path, file };
    return file;
  }

  #fileOf(repo: Place['repo'], path: string, references: number): OfFile {
    let files = this.#files.get(repo);
    if (!files) {
      files = new Map();
      this.#files.set(repo, files);
    }
    const known = files.get(path);
    if (known) return known;
    const file: OfFile = { references: new Array(references), names: new Map(), members: new Map() };
    this.#room -= references;
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
