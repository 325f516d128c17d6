import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { VectorMatrix } from '../../../src/daemon/store/vector-matrix.js';
import { VectorMemory } from '../../../src/daemon/store/vector-memory.js';
import { VectorRows } from '../../../src/daemon/store/vector-rows.js';

const bytes = Int8Array.of(1, 2, -3, 4, 5, -6);
const rowsOfTwo = () => {
  const rows = new VectorRows();
  rows.add({ key: 'a', ord: 0 });
  rows.add({ key: 'a', ord: 1 });
  return rows;
};
const writeTwo = (matrix: VectorMatrix) => {
  matrix.set(0, bytes, 0, 1);
  matrix.set(1, bytes, 1, 2);
};

describe('vectors in memory', () => {
  test('are read once, however many ask at the same time', async () => {
    let reads = 0;
    const memory = new VectorMemory(rowsOfTwo(), 3, 60_000, async (matrix) => {
      reads++;
      await sleep(10);
      writeTwo(matrix);
    });
    expect(memory.isLoaded).toBe(false);
    const [first, second] = await Promise.all([memory.use(), memory.use()]);
    expect(first).toBe(second);
    expect(await memory.use()).toBe(first);
    expect(reads).toBe(1);
    expect([...first.get(0), ...first.get(1)]).toEqual([1, 2, -3, 8, 10, -12]);
    memory.release();
    await memory.use();
    expect(reads).toBe(2);
    memory.release();
  });

  test('a row that is added while they are read is there afterwards', async () => {
    const rows = rowsOfTwo();
    const steps: string[] = [];
    const memory = new VectorMemory(rows, 3, 60_000, async (matrix) => {
      await sleep(20);
      writeTwo(matrix);
      steps.push('read');
    });
    const using = memory.use();
    await sleep(10);
    memory.put(rows.add({ key: 'b', ord: 0 }), bytes, 1, 3);
    steps.push('put');
    const matrix = await using;
    expect(steps).toEqual(['put', 'read']);
    expect([...matrix.get(2)]).toEqual([12, 15, -18]);
    expect([...matrix.get(1)]).toEqual([8, 10, -12]);
    const compared = await matrix.compare(Float32Array.of(0, 1, 0), 3, 3);
    expect(compared.of(Int32Array.of(0, 1, 2))).toEqual(Float32Array.of(1, 1, 1));
    memory.release();
  });

  test('are released when they were not used for a while, and not before', async () => {
    const idleMs = 200;
    const memory = new VectorMemory(rowsOfTwo(), 3, idleMs, async (matrix) => writeTwo(matrix));
    const matrix = await memory.use();
    let used = performance.now();
    for (let i = 0; i < 3; i++) {
      await sleep(50);
      if (!memory.isLoaded) break;
      used = performance.now();
      expect(await memory.use()).toBe(matrix);
    }
    while (memory.isLoaded) await sleep(5);
    expect(performance.now() - used).toBeGreaterThan(idleMs - 5);
    expect(await memory.use()).not.toBe(matrix);
    memory.release();
  });

  test('are given back to the system by a process that has nothing else to do', async () => {
    const memory = new VectorMemory(rowsOfTwo(), 3, 20, async (matrix) => writeTwo(matrix));
    const used = await (async () => new WeakRef(await memory.use()))();
    while (memory.isLoaded) await sleep(5);
    await expect.poll(() => used.deref() === undefined, { timeout: 40_000 }).toBe(true);
  });

  test('are read again after reading them has failed', async () => {
    let reads = 0;
    const memory = new VectorMemory(rowsOfTwo(), 3, 60_000, async (matrix) => {
      if (reads++ === 0) throw new Error('damaged');
      writeTwo(matrix);
    });
    await expect(memory.use()).rejects.toThrow('damaged');
    expect(memory.isLoaded).toBe(false);
    expect([...(await memory.use()).get(0)]).toEqual([1, 2, -3]);
    memory.release();
  });

  test('released while they are read, they are complete for whoever waits, and read anew for the next', async () => {
    const memory = new VectorMemory(rowsOfTwo(), 3, 60_000, async (matrix) => {
      await sleep(10);
      writeTwo(matrix);
    });
    const using = memory.use();
    memory.release();
    const next = memory.use();
    expect([...(await using).get(1)]).toEqual([8, 10, -12]);
    expect(await next).not.toBe(await using);
    expect(memory.isLoaded).toBe(true);
    memory.release();
  });
});
