import { describe, expect, test } from 'vitest';
import { RestartPolicy, retryDelayMs } from '../../../src/daemon/watch/restarts.js';

describe('restarts of the watcher process', () => {
  test('come later with each failure, and end after too many', () => {
    const policy = new RestartPolicy();
    const delays = [0, 1, 2, 3, 4, 5].map((at) => policy.failed(at));
    expect(delays).toEqual([50, 500, 2000, 5000, 5000, null]);
  });

  test('start over when failures are rare, or forgotten', () => {
    const policy = new RestartPolicy();
    expect([0, 61_000, 122_000].map((at) => policy.failed(at))).toEqual([50, 50, 50]);
    policy.reset();
    expect(policy.failed(122_001)).toBe(50);
  });

  test('on purpose are at once, unless there are very many', () => {
    const policy = new RestartPolicy();
    const delays = Array.from({ length: 12 }, (_, at) => policy.recycled(at));
    expect(delays).toEqual([...Array(10).fill(0), 50, 500]);
  });
});

test('a root that cannot be watched is tried again less and less often', () => {
  expect([0, 1, 2].map((tries) => retryDelayMs(tries, 'subscribe-failed'))).toEqual([15_000, 30_000, 60_000]);
  expect(retryDelayMs(0, 'watch-limit')).toBe(300_000);
  expect(retryDelayMs(30, 'watch-limit')).toBe(3_600_000);
});
