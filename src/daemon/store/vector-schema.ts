import { randomBytes } from 'node:crypto';
import type { FixedSizeBinary, RecordBatch, Schema, Table } from 'apache-arrow';
import { arrow } from '../../shared/arrow.js';
import { LcadError } from '../../shared/errors.js';
import type { ChunkId, VectorBatch } from './contract.js';

const prefix = 'vec-';

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

/** Schema of a model's vectors: a signed byte for each dimension. */
export function vectorSchema(dimensions: number): Schema {
  return new arrow.Schema([
    new arrow.Field('key', new arrow.Utf8(), false),
    new arrow.Field('ord', new arrow.Int32(), false),
    new arrow.Field('scale', new arrow.Float32(), false),
    new arrow.Field('vector', new arrow.FixedSizeBinary(dimensions), false),
  ]);
}

/** How many dimensions the vectors of a table have; null if it has other columns than these. */
export function dimensionsOf(schema: Schema): number | null {
  const { type } = schema.fields.find(({ name }) => name === 'vector') ?? {};
  const dimensions = (type as Partial<FixedSizeBinary> | undefined)?.byteWidth;
  if (dimensions === undefined) return null;
  const shape = (of: Schema) => of.fields.map((field) => `${field.name} ${field.type}`).join();
  return shape(schema) === shape(vectorSchema(dimensions)) ? dimensions : null;
}

/**
 * Says what is wrong with vectors that are to be added.
 * @throws INTERNAL_ERROR
 */
export function checkBatch({ ids, values, scales }: VectorBatch, dimensions: number): void {
  if (values.length !== ids.length * dimensions || scales.length !== ids.length) {
    const message = `${ids.length} vectors of ${dimensions} dimensions came with ${values.length} values and ${scales.length} scales.`;
    throw new LcadError('INTERNAL_ERROR', message);
  }
  for (const [i, { key, ord }] of ids.entries()) {
    const scale = scales[i] as number;
    if (!Number.isFinite(scale) || scale < 0 || !Number.isInteger(ord) || ord < -1) {
      throw new LcadError('INTERNAL_ERROR', `The vector of ${key}:${ord} has the scale ${scale}.`);
    }
  }
}

/** The rows of a batch with these positions. */
export function partOf(batch: VectorBatch, rows: readonly number[], dimensions: number): VectorBatch {
  const values = new Int8Array(rows.length * dimensions);
  for (const [i, row] of rows.entries()) {
    values.set(batch.values.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions);
  }
  const ids = rows.map((row) => batch.ids[row] as ChunkId);
  return { ids, values, scales: Float32Array.from(rows, (row) => batch.scales[row] as number) };
}

/** A batch, which must have rows, as a table; the values are not copied. */
export function arrowOf({ ids, values, scales }: VectorBatch, dimensions: number): Table {
  const schema = vectorSchema(dimensions);
  const length = ids.length;
  const offsets = new Int32Array(length + 1);
  for (const [i, { key }] of ids.entries()) offsets[i + 1] = (offsets[i] as number) + Buffer.byteLength(key);
  const keys = Buffer.from(ids.map(({ key }) => key).join(''));
  const ords = Int32Array.from(ids, ({ ord }) => ord);
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const children = [
    arrow.makeData({ type: new arrow.Utf8(), length, nullCount: 0, valueOffsets: offsets, data: keys }),
    arrow.makeData({ type: new arrow.Int32(), length, nullCount: 0, data: ords }),
    arrow.makeData({ type: new arrow.Float32(), length, nullCount: 0, data: scales }),
    arrow.makeData({ type: new arrow.FixedSizeBinary(dimensions), length, nullCount: 0, data: bytes }),
  ];
  const data = arrow.makeData({ type: new arrow.Struct(schema.fields), length, nullCount: 0, children });
  return new arrow.Table(schema, [new arrow.RecordBatch(schema, data)]);
}

/** Ids of a batch that was read, made one by one. Equal keys of neighbours are one string. */
export function idReader(batch: RecordBatch): (row: number) => ChunkId {
  const keys = batch.getChild('key')?.data[0];
  const ords = batch.getChild('ord')?.data[0]?.values ?? new Int32Array();
  if (!keys) return () => ({ key: '', ord: 0 });
  const bytes = Buffer.from(keys.values.buffer, keys.values.byteOffset, keys.values.byteLength);
  let key = '';
  let start = 0;
  let end = 0;
  return (row) => {
    const from = keys.valueOffsets[row] as number;
    const to = keys.valueOffsets[row + 1] as number;
    if (to - from !== end - start || !isSame(bytes, from, start, to - from)) {
      key = bytes.toString('utf8', from, to);
      start = from;
      end = to;
    }
    return { key, ord: ords[row] as number };
  };
}

/** Values and scales of a batch that was read with all columns. */
export function vectorsOf(batch: RecordBatch): { values: Int8Array; scales: Float32Array } {
  const bytes = batch.getChild('vector')?.data[0]?.values ?? new Uint8Array();
  const scales = batch.getChild('scale')?.data[0]?.values ?? new Float32Array();
  return { values: new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength), scales };
}

function isSame(bytes: Uint8Array, a: number, b: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (bytes[a + i] !== bytes[b + i]) return false;
  return true;
}
