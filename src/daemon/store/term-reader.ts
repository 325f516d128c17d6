import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Query, Table } from '@lancedb/lancedb';
import { ContentTerms } from './content-terms.js';
import type { TermCounts } from './contract.js';
import { isIn, partsOf } from './sql.js';

const columns = ['key', 'terms'];
const keysPerFilter = 200;
/** With more than this share of the contents missing the whole table is read rather than theirs. */
const shareOfAll = 0.25;
/** Rows counted before other work has its turn: about two milliseconds' worth. */
const rowsPerTurn = 256;

/** Keeps counts of the terms in a table: read in at the first use, then what was added since. */
export class TermReader {
  readonly #table: Table;
  readonly #contents: ReadonlyMap<string, number>;
  #terms = new ContentTerms();
  /** Contents that are complete in `#terms`. */
  #counted = new Set<string>();
  #reading: Promise<void> | null = null;

  constructor(table: Table, contents: ReadonlyMap<string, number>) {
    this.#table = table;
    this.#contents = contents;
  }

  /** @throws whatever the table throws; what was read until then is forgotten */
  async counts(): Promise<TermCounts> {
    // A read under way may have begun before the latest contents came; one that begins now has not.
    if (this.#reading) await this.#reading;
    while (this.#counted.size !== this.#contents.size) {
      this.#reading ??= this.#read().finally(() => {
        this.#reading = null;
      });
      await this.#reading;
    }
    return this.#terms;
  }

  /** A content is no longer there, or about to be added. */
  forget(key: string): void {
    if (this.#counted.delete(key)) this.#terms.remove(key);
  }

  async #read(): Promise<void> {
    const missing = [...this.#contents.keys()].filter((key) => !this.#counted.has(key));
    const wanted = new Set(missing);
    try {
      if (missing.length > this.#contents.size * shareOfAll) {
        await this.#take(this.#table.query(), wanted);
      } else {
        for (const part of partsOf(missing, keysPerFilter)) {
          await this.#take(this.#table.query().where(isIn('key', part)), wanted);
        }
      }
    } catch (error) {
      this.#terms = new ContentTerms();
      this.#counted = new Set();
      throw error;
    }
    for (const key of missing) {
      // Deleted while it was read.
      if (!this.#contents.has(key)) {
        this.#terms.remove(key);
        continue;
      }
      this.#terms.addEmpty(key);
      this.#counted.add(key);
    }
  }

  async #take(query: Query, wanted: ReadonlySet<string>): Promise<void> {
    for await (const batch of query.select(columns)) {
      for (let row = 0; row < batch.numRows; row += rowsPerTurn) {
        this.#terms.addRows(batch, row, Math.min(batch.numRows, row + rowsPerTurn), wanted);
        await nextTurn();
      }
    }
  }
}
