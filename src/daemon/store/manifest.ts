import { mkdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Packr, unpack } from 'msgpackr';
import { messageOf } from '../../shared/errors.js';
import type { FileStat, SkipReason } from '../../workers/messages.js';
import { readRecord, writeRecord } from './record-file.js';

/** What is known of one file. `key` is empty exactly if `skip` says why the file is not indexed. */
export interface ManifestEntry extends FileStat {
  key: string;
  language: string;
  lines: number;
  skip: SkipReason | null;
}

/** A file that is indexed by lines because its parse hung or killed a worker. */
export interface QuarantinedFile {
  path: string;
  key: string;
  reason: string;
}

/** One repository as it was when its manifest was saved: its state, and its files by path from the root. */
export interface ManifestSnapshot {
  epoch: string;
  generation: number;
  /** Commit and branch that were checked out; null outside git or without. */
  head: string | null;
  branch: string | null;
  /** Time of the last change, ISO 8601. */
  lastChange: string | null;
  /** False until the repository has been indexed as a whole once. */
  complete: boolean;
  /** Build of the Universal Ctags that is part of the keys of the languages that it serves; absent: there was none. */
  ctags?: string | undefined;
  quarantined: QuarantinedFile[];
  entries: ReadonlyMap<string, ManifestEntry>;
}

/** A manifest that was loaded: its entries may be changed by the caller. */
export interface Manifest extends ManifestSnapshot {
  entries: Map<string, ManifestEntry>;
}

/** The form on disk: columns, which pack and unpack several times faster than objects. */
interface Columns extends Omit<ManifestSnapshot, 'entries'> {
  savedAt: string;
  count: number;
  /** Joined by NUL, which no path has. */
  paths: string;
  keys: string;
  languageNames: string[];
  skipNames: SkipReason[];
  languages: Uint8Array;
  /** Position in skipNames plus one, 0 for none. */
  skips: Uint8Array;
  /** Float64: lines, size, mtimeMs, ctimeMs, ino of each file. */
  numbers: Uint8Array;
}

const separator = '\0';
const numbersPerEntry = 5;
const packr = new Packr({ useRecords: false });

/** Packs a manifest. Pure; linear in the number of files. */
export function encodeManifest(manifest: ManifestSnapshot, savedAt: string): Uint8Array {
  const { entries, ...rest } = manifest;
  const count = entries.size;
  const paths: string[] = [];
  const keys: string[] = [];
  const languages = new Indexer<string>();
  const skips = new Indexer<SkipReason>();
  const languageOf = new Uint8Array(count);
  const skipOf = new Uint8Array(count);
  const numbers = new Float64Array(count * numbersPerEntry);
  let i = 0;
  for (const [path, entry] of entries) {
    paths.push(path);
    keys.push(entry.key);
    languageOf[i] = languages.of(entry.language);
    skipOf[i] = entry.skip === null ? 0 : skips.of(entry.skip) + 1;
    const at = i * numbersPerEntry;
    numbers[at] = entry.lines;
    numbers[at + 1] = entry.size;
    numbers[at + 2] = entry.mtimeMs;
    numbers[at + 3] = entry.ctimeMs;
    numbers[at + 4] = entry.ino;
    i++;
  }
  const columns: Columns = {
    ...rest,
    savedAt,
    count,
    paths: paths.join(separator),
    keys: keys.join(separator),
    languageNames: languages.names,
    skipNames: skips.names,
    languages: languageOf,
    skips: skipOf,
    numbers: new Uint8Array(numbers.buffer),
  };
  return packr.pack(columns);
}

/** Unpacks what encodeManifest packed. @throws Error if it is not that */
export function decodeManifest(bytes: Uint8Array): Manifest {
  const columns = unpack(bytes) as Columns;
  const { savedAt, count, paths, keys, languageNames, skipNames, languages, skips, numbers, ...rest } =
    columns;
  const pathList = count === 0 ? [] : paths.split(separator);
  const keyList = count === 0 ? [] : keys.split(separator);
  if (pathList.length !== count || keyList.length !== count) throw new Error('its columns differ in length');
  // Copied, because a Float64Array needs an offset that is a multiple of 8.
  const values = new Float64Array(Uint8Array.from(numbers).buffer);
  const entries = new Map<string, ManifestEntry>();
  for (const [i, path] of pathList.entries()) {
    const at = i * numbersPerEntry;
    const skip = skips[i] ?? 0;
    entries.set(path, {
      key: keyList[i] ?? '',
      language: languageNames[languages[i] ?? 0] ?? '',
      lines: values[at] ?? 0,
      size: values[at + 1] ?? 0,
      mtimeMs: values[at + 2] ?? 0,
      ctimeMs: values[at + 3] ?? 0,
      ino: values[at + 4] ?? 0,
      skip: skip === 0 ? null : (skipNames[skip - 1] ?? null),
    });
  }
  return { ...rest, entries };
}

/**
 * Saves a manifest durably; the file before stays until the new one is whole.
 * @throws DISK_FULL
 */
export async function saveManifest(file: string, manifest: ManifestSnapshot): Promise<void> {
  const bytes = encodeManifest(manifest, new Date().toISOString());
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeRecord(file, bytes);
}

/**
 * Loads a manifest: null if there is none, or if it cannot be used. Then `repair` says why, and the file is set aside
 * as `<file>.broken`.
 */
export async function loadManifest(
  file: string,
): Promise<{ manifest: Manifest | null; repair: string | null }> {
  const read = await readRecord(file);
  if ('missing' in read) return { manifest: null, repair: null };
  let why: string;
  if ('bytes' in read) {
    try {
      return { manifest: decodeManifest(read.bytes), repair: null };
    } catch (error) {
      why = messageOf(error);
    }
  } else {
    why = read.broken;
  }
  const aside = `${file}.broken`;
  await rename(file, aside);
  return {
    manifest: null,
    repair: `The list of indexed files could not be used (${why}) and was set aside as ${aside}`,
  };
}

/** Gives each distinct name a number from 0. */
class Indexer<T extends string> {
  readonly names: T[] = [];
  readonly #numbers = new Map<T, number>();

  of(name: T): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.names.length;
      this.names.push(name);
      this.#numbers.set(name, number);
    }
    return number;
  }
}
