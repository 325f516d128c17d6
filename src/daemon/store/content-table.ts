import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import type { Connection, Table } from '@lancedb/lancedb';
import type { Schema } from 'apache-arrow';
import { arrow } from '../../shared/arrow.js';
import { messageOf } from '../../shared/errors.js';
import { textAt } from './chunk-cache.js';
import type { ContentParts, StoreRepair } from './contract.js';
import { Checksums, setAside } from './dataset-files.js';
import { isCircumstance, type StorePlaces, tableFolder, unavailable } from './open-table.js';
import { isIn, partsOf } from './sql.js';

const prefix = 'contents-';
const schema = new arrow.Schema([
  new arrow.Field('key', new arrow.Utf8(), false),
  new arrow.Field('outline', new arrow.Binary(), false),
  new arrow.Field('terms', new arrow.Binary(), false),
]);
const keysPerFilter = 500;
/** From this many on all rows are read: one pass takes about as long as finding so many. */
const keysForScan = 2_000;
const fragmentsAtMost = 48;
const deletedShareAtMost = 0.2;

export interface ContentTableOptions {
  db: Connection;
  places: StorePlaces;
  /** Whether a content is in the store. */
  isHere: (key: string) => boolean;
  /** Whether rows of contents that are not here may be deleted. */
  mayPrune: () => boolean;
  onRepair: (repair: StoreRepair) => void;
}

/**
 * What is derived of contents as a whole, one row each. Methods that change it must be called by whoever holds the
 * write queue.
 */
export class ContentTable {
  readonly #options: ContentTableOptions;
  readonly #keys = new Set<string>();
  #name = '';
  #table!: Table;
  #checksums!: Checksums;
  #deletedRows = 0;

  private constructor(options: ContentTableOptions) {
    this.#options = options;
  }

