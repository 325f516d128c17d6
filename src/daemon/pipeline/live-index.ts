import type { ManifestEntry } from '../store/manifest.js';

export interface LanguageTotals {
  language: string;
  files: number;
  chunks: number;
}

const noPaths: readonly string[] = [];

/**
 * What is published of one repository: its manifest in memory, with the paths of each content. Changes come in
 * synchronously, so a reader never sees half of one.
 */
export class LiveIndex {
  readonly #entries: Map<string, ManifestEntry>;
  readonly #pathsByKey = new Map<string, string | string[]>();

  constructor(entries: Map<string, ManifestEntry> = new Map()) {
    this.#entries = entries;
    for (const [path, entry] of entries) this.#link(path, entry.key);
  }

  /** Path to entry. Entries with a skip reason are known files that are not indexed (their key is empty). */
  get entries(): ReadonlyMap<string, ManifestEntry> {
    return this.#entries;
  }

  /** Paths from the root that have this content now, sorted. */
  pathsOf(key: string): readonly string[] {
    const found = this.#pathsByKey.get(key);
    if (found === undefined) return noPaths;
    return typeof found === 'string' ? [found] : found.toSorted();
  }

  /** Every content key in use. */
  keys(): IterableIterator<string> {
    return this.#pathsByKey.keys();
  }

  /** Sets a file's entry. Returns true if its content is another one than before. */
  set(path: string, entry: ManifestEntry): boolean {
    const before = this.#entries.get(path);
    this.#entries.set(path, entry);
    if (before?.key === entry.key) return false;
    if (before) this.#unlink(path, before.key);
    this.#link(path, entry.key);
    return true;
  }

  /** Forgets a file. Returns true if it was indexed. */
  remove(path: string): boolean {
    const before = this.#entries.get(path);
    if (!before) return false;
    this.#entries.delete(path);
    this.#unlink(path, before.key);
    return before.key !== '';
  }

  /** Files by reason for which they are not indexed, of those that had to be read to know. */
  skips(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { skip } of this.#entries.values()) {
      if (skip !== null) counts.set(skip, (counts.get(skip) ?? 0) + 1);
    }
    return counts;
  }

  /** Files and chunks by language, most files first. @param chunksOf chunks of a content */
  languages(chunksOf: (key: string) => number): LanguageTotals[] {
    const totals = new Map<string, LanguageTotals>();
    for (const { language, key, skip } of this.#entries.values()) {
      if (skip !== null) continue;
      let total = totals.get(language);
      if (!total) {
        total = { language, files: 0, chunks: 0 };
        totals.set(language, total);
      }
      total.files++;
      total.chunks += chunksOf(key);
    }
    return [...totals.values()].sort((a, b) => b.files - a.files || a.language.localeCompare(b.language));
  }

  #link(path: string, key: string): void {
    if (key === '') return;
    const found = this.#pathsByKey.get(key);
    if (found === undefined) this.#pathsByKey.set(key, path);
    else if (typeof found === 'string') this.#pathsByKey.set(key, [found, path]);
    else found.push(path);
  }

  #unlink(path: string, key: string): void {
    const found = this.#pathsByKey.get(key);
    if (found === undefined) return;
    const left = typeof found === 'string' ? [] : found.filter((other) => other !== path);
    if (left.length === 0) this.#pathsByKey.delete(key);
    else this.#pathsByKey.set(key, left.length === 1 ? (left[0] ?? '') : left);
  }
}
