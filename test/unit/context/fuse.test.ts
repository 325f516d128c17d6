import { describe, expect, test } from 'vitest';
import { fuse } from '../../../src/daemon/context/fuse.js';

const names = (lists: { weight: number; items: string[] }[]) =>
  fuse(lists, (item) => item).map(({ item }) => item);

describe('fusing', () => {
  test('keeps the order of a single list, the first with a score of 1', () => {
    const fused = fuse([{ weight: 1, items: ['a', 'b', 'c'] }], (item) => item);
    expect(fused.map(({ item }) => item)).toEqual(['a', 'b', 'c']);
    expect(fused[0]?.score).toBe(1);
    expect(fused[2]?.score).toBeLessThan(fused[1]?.score ?? 0);
  });

  test('puts first what several lists agree on', () => {
    expect(
      names([
        { weight: 1, items: ['a', 'x'] },
        { weight: 1, items: ['b', 'x'] },
      ])[0],
    ).toBe('x');
  });

  test('counts a list by its weight', () => {
    expect(
      names([
        { weight: 0.4, items: ['b'] },
        { weight: 1, items: ['a'] },
      ]),
    ).toEqual(['a', 'b']);
  });

  test('gives nothing for nothing', () => {
    expect(names([])).toEqual([]);
    expect(names([{ weight: 1, items: [] }])).toEqual([]);
  });
});
