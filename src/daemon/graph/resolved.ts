import type { Place, Resolution } from './definition.js';

/** References whose meaning is remembered at most, about 20 bytes each. */
const mostReferences = 1_000_000;

/** What the references of a file mean, by their index; undefined where that was not asked for yet. */
type OfFile = (Resolution | null | undefined)[];

/** Remembers what references mean, for as long as what that follows from is the same. */
export class Resolved {
  readonly #version: () => number;
  readonly #files = new Map<Place['repo'], Map<string, OfFile>>();
  #known = -1;
  #room = mostReferences;

  /** @param version changes whenever a meaning may */
  constructor(version: () => number) {
    this.#version = version;
  }

  /** What is known of a file, to be added to. */
  of({ repo, path, content }: Place): OfFile {
    const version = this.#version();
    if (version !== this.#known || this.#room < 0) this.#clear(version);
    let files = this.#files.get(repo);
    if (!files) {
      files = new Map();
      this.#files.set(repo, files);
    }
    const known = files.get(path);
    if (known) return known;
    const file: OfFile = new Array(content.referenceCount);
    this.#room -= content.referenceCount;
    files.set(path, file);
    return file;
  }

  #clear(version: number): void {
    this.#files.clear();
    this.#known = version;
    this.#room = mostReferences;
  }
}
