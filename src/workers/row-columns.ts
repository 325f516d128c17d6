import { arrow } from '../shared/arrow.js';
import { type ChunkRow, chunkSchema } from './chunk-rows.js';

/**
 * Strings of a column, written into one growing buffer as they come. Arrow's own builders take several times as
 * long: they keep every string and encode each into an array of its own.
 */
class TextColumn {
  #bytes: Buffer;
  #offsets = new Int32Array(1024);
  #length = 0;
  #used = 0;

  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
  }

  push(text: string): void {
    // Three bytes are the most that one UTF-16 unit becomes.
    const needed = this.#used + text.length * 3;
    if (needed > this.#bytes.length) this.#grow(needed);
    this.#used += this.#bytes.write(text, this.#used, 'utf8');
    if (this.#length + 2 > this.#offsets.length) {
      const larger = new Int32Array(this.#offsets.length * 2);
      larger.set(this.#offsets);
      this.#offsets = larger;
    }
    this.#offsets[++this.#length] = this.#used;
  }

  data() {
    return arrow.makeData({
      type: new arrow.Utf8(),
      length: this.#length,
      nullCount: 0,
      valueOffsets: this.#offsets.subarray(0, this.#length + 1),
      data: this.#bytes.subarray(0, this.#used),
    });
  }

  clear(): void {
    this.#length = 0;
    this.#used = 0;
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#used);
    this.#bytes = larger;
  }
}

class NumberColumn {
  #values: number[] = [];

  push(value: number): void {
    this.#values.push(value);
  }

  clear(): void {
    this.#values = [];
  }

  data() {
    const data = Int32Array.from(this.#values);
    return arrow.makeData({ type: new arrow.Int32(), length: data.length, nullCount: 0, data });
  }
}

type Columns = { [Name in keyof ChunkRow]: ChunkRow[Name] extends number ? NumberColumn : TextColumn };

const small = 4 * 1024;
const large = 256 * 1024;

/** Collects chunks and writes them as an Arrow IPC stream in the schema of chunk-rows.ts. */
export class RowColumns {
  readonly #columns: Columns = {
    key: new TextColumn(small),
    ord: new NumberColumn(),
    startLine: new NumberColumn(),
    endLine: new NumberColumn(),
    language: new TextColumn(small),
    kind: new TextColumn(small),
    name: new TextColumn(small),
    scope: new TextColumn(small),
    symbols: new TextColumn(small),
    text: new TextColumn(large),
    terms: new TextColumn(large),
  };
  #count = 0;

  get count(): number {
    return this.#count;
  }

  push(row: ChunkRow): void {
    const columns = this.#columns;
    columns.key.push(row.key);
    columns.ord.push(row.ord);
    columns.startLine.push(row.startLine);
    columns.endLine.push(row.endLine);
    columns.language.push(row.language);
    columns.kind.push(row.kind);
    columns.name.push(row.name);
    columns.scope.push(row.scope);
    columns.symbols.push(row.symbols);
    columns.text.push(row.text);
    columns.terms.push(row.terms);
    this.#count++;
  }

  /** Forgets the rows and keeps the memory for the next ones. */
  clear(): void {
    for (const column of Object.values(this.#columns)) column.clear();
    this.#count = 0;
  }

  /** The stream, in a buffer of its own so that it can be transferred; null without rows. */
  finish(): Uint8Array | null {
    if (this.#count === 0) return null;
    const children = chunkSchema.fields.map((field) => this.#columns[field.name as keyof ChunkRow].data());
    const data = arrow.makeData({
      type: new arrow.Struct(chunkSchema.fields),
      length: this.#count,
      nullCount: 0,
      children,
    });
    const writer = new arrow.RecordBatchStreamWriter();
    writer.write(new arrow.RecordBatch(chunkSchema, data));
    writer.finish();
    return writer.toUint8Array(true);
  }
}
