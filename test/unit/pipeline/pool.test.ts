import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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

describe('the thread that stays', () => {
  const entry = `import { threadId } from 'node:worker_threads';
export default async ({ type }) => (type === 'rest' ? new Promise(() => {}) : { threadId });`;
  const files = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ path: `${at}.py`, key: `${at}`, language: 'python' }));
  let resting: WorkerPool;
  const threadOf = async (count: number): Promise<unknown> => {
    const limits = { parseDeadlineMs: 1000, maxFileBytes: 1000, includeGenerated: false };
    const outcome = await resting.derive(
      { root: folder, files: files(count), mode: 'syntax', ...limits },
      signal,
    );
    return outcome.ok ? outcome.result : outcome;
  };

  beforeEach(() => {
    const file = join(folder, 'entry.mjs');
    writeFileSync(file, entry);
    resting = new WorkerPool({ threads: 1, stallMs: 5000, taskDeadlineMs: 5000, entry: file, restMs: 50 });
  });
  afterEach(() => resting.close());

  test('is replaced when it has rested after many files, and then no more', async () => {
    const first = await threadOf(150);
    expect(await threadOf(60)).toEqual(first);
    await expect.poll(() => threadOf(1), { timeout: 20_000, interval: 200 }).not.toEqual(first);
    const second = await threadOf(1);
    await sleep(200);
    expect(await threadOf(1)).toEqual(second);
    expect(resting.stats()).toMatchObject({ threads: 1, restarts: 0 });
  });

  test('stays after few', async () => {
    const first = await threadOf(1);
    await sleep(200);
    expect(await threadOf(1)).toEqual(first);
  });
});
