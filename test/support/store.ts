import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ChunkId, ContentParts, FamilyStore, VectorBatch } from '../../src/daemon/store/contract.js';
import { type FamilyStoreOptions, openFamilyStore } from '../../src/daemon/store/family.js';
import { arrow } from '../../src/shared/arrow.js';
import { quantiseAll } from '../../src/shared/model/quantise.js';
import { termsOf } from '../../src/shared/terms.js';
import { type ChunkRow, chunkSchema } from '../../src/workers/chunk-rows.js';
import { packTerms } from '../../src/workers/terms/pack.js';

const { makeData, RecordBatch, Struct, Table, tableToIPC, vectorFromArray } = arrow;

/** A folder that is removed when the test has ended. */
export function storeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lcad-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Opens a store that is closed when the test has ended. */
export async function openStore(
  folder = storeFolder(),
  options: FamilyStoreOptions = {},
): Promise<FamilyStore> {
  const store = await openFamilyStore(folder, options);
  onTestFinished(() => store.close());
  return store;
}

/** A content key like those of the pipeline: 22 characters base64url. */
export function newKey(): string {
  return randomBytes(17).toString('base64url').slice(0, 22);
}

/** Rows of one content, one per text. */
export function content(key: string, texts: readonly string[], fields: Partial<ChunkRow> = {}): ChunkRow[] {
  return texts.map((text, ord) => ({
    key,
    ord,
    startLine: ord * 10 + 1,
    endLine: ord * 10 + 10,
    language: 'typescript',
    kind: 'function',
    name: `part${ord}`,
    scope: 'outer.inner',
    symbols: `part${ord} other`,
    text,
    terms: termsOf(text).join(' '),
    ...fields,
  }));
}

/** Rows as the workers send them: an Arrow IPC stream. */
export function streamOf(rows: readonly ChunkRow[]): Uint8Array {
  const children = chunkSchema.fields.map((field) => {
    const [data] = vectorFromArray(
      rows.map((row) => row[field.name as keyof ChunkRow]),
      field.type,
    ).data;
    if (!data) throw new Error('no rows');
    return data;
  });
  const type = new Struct(chunkSchema.fields);
  const data = makeData({ type, length: rows.length, nullCount: 0, children });
  return tableToIPC(new Table(chunkSchema, [new RecordBatch(chunkSchema, data)]), 'stream');
}

/** What the workers send of a content besides its rows. */
export function partsOf(rows: readonly ChunkRow[], outline = new Uint8Array()): ContentParts {
  return { outline, terms: packTerms(rows[0]?.language ?? '', rows) };
}

/** Adds contents, in one commit. */
export async function add(store: FamilyStore, ...contents: ChunkRow[][]): Promise<void> {
  const counts = new Map(contents.map((rows) => [rows[0]?.key ?? '', rows.length]));
  const parts = new Map(contents.map((rows) => [rows[0]?.key ?? '', partsOf(rows)]));
  await store.addChunks([streamOf(contents.flat())], counts, parts);
}

/** Keys of the hits of a search in the terms. */
export async function keysFound(store: FamilyStore, words: string, limit = 100): Promise<string[]> {
  const hits = await store.searchText({ terms: termsOf(words), column: 'terms', limit });
  return hits.map(({ key }) => key);
}

/** A vector of unit length in the direction of these numbers; zeros stay as they are. */
export function unit(...values: number[]): Float32Array {
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => (length === 0 ? 0 : value / length));
}

/** Vectors as a provider gives them, quantised. All have the length of the first. */
export function batchOf(...rows: (ChunkId & { vector: Float32Array })[]): VectorBatch {
  const vectors = rows.map(({ vector }) => vector);
  const ids = rows.map(({ key, ord }) => ({ key, ord }));
  return { ids, ...quantiseAll(vectors, vectors[0]?.length ?? 0) };
}
