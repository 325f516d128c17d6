import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { pack, unpack } from 'msgpackr';
import { syncPath } from '../../shared/durable.js';
import { systemCode } from '../../shared/errors.js';
import { readRecord, writeRecord } from './record-file.js';

export interface FileInfo {
  /** Path from the folder that was listed, with the system's separator. */
  path: string;
  size: number;
}

/** All files below a folder with their sizes; files that go meanwhile are left out, a missing folder has none. */
export async function listFiles(folder: string): Promise<FileInfo[]> {
  const files: FileInfo[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(noneIfGone)) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const size = await stat(path).then(
      (found) => found.size,
      (error: unknown) => (systemCode(error) === 'ENOENT' ? null : Promise.reject(error)),
    );
    if (size !== null) files.push({ path: path.slice(folder.length + 1), size });
  }
  return files;
}

function noneIfGone(error: unknown): [] {
  if (systemCode(error) === 'ENOENT') return [];
  throw error;
}

/** Forces files to the disk that were not there at the last call. LanceDB's files never change once written. */
export class Syncer {
  readonly #folder: string;
  #synced = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws the system error */
  async sync(): Promise<void> {
    const now = new Set<string>();
    const folders = new Set<string>([this.#folder]);
    for (const { path, size } of await listFiles(this.#folder)) {
      const id = `${path}:${size}`;
      now.add(id);
      if (this.#synced.has(id)) continue;
      const file = join(this.#folder, path);
      await syncPath(file);
      for (let at = dirname(file); at.length > this.#folder.length; at = dirname(at)) folders.add(at);
    }
    for (const folder of folders) await syncPath(folder);
    this.#synced = now;
  }
}

type Sums = Map<string, { size: number; sum: number }>;

/**
 * Sizes and checksums of a dataset's data files, kept in one record: LanceDB reads flipped bytes without an
 * error.
 */
export class Checksums {
  readonly #folder: string;
  readonly #file: string;
  #known: Sums | null = null;

  constructor(folder: string, file: string) {
    this.#folder = folder;
    this.#file = file;
  }

  /** Takes down the files that are new and drops those that are gone. @throws DISK_FULL */
  async record(): Promise<void> {
    const known = await this.#load();
    const next: Sums = new Map();
    let changed = false;
    for (const { path, size } of await this.#files()) {
      const before = known.get(path);
      const sum = before?.sum ?? (await this.#sumOf(path));
      if (sum === null) continue;
      changed ||= !before;
      next.set(path, before ?? { size, sum });
    }
    if (!changed && next.size === known.size) return;
    this.#known = next;
    await writeRecord(this.#file, pack([...next].map(([path, { size, sum }]) => [path, size, sum])));
  }

  /** Paths of files whose bytes are not those that were taken down. Reads all of them. */
  async broken(): Promise<string[]> {
    const known = await this.#load();
    const broken: string[] = [];
    for (const { path, size } of await this.#files()) {
      const before = known.get(path);
      if (!before) continue;
      const sum = before.size === size ? await this.#sumOf(path) : -1;
      if (sum !== null && sum !== before.sum) broken.push(path);
    }
    return broken;
  }

  async #files(): Promise<FileInfo[]> {
    const files = await listFiles(this.#folder);
    return files.filter(({ path }) => /(^|[/\\])data[/\\]/.test(path));
  }

  async #load(): Promise<Sums> {
    if (this.#known) return this.#known;
    const read = await readRecord(this.#file);
    const rows = 'bytes' in read ? (unpack(read.bytes) as [string, number, number][]) : [];
    this.#known = new Map(rows.map(([path, size, sum]) => [path, { size, sum }]));
    return this.#known;
  }

  /** Null if the file is gone. */
  async #sumOf(path: string): Promise<number | null> {
    let sum = 0;
    try {
      for await (const part of createReadStream(join(this.#folder, path), { highWaterMark: 2 ** 19 })) {
        sum = crc32(part as Buffer, sum);
      }
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return null;
      throw error;
    }
    return sum;
  }
}

const keptAside = 3;

/** Moves a broken file or folder into `quarantine`, keeping the last few that were. Returns its new path. */
export async function setAside(path: string, quarantine: string): Promise<string> {
  await mkdir(quarantine, { recursive: true, mode: 0o700 });
  const stamp = new Date().toISOString().replaceAll(/[:.]/g, '-');
  const target = join(quarantine, `${stamp}-${randomBytes(2).toString('hex')}-${basename(path)}`);
  await rename(path, target);
  const all = (await readdir(quarantine)).toSorted();
  for (const old of all.slice(0, -keptAside))
    await rm(join(quarantine, old), { recursive: true, force: true });
  return target;
}
