import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type Lane, WriteQueue } from '../../../src/daemon/store/write-queue.js';

/** Runs a write in each of the lanes given, all at once; says in which order they began (+) and ended (-). */
async function orderOf(lanes: (Lane | undefined)[]): Promise<string> {
  const queue = new WriteQueue(100);
  const order: string[] = [];
  const write = (i: number) => async () => {
    order.push(`+${i}`);
    await sleep(10);
    order.push(`-${i}`);
  };
  await Promise.all(lanes.map((lane, i) => queue.run(write(i), lane)));
  return order.join(' ');
}

describe('the write queue', () => {
  test('runs writes of a lane one after the other, those of two lanes beside each other', async () => {
    expect(await orderOf(['chunks', 'chunks'])).toBe('+0 -0 +1 -1');
    expect((await orderOf(['chunks', 'vectors'])).startsWith('+0 +1')).toBe(true);
  });

  test('a write that needs all lanes waits for what came before, and what comes after waits for it', async () => {
    const order = await orderOf(['chunks', 'vectors', undefined, 'vectors', 'chunks']);
    expect(order).toMatch(/^\+0 \+1 (-0 -1|-1 -0) \+2 -2 (\+3 \+4|\+4 \+3) -\d -\d$/);
  });

  test('goes on after a write that failed', async () => {
    const queue = new WriteQueue(100);
    const failing = queue.run(() => Promise.reject(new Error('broken')), 'chunks');
    const next = queue.run(async () => 'done');
    await expect(failing).rejects.toThrow('broken');
    expect(await next).toBe('done');
  });

  test('refuses what is too much, and anything once it is closed, which waits for all lanes', async () => {
    const queue = new WriteQueue(2);
    let ended = 0;
    const write = async () => {
      await sleep(10);
      ended++;
    };
    const taken = [queue.run(write, 'chunks'), queue.run(write, 'vectors')];
    await expect(queue.run(write)).rejects.toMatchObject({ kind: 'BUSY' });
    await queue.close();
    expect(ended).toBe(2);
    await Promise.all(taken);
    await expect(queue.run(write)).rejects.toMatchObject({ kind: 'INDEX_UNAVAILABLE' });
  });
});
