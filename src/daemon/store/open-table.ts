import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection, Table } from '@lancedb/lancedb';
import { pack, unpack } from 'msgpackr';
import { LcadError, messageOf, systemCode } from '../../shared/errors.js';
import { chunkSchema } from '../../workers/chunk-rows.js';
import { hasChunkSchema, type Scan, scanContents } from './chunk-table.js';
import type { StoreRepair } from './contract.js';
import { setAside } from './dataset-files.js';
import { readRecord, saysDiskFull, writeRecord } from './record-file.js';

/** Where the parts of a family's store lie. */
export interface StorePlaces {
  /** LanceDB's folder, with one folder `<table>.lance` for each table. */
  tables: string;
  /** Record that names the chunks table. */
  meta: string;
  checksums: string;
  quarantine: string;
}

/** The places below a store's folder. */
export function storePlaces(folder: string): StorePlaces {
  return {
    tables: join(folder, 'tables'),
    meta: join(folder, 'store.meta'),
    checksums: join(folder, 'checksums'),
    quarantine: join(folder, 'quarantine'),
  };
}

export interface OpenedChunks extends Scan {
  name: string;
  table: Table;
}

const versionsTried = 4;
const chunksPrefix = 'chunks-';

/**
 * Opens the chunks table, or makes an empty one. Whatever cannot be read is set aside and noted in `repairs`: first the
 * newest manifest, so that the version before is used, at last the whole table.
 * @throws INDEX_UNAVAILABLE if the folder cannot be used at all, DISK_FULL
 */
export async function openChunks(
  db: Connection,
  places: StorePlaces,
  repairs: StoreRepair[],
): Promise<OpenedChunks> {
  const name = await nameOfChunks(places, repairs);
  if (name !== null) {
    const opened = await openReadable(db, name, places, repairs);
    if (opened) return { name, ...opened };
  }
  return createChunks(db, places);
}

/** Makes an empty chunks table and makes it the store's. Its name was never used before: caches go by name. */
export async function createChunks(db: Connection, places: StorePlaces): Promise<OpenedChunks> {
  const name = `${chunksPrefix}${randomBytes(4).toString('hex')}`;
  const table = await db.createEmptyTable(name, chunkSchema, {
    // Row ids then outlive compactions.
    storageOptions: { new_table_enable_stable_row_ids: 'true' },
  });
  await writeRecord(places.meta, pack({ chunks: name }));
  return { name, table, contents: new Map(), partial: [] };
}

/** Folder of a table. */
export function tableFolder(places: StorePlaces, table: string): string {
  return join(places.tables, `${table}.lance`);
}

/** Opens a table at the newest version that can be read; null if there is none, and then the table is set aside. */
async function openReadable(
  db: Connection,
  name: string,
  places: StorePlaces,
  repairs: StoreRepair[],
): Promise<({ table: Table } & Scan) | null> {
  const folder = tableFolder(places, name);
  for (let tried = 1; ; tried++) {
    try {
      const table = await db.openTable(name);
      if (!hasChunkSchema(await table.schema())) {
        await rm(folder, { recursive: true, force: true });
        repairs.push({
          what: 'The index had other columns than this version and is built anew',
          quarantinedTo: null,
        });
        return null;
      }
      return { table, ...(await scanContents(table)) };
    } catch (error) {
      if (isCircumstance(error)) throw unavailable(folder, error);
      const aside = tried < versionsTried ? await setNewestVersionAside(folder, places) : null;
      if (aside === null) {
        const quarantinedTo = await setAside(folder, places.quarantine);
        repairs.push({
          what: `The index could not be read (${firstLine(error)}) and is built anew`,
          quarantinedTo,
        });
        return null;
      }
      const what = `The newest state of the index could not be read (${firstLine(error)}); the one before is used`;
      repairs.push({ what, quarantinedTo: aside });
    }
  }
}

/** A failure that says nothing about the files: no permission, no room, too many open files. */
export function isCircumstance(error: unknown): boolean {
  const text = messageOf(error);
  return saysDiskFull(error) || /Permission denied|Too many open files|os error (13|24)\b/i.test(text);
}

/** INDEX_UNAVAILABLE with the folder and the cause. */
export function unavailable(folder: string, error: unknown): LcadError {
  if (error instanceof LcadError) return error;
  const message = `The index in ${folder} cannot be used: ${firstLine(error)}`;
  return new LcadError('INDEX_UNAVAILABLE', message, { cause: error, details: { folder } });
}

function firstLine(error: unknown): string {
  return messageOf(error).split('\n', 1)[0]?.slice(0, 300) ?? '';
}

/** Moves the newest manifest of a table away. Null if there is no other left to fall back to. */
async function setNewestVersionAside(folder: string, places: StorePlaces): Promise<string | null> {
  const versions = join(folder, '_versions');
  const names = await readdir(versions).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  });
  const manifests = names.filter((name) => /^\d+\.manifest$/.test(name)).toSorted(byVersion);
  const newest = manifests.at(-1);
  if (newest === undefined || manifests.length < 2) return null;
  await rm(join(versions, 'latest_version_hint.json'), { force: true });
  return setAside(join(versions, newest), places.quarantine);
}

// Names with 20 digits count down from 2^64 - 1, so that a listing has the newest first.
function byVersion(a: string, b: string): number {
  const version = (name: string) => {
    const digits = name.split('.', 1)[0] ?? '0';
    return digits.length === 20 ? 2n ** 64n - 1n - BigInt(digits) : BigInt(digits);
  };
  return version(a) < version(b) ? -1 : 1;
}

/** Name of the store's chunks table, null if a new one must be made. Removes tables of other versions and leftovers. */
async function nameOfChunks(places: StorePlaces, repairs: StoreRepair[]): Promise<string | null> {
  const meta = await readRecord(places.meta);
  if ('broken' in meta && meta.otherVersion !== undefined) {
    await rm(places.tables, { recursive: true, force: true });
    repairs.push({
      what: `The index was of index version ${meta.otherVersion} and is built anew`,
      quarantinedTo: null,
    });
  }
  await mkdir(places.tables, { recursive: true, mode: 0o700 });
  const tables = await chunkTables(places);
  const named = 'bytes' in meta ? (unpack(meta.bytes) as { chunks: string }).chunks : tables[0];
  if (named === undefined || !tables.includes(named)) {
    if ('bytes' in meta)
      repairs.push({ what: 'The index was missing and is built anew', quarantinedTo: null });
    return null;
  }
  if (!('bytes' in meta)) {
    await writeRecord(places.meta, pack({ chunks: named }));
    repairs.push({ what: 'The record that names the index was missing or broken', quarantinedTo: null });
  }
  for (const other of tables) {
    if (other !== named) await rm(tableFolder(places, other), { recursive: true, force: true });
  }
  return named;
}

/** Names of the chunks tables that are there, the one changed last first. */
async function chunkTables(places: StorePlaces): Promise<string[]> {
  const tables: { name: string; changed: number }[] = [];
  for (const folder of await readdir(places.tables)) {
    if (!folder.startsWith(chunksPrefix) || !folder.endsWith('.lance')) continue;
    const { mtimeMs } = await stat(join(places.tables, folder));
    tables.push({ name: folder.slice(0, -'.lance'.length), changed: mtimeMs });
  }
  return tables.sort((a, b) => b.changed - a.changed).map(({ name }) => name);
}
