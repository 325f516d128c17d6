import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { arrow } from '../../../src/shared/arrow.js';
import { contentKey } from '../../../src/workers/content-key.js';
import { derive } from '../../../src/workers/derive.js';
import { embedColumns, loadSharedModel } from '../../../src/workers/embed.js';
import type { ByteVectors, SharedModel } from '../../../src/workers/messages.js';
import { ampleMs } from '../../support/chunks.js';
import { writeModel } from '../../support/model-file.js';

const words = ['zebra', 'lion', 'alpha', 'beta'];
const dimensions = 32;
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lcad-embed-'));
  file = join(folder, 'model.safetensors');
  writeModel(file, 'small', words);
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function load(path = file): SharedModel {
  const loaded = loadSharedModel({ type: 'load-model', file: path });
  if (!loaded.model) throw new Error(loaded.message);
  return loaded.model;
}

const embed = (model: SharedModel, columns: string[]) => embedColumns({ type: 'embed', model, columns });

/** Row of vectors as floats. */
function rowOf({ values, scales }: ByteVectors, row: number): number[] {
  return [...values.subarray(row * dimensions, (row + 1) * dimensions)].map(
    (value) => value * (scales[row] ?? 0),
  );
}

const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

describe('the model', () => {
  test('is loaded with its id into memory that can be shared', () => {
    const model = load();
    expect(model.id).toMatch(/^small-/);
    expect(model.memory).toBeInstanceOf(SharedArrayBuffer);
  });

  test.each([
    ['is missing', () => rmSync(file)],
    ['is cut short', () => writeFileSync(file, readFileSync(file).subarray(0, 300))],
    ['is something else', () => writeFileSync(file, 'no model')],
  ])('is a problem with a next step where its file %s', (_what, spoil) => {
    spoil();
    const loaded = loadSharedModel({ type: 'load-model', file });
    expect(loaded.model).toBeNull();
    expect(loaded).toMatchObject({
      message: expect.stringContaining(file),
      next: expect.stringContaining('install'),
    });
  });
});

describe('columns of terms', () => {
  test('become vectors of unit length, in their order', () => {
    const vectors = embed(load(), ['zebra', 'lion lion', 'zebra lion']);
    expect(vectors.values).toHaveLength(3 * dimensions);
    const [zebra = [], lion = [], both = []] = [0, 1, 2].map((row) => rowOf(vectors, row));
    for (const vector of [zebra, lion, both]) expect(dot(vector, vector)).toBeCloseTo(1, 3);
    expect(dot(zebra, lion)).toBeCloseTo(0, 3);
    expect(dot(zebra, both)).toBeCloseTo(Math.SQRT1_2, 2);
  });

  test('without a known term become zeros', () => {
    const vectors = embed(load(), ['', 'unheard']);
    expect(
      rowOf(vectors, 0)
        .concat(rowOf(vectors, 1))
        .every((value) => value === 0),
    ).toBe(true);
  });

  test('are embedded with the model of their task, whichever the thread had before', () => {
    const other = join(folder, 'other.safetensors');
    writeModel(other, 'other', words.toReversed());
    const [first, second] = [load(), load(other)];
    const before = rowOf(embed(first, ['zebra']), 0);
    expect(rowOf(embed(second, ['zebra']), 0)).not.toEqual(before);
    expect(rowOf(embed(first, ['zebra']), 0)).toEqual(before);
  });
});

describe('a file that is derived with a model', () => {
  async function derived(sources: Record<string, string>, model?: SharedModel) {
    const files = Object.entries(sources).map(([path, text]) => {
      writeFileSync(join(folder, path), text);
      return { path, language: 'python', key: contentKey('python', Buffer.from(text)) };
    });
    const task = { type: 'derive', root: folder, files, mode: 'syntax', includeGenerated: false } as const;
    const limits = { parseDeadlineMs: ampleMs, maxFileBytes: 1 << 20, progress: new SharedArrayBuffer(4) };
    return { files, result: await derive({ ...task, ...limits, model }) };
  }

  const source = (name: string) =>
    `def ${name}(value):\n${'    value = value + 1\n'.repeat(30)}    return value\n`;

  test('has a vector for each chunk, of its terms', async () => {
    const model = load();
    const many = Array.from({ length: 70 }, (_, i) => source(`zebra_${i}`)).join('\n');
    const { result } = await derived({ 'a.py': many, 'b.py': source('lion') }, model);
    const terms = arrow
      .tableFromIPC(result.rows as Uint8Array)
      .toArray()
      .map((row) => String(row.terms));
    expect(terms.length).toBeGreaterThan(64);
    expect(result.vectors).toEqual(embed(model, terms));
  });

  test('has none if its bytes are no longer those of its key', async () => {
    const model = load();
    const { files } = await derived({ 'a.py': source('zebra') });
    writeFileSync(join(folder, 'a.py'), source('lion'));
    const task = { type: 'derive', root: folder, files, mode: 'lines', includeGenerated: false } as const;
    const limits = { parseDeadlineMs: ampleMs, maxFileBytes: 1 << 20, progress: new SharedArrayBuffer(4) };
    const { vectors } = await derive({ ...task, ...limits, model });
    expect(vectors?.values).toHaveLength(0);
  });

  test('without a model has no vectors', async () => {
    expect((await derived({ 'a.py': source('zebra') })).result.vectors).toBeNull();
  });
});
