import { describe, expect, test } from 'vitest';
import {
  mergeOperations,
  type Operation,
  OperationQueue,
} from '../../../src/daemon/pipeline/operation-queue.js';

const paths = (...list: string[]): Operation => ({ whole: false, anew: false, paths: new Set(list) });
const whole: Operation = { whole: true, anew: false, paths: new Set() };

/** A queue whose operations end when told to. */
function gatedQueue() {
  const started: Operation[] = [];
  const gates: { open: () => void; fail: (error: Error) => void }[] = [];
  const queue = new OperationQueue((operation) => {
    started.push(operation);
    return new Promise<void>((open, fail) => gates.push({ open, fail }));
  });
  return { queue, started, gates };
}

describe('operation queue', () => {
  test('requests that come while one runs become one, which starts after it', async () => {
    const { queue, started, gates } = gatedQueue();
    const first = queue.request(paths('a'));
    const second = queue.request(paths('b'));
    const third = queue.request(paths('c'));
    expect(started).toEqual([paths('a')]);
    gates[0]?.open();
    await first;
    await Promise.resolve();
    expect(started).toEqual([paths('a'), paths('b', 'c')]);
    gates[1]?.open();
    await Promise.all([second, third]);
    expect(queue.idle).toBe(true);
  });

  test('a failure reaches those who asked for that work, and the next goes on', async () => {
    const { queue, gates, started } = gatedQueue();
    const first = queue.request(paths('a'));
    const second = queue.request(paths('b'));
    gates[0]?.fail(new Error('no'));
    await expect(first).rejects.toThrow('no');
    await Promise.resolve();
    expect(started).toHaveLength(2);
    gates[1]?.open();
    await second;
  });

  test('closing rejects what has not started, waits for what has, and refuses more', async () => {
    const { queue, gates } = gatedQueue();
    const first = queue.request(paths('a'));
    const second = queue.request(paths('b'));
    const closed = queue.close(new Error('closing'));
    await expect(second).rejects.toThrow('closing');
    await expect(queue.request(paths('c'))).rejects.toThrow('closing');
    gates[0]?.open();
    await Promise.all([first, closed]);
  });

  test('too many paths become a look at everything', () => {
    const many = paths(...Array.from({ length: 2001 }, (_, i) => `f${i}`));
    expect(mergeOperations(many, paths('x'))).toEqual(whole);
    expect(mergeOperations(paths('x'), { ...whole, anew: true })).toEqual({ ...whole, anew: true });
  });

  test('lose a scan that was begun before one of them was asked for', () => {
    const begun = new Promise<never>(() => {});
    expect(mergeOperations({ ...whole, begun }, whole)).toStrictEqual(whole);
    expect(mergeOperations(paths('x'), { ...whole, begun })).toStrictEqual(whole);
  });
});
