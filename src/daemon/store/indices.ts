import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Index, Table } from '@lancedb/lancedb';
import { systemCode } from '../../shared/errors.js';
import type { Lance } from './lance.js';
import type { MaintenanceState } from './maintenance.js';

/** Columns that have an index. */
export const indexedColumns = ['terms', 'symbols', 'language', 'kind'] as const;
// Stands for all: they are built together.
const firstIndex = 'terms_idx';

/** The indices of the chunks table, and what is to be known to decide on their upkeep. */
export class ChunkIndices {
  readonly #lance: Lance;
  readonly #table: Table;
  readonly #folder: string;
  #exist: boolean | null = null;
  #commits = 0;
  #deletedRows = 0;

  /** @param folder the table's own folder */
  constructor(lance: Lance, table: Table, folder: string) {
    this.#lance = lance;
    this.#table = table;
    this.#folder = folder;
  }

  /** How many times rows were added since the indices were built. */
  get commits(): number {
    return this.#commits;
  }

  rowsAdded(): void {
    this.#commits++;
  }

  rowsDeleted(count: number): void {
    this.#deletedRows += count;
  }

  async exist(): Promise<boolean> {
    this.#exist ??= (await this.#table.listIndices()).length > 0;
    return this.#exist;
  }

  /** Builds the indices over all rows, of which there must be some. Searches go on in those before. */
  async build(): Promise<void> {
    await buildIndices(this.#lance, this.#table);
    this.#exist = true;
    this.#commits = 0;
  }

  /** Builds the indices where those that are there may be broken. */
  async mend(): Promise<void> {
    await mendIndices(this.#lance, this.#table);
    this.#exist = true;
    this.#commits = 0;
  }

  /** Merges fragments, drops deleted rows and removes all versions but the newest. */
  async compact(): Promise<void> {
    await this.#table.optimize({ cleanupOlderThan: new Date(), deleteUnverified: true });
    this.#deletedRows = 0;
  }

  /** Rows that the full-text index does not cover, of so many rows. */
  async unindexedRows(rows: number): Promise<number> {
    if (!(await this.exist())) return rows;
    return (await this.#table.indexStats(firstIndex))?.numUnindexedRows ?? rows;
  }

  async state(rows: number, force: boolean): Promise<MaintenanceState> {
    const unindexedRows = await this.unindexedRows(rows);
    const { fragmentStats } = await this.#table.stats();
    return {
      rows,
      indexed: await this.exist(),
      unindexedRows,
      unindexedFragments: unindexedRows === 0 ? 0 : Math.max(1, this.#commits),
      fragments: fragmentStats.numFragments,
      deletedRows: this.#deletedRows,
      staleIndices: Math.floor((await entriesOf(join(this.#folder, '_indices'))) / indexedColumns.length) - 1,
      staleVersions: await entriesOf(join(this.#folder, '_versions')),
      force,
    };
  }
}

/** Builds the indices of a table where those that are there may be broken. */
export async function mendIndices(lance: Lance, table: Table): Promise<void> {
  for (const column of indexedColumns) {
    try {
      await table.dropIndex(`${column}_idx`);
    } catch {
      // It was not there; if it was and cannot be dropped, building says so.
    }
  }
  await buildIndices(lance, table);
}

async function buildIndices(lance: Lance, table: Table): Promise<void> {
  await table.createIndex('terms', { config: termIndex(lance, false) });
  await table.createIndex('symbols', { config: termIndex(lance, true) });
  await table.createIndex('language', { config: lance.Index.bitmap() });
  await table.createIndex('kind', { config: lance.Index.bitmap() });
}

/** Full-text index over terms that are split already: the tokenizer must only part them at the blanks. */
function termIndex(lance: Lance, lowercase: boolean): Index {
  return lance.Index.fts({
    withPosition: false,
    baseTokenizer: 'whitespace',
    // Measured in bytes; the longest term has 64 characters.
    maxTokenLength: 1024,
    lowercase,
    stem: false,
    removeStopWords: false,
    asciiFolding: false,
  });
}

async function entriesOf(folder: string): Promise<number> {
  try {
    return (await readdir(folder)).length;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return 0;
    throw error;
  }
}
