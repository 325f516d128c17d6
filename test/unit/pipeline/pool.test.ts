import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WorkerPool } from '../../../src/daemon/pipeline/pool.js';
import type { SharedModel } from '../../../src/workers/messages.js';
import { writeModel } from '../../support/model-file.js';

const signal = new AbortController().signal;
let folder: string;
let pool: WorkerPool;
let model: SharedModel;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lcad-pool-'));
  pool = new WorkerPool({ threads: 1, stallMs: 10_000, taskDeadlineMs: 20_000 });
  const file = join(folder, 'model.safetensors');
  writeModel(file, 'small', ['zebra', 'lion']);
  const loaded = await pool.loadModel({ file }, signal);
  if (!loaded.model) throw new Error(loaded.message);
  model = loaded.model;
});
afterEach(async () => {
  await pool.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('embedding in the worker threads', () => {
  test('shares the memory of the model, and gives rows that were transferred', async () => {
    const { values, scales } = await pool.embed({ model, columns: ['zebra', 'lion', 'zebra'] }, signal);
    expect(scales).toHaveLength(3);
    expect(values).toHaveLength(96);
    expect(values.subarray(0, 32)).toEqual(values.subarray(64));
    expect(values.subarray(0, 32)).not.toEqual(values.subarray(32, 64));
    expect(values.buffer.byteLength).toBe(values.length);
  });

  test('lets all other work go first, also what comes later', async () => {
    writeFileSync(join(folder, 'a.py'), 'a = 1\n'.repeat(1000));
    const order: string[] = [];
    const hash = async (name: string) => {
      const task = { root: folder, paths: ['a.py'], maxFileBytes: 1 << 20, includeGenerated: false };
      await pool.hash(task, signal);
      order.push(name);
    };
    const first = [hash('first'), hash('second')];
    const embedded = pool.embed({ model, columns: ['zebra'] }, signal).then(() => order.push('embedded'));
    await Promise.all([...first, hash('third'), hash('fourth'), embedded]);
    expect(order).toHaveLength(5);
    expect(order.at(-1)).toBe('embedded');
  });

  test('ends with its signal while it waits', async () => {
    const ended = new AbortController();
    const hashing = Array.from({ length: 3 }, () =>
      pool.hash({ root: folder, paths: [], maxFileBytes: 1, includeGenerated: false }, signal),
    );
    const embedded = pool.embed({ model, columns: ['zebra'] }, ended.signal);
    ended.abort(new Error('enough'));
    await expect(embedded).rejects.toThrow('enough');
    await Promise.all(hashing);
  });

  test('fails with a message where the memory is no model', async () => {
    const memory = new SharedArrayBuffer(4096);
    await expect(pool.embed({ model: { id: 'none', memory }, columns: ['a'] }, signal)).rejects.toThrow(
      'Embedding 1 chunks failed',
    );
  });
});