  /** Opens the table, or makes an empty one where none can be read. @throws INDEX_UNAVAILABLE */
  static async open(options: ContentTableOptions): Promise<ContentTable> {
    const contents = new ContentTable(options);
    for (const name of await namesIn(options.places)) if (await contents.#tryOpen(name)) return contents;
    await contents.#create();
    return contents;
  }

  /** Whether a content has a row. */
  has(key: string): boolean {
    return this.#keys.has(key);
  }

  /** Keeps the parts of contents that have no row yet. */
  async add(parts: ReadonlyMap<string, ContentParts>): Promise<void> {
    const fresh = [...parts].filter(([key]) => !this.#keys.has(key));
    if (fresh.length === 0) return;
    const keys = arrow.vectorFromArray(
      fresh.map(([key]) => key),
      new arrow.Utf8(),
    );
    const bytes = (part: keyof ContentParts) =>
      arrow.vectorFromArray(
        fresh.map(([, parts]) => parts[part]),
        new arrow.Binary(),
      );
    const columns = { key: keys, outline: bytes('outline'), terms: bytes('terms') };
    await this.#table.add(new arrow.Table(schema, columns));
    for (const [key] of fresh) this.#keys.add(key);
  }

  /** The outlines of contents, without those that have none. */
  async outlines(keys: ReadonlySet<string>): Promise<Map<string, Uint8Array>> {
    const found = new Map<string, Uint8Array>();
    const known = [...keys].filter((key) => this.#keys.has(key));
    const filters =
      known.length > keysForScan ? [null] : partsOf(known, keysPerFilter).map((part) => isIn('key', part));
    for (const filter of filters) {
      const query = this.#table.query().select(['key', 'outline']);
      for await (const batch of filter === null ? query : query.where(filter)) {
        const data = batch.getChild('outline');
        for (let row = 0; row < batch.numRows; row++) {
          const key = textAt(batch, 'key', row);
          const packed = data?.get(row) as Uint8Array | undefined;
          // A copy: the bytes of the batch would otherwise stay for as long as one of its rows is in use.
          if (packed && packed.length > 0 && keys.has(key)) found.set(key, packed.slice());
        }
      }
    }
    return found;
  }

  /** Calls `take` with the packed terms of each content; they are valid for as long as they are held. */
  async eachTerms(take: (key: string, packed: Uint8Array) => void): Promise<void> {
    for await (const batch of this.#table.query().select(['key', 'terms'])) {
      const terms = batch.getChild('terms');
      for (let row = 0; row < batch.numRows; row++) {
        take(textAt(batch, 'key', row), terms?.get(row) as Uint8Array);
      }
    }
  }

  async forget(keys: readonly string[]): Promise<void> {
    const present = keys.filter((key) => this.#keys.has(key));
    for (const part of partsOf(present, keysPerFilter)) await this.#table.delete(isIn('key', part));
    for (const key of present) this.#keys.delete(key);
    this.#deletedRows += present.length;
  }

  /** Compacts where it pays, and takes down checksums of what was written since. */
  async maintain(): Promise<void> {
    const { fragmentStats } = await this.#table.stats();
    const many = this.#deletedRows > this.#keys.size * deletedShareAtMost;
    if (fragmentStats.numFragments > fragmentsAtMost || many) {
      await this.#table.optimize({ cleanupOlderThan: new Date(), deleteUnverified: true });
      this.#deletedRows = 0;
    }
    await this.#checksums.record();
  }

  /** Sets a damaged table aside and goes on with an empty one. */
  async verify(): Promise<void> {
    if ((await this.#checksums.broken()).length === 0 && (await this.#isReadable())) return;
    this.#table.close();
    await this.#setAside(this.#name, 'What is known of whole contents was damaged and is built anew');
    this.#keys.clear();
    this.#deletedRows = 0;
    await this.#create();
  }

  close(): void {
    this.#table.close();
  }

  async #isReadable(): Promise<boolean> {
    try {
      let rows = 0;
      for await (const batch of this.#table.query().select(['key', 'outline', 'terms']))
        rows += batch.numRows;
      return rows >= this.#keys.size;
    } catch (error) {
      if (isCircumstance(error)) throw unavailable(this.#name, error);
      return false;
    }
  }

  async #tryOpen(name: string): Promise<boolean> {
    const { db, places, mayPrune, isHere } = this.#options;
    try {
      const table = await db.openTable(name);
      if (shapeOf(await table.schema()) !== shapeOf(schema)) {
        table.close();
        await rm(tableFolder(places, name), { recursive: true, force: true });
        return false;
      }
      this.#use(name, table);
      const gone: string[] = [];
      for await (const batch of table.query().select(['key'])) {
        for (let row = 0; row < batch.numRows; row++) {
          const key = textAt(batch, 'key', row);
          this.#keys.add(key);
          if (!isHere(key)) gone.push(key);
        }
      }
      if (mayPrune()) await this.forget(gone);
      return true;
    } catch (error) {
      this.#keys.clear();
      if (isCircumstance(error)) throw unavailable(tableFolder(places, name), error);
      await this.#setAside(
        name,
        `What is known of whole contents could not be read (${messageOf(error).split('\n', 1)[0]}) and is built anew`,
      );
      return false;
    }
  }

  async #create(): Promise<void> {
    const name = `${prefix}${randomBytes(4).toString('hex')}`;
    this.#use(name, await this.#options.db.createEmptyTable(name, schema));
  }

  #use(name: string, table: Table): void {
    const { places } = this.#options;
    this.#name = name;
    this.#table = table;
    this.#checksums = new Checksums(tableFolder(places, name), checksumsFile(places, name));
  }

  async #setAside(name: string, what: string): Promise<void> {
    const { places, onRepair } = this.#options;
    const quarantinedTo = await setAside(tableFolder(places, name), places.quarantine);
    await rm(checksumsFile(places, name), { force: true });
    onRepair({ what, quarantinedTo });
  }
}

async function namesIn({ tables }: StorePlaces): Promise<string[]> {
  const folders = await readdir(tables);
  const named = folders.filter((folder) => folder.startsWith(prefix) && folder.endsWith('.lance'));
  return named.map((folder) => folder.slice(0, -'.lance'.length));
}

function checksumsFile({ checksums }: StorePlaces, name: string): string {
  return `${checksums}-${name}`;
}

function shapeOf({ fields }: Schema): string {
  return fields.map(({ name, type }) => `${name} ${type}`).join();
}
