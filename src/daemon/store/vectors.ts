import { randomBytes } from 'node:crypto';
import type { Connection, Table } from '@lancedb/lancedb';
import {
  Table as ArrowTable,
  Field,
  FixedSizeList,
  Float32,
  Int32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { LcadError } from '../../shared/errors.js';
import { numbersOf, textAt } from './chunk-cache.js';
import type { ChunkId, VectorHit, VectorRow, VectorStore } from './contract.js';
import type { Lance } from './lance.js';
import { diskError } from './record-file.js';
import { isIn, partsOf } from './sql.js';
import type { WriteQueue } from './write-queue.js';

const prefix = 'vec-';
const keysPerDelete = 500;
// Measured with 109,000 clustered vectors of 256 dimensions: comparing all takes 45 ms, in proportion to their number;
// an IVF_FLAT index with as many partitions as the root of the rows takes 4.6 ms and found all of the nearest 20, and
// 2.5 s to build. LanceDB's own default, a partition for 4,096 rows, gains nothing.
const indexedFrom = 20_000;
const probes = 32;
const unindexedShareAtMost = 0.25;
const fragmentsAtMost = 48;

/** Name for a new table of a model's vectors; the random part is new each time, because LanceDB caches by name. */
export function newVectorTable(id: string): string {
  if (!/^[A-Za-z0-9._-]{1,120}$/.test(id)) {
    throw new LcadError('INTERNAL_ERROR', `"${id}" cannot name a set of vectors.`);
  }
  return `${prefix}${randomBytes(4).toString('hex')}-${id}`;
}

/** The model's id in the name of a table of vectors; null for another table. */
export function vectorIdOf(table: string): string | null {
  return /^vec-[0-9a-f]{8}-(.+)$/.exec(table)?.[1] ?? null;
}

/** Schema of a model's vectors. */
export function vectorSchema(dimensions: number): Schema {
  const item = new Field('item', new Float32(), true);
  return new Schema([
    new Field('key', new Utf8(), false),
    new Field('ord', new Int32(), false),
    new Field('vector', new FixedSizeList(dimensions, item), false),
  ]);
}

/** The vectors of one model in one table, cosine distance. */
export class LanceVectors implements VectorStore {
  readonly id: string;
  readonly dimensions: number;
  readonly table: Table;
  readonly #queue: WriteQueue;
  readonly #isHere: (key: string) => boolean;
  readonly #have = new Map<string, Set<number>>();
  #count = 0;

  private constructor(
    id: string,
    dimensions: number,
    table: Table,
    queue: WriteQueue,
    isHere: (key: string) => boolean,
  ) {
    this.id = id;
    this.dimensions = dimensions;
    this.table = table;
    this.#queue = queue;
    this.#isHere = isHere;
  }

  /**
   * Opens a table.
   * @param isHere whether a content is in the store
   * @param prune delete the vectors of contents that are not here
   */
  static async open(
    db: Connection,
    name: string,
    queue: WriteQueue,
    isHere: (key: string) => boolean,
    prune: boolean,
  ): Promise<LanceVectors> {
    const table = await db.openTable(name);
    const { type } = (await table.schema()).fields.find((field) => field.name === 'vector') ?? {};
    const dimensions = (type as { listSize?: number } | undefined)?.listSize ?? 0;
    const vectors = new LanceVectors(vectorIdOf(name) ?? name, dimensions, table, queue, isHere);
    const gone = new Set<string>();
    for await (const batch of table.query().select(['key', 'ord'])) {
      const ords = numbersOf(batch, 'ord');
      for (let i = 0; i < batch.numRows; i++) {
        const key = textAt(batch, 'key', i);
        if (prune && !isHere(key)) gone.add(key);
        else vectors.#remember({ key, ord: ords[i] ?? 0 });
      }
    }
    await vectors.forget([...gone]);
    return vectors;
  }

  get count(): number {
    return this.#count;
  }

  has({ key, ord }: ChunkId): boolean {
    return this.#have.get(key)?.has(ord) ?? false;
  }

  /** How many chunks of a content have a vector. */
  countOf(key: string): number {
    return this.#have.get(key)?.size ?? 0;
  }

  async add(rows: VectorRow[]): Promise<void> {
    for (const row of rows) this.#check(row);
    await this.#queue.run(async () => {
      const fresh = new Map<string, VectorRow>();
      for (const row of rows) if (!this.has(row)) fresh.set(`${row.key}:${row.ord}`, row);
      if (fresh.size === 0) return;
      try {
        await this.table.add(arrowOf([...fresh.values()], this.dimensions));
      } catch (error) {
        throw diskError(error, this.table.name);
      }
      for (const row of fresh.values()) this.#remember(row);
    });
  }

  async search(vector: Float32Array, limit: number): Promise<VectorHit[]> {
    this.#check({ key: 'the query', ord: 0, vector });
    if (this.#count === 0) return [];
    const query = this.table.query().nearestTo(vector).distanceType('cosine').nprobes(probes);
    const hits: VectorHit[] = [];
    for (const batch of (await query.select(['key', 'ord', '_distance']).limit(limit).toArrow()).batches) {
      const ords = numbersOf(batch, 'ord');
      const distances = numbersOf(batch, '_distance');
      for (let i = 0; i < batch.numRows; i++) {
        const hit = { key: textAt(batch, 'key', i), ord: ords[i] ?? 0, similarity: 1 - (distances[i] ?? 0) };
        if (this.has(hit) && this.#isHere(hit.key)) hits.push(hit);
      }
    }
    return hits.sort(
      (a, b) => b.similarity - a.similarity || (a.key < b.key ? -1 : a.key > b.key ? 1 : a.ord - b.ord),
    );
  }

  /** Deletes the vectors of contents. To be called by whoever holds the write queue. */
  async forget(keys: readonly string[]): Promise<void> {
    for (const part of partsOf(keys, keysPerDelete)) await this.table.delete(isIn('key', part));
    for (const key of keys) {
      this.#count -= this.countOf(key);
      this.#have.delete(key);
    }
  }

  /** Indexes and compacts where it pays. To be called by whoever holds the write queue. */
  async maintain(lance: Lance): Promise<void> {
    const [index] = await this.table.listIndices();
    const unindexed = index
      ? ((await this.table.indexStats(index.name))?.numUnindexedRows ?? 0)
      : this.#count;
    if (this.#count >= indexedFrom && unindexed > this.#count * unindexedShareAtMost) {
      const numPartitions = Math.round(Math.sqrt(this.#count));
      const config = lance.Index.ivfFlat({
        distanceType: 'cosine',
        numPartitions,
        maxIterations: 20,
        sampleRate: 64,
      });
      await this.table.createIndex('vector', { config });
    }
    const { fragmentStats } = await this.table.stats();
    if (fragmentStats.numFragments > fragmentsAtMost) {
      await this.table.optimize({ cleanupOlderThan: new Date(), deleteUnverified: true });
    }
  }

  #remember({ key, ord }: ChunkId): void {
    const ords = this.#have.get(key) ?? new Set<number>();
    if (ords.has(ord)) return;
    this.#have.set(key, ords.add(ord));
    this.#count++;
  }

  /** LanceDB pads or cuts a vector of another length, and an empty one makes the table unreadable. */
  #check({ key, ord, vector }: VectorRow): void {
    if (vector.length !== this.dimensions) {
      const message = `The vector of ${key}:${ord} has ${vector.length} dimensions, not ${this.dimensions}.`;
      throw new LcadError('INTERNAL_ERROR', message);
    }
    let square = 0;
    for (const value of vector) square += value * value;
    if (!Number.isFinite(square) || square === 0) {
      throw new LcadError('INTERNAL_ERROR', `The vector of ${key}:${ord} is zero or not finite.`);
    }
  }
}

function arrowOf(rows: readonly VectorRow[], dimensions: number): ArrowTable {
  const schema = vectorSchema(dimensions);
  const values = new Float32Array(rows.length * dimensions);
  for (const [i, { vector }] of rows.entries()) values.set(vector, i * dimensions);
  const [key, ord, vector] = schema.fields;
  const list = makeData({
    type: vector?.type as FixedSizeList<Float32>,
    length: rows.length,
    nullCount: 0,
    child: makeData({ type: new Float32(), length: values.length, nullCount: 0, data: values }),
  });
  const keys = vectorFromArray(
    rows.map((row) => row.key),
    key?.type as Utf8,
  ).data[0];
  const ords = makeData({
    type: ord?.type as Int32,
    length: rows.length,
    nullCount: 0,
    data: Int32Array.from(rows, (row) => row.ord),
  });
  if (!keys) throw new LcadError('INTERNAL_ERROR', 'There are no vectors to add.');
  const type = new Struct(schema.fields);
  const data = makeData({ type, length: rows.length, nullCount: 0, children: [keys, ords, list] });
  return new ArrowTable(schema, [new RecordBatch(schema, data)]);
}
