import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { citationsIn } from '../../../src/daemon/chat/citations.js';

const place = (path: string, startLine: number, endLine: number, repo = 'r') => ({
  repo,
  root: `/code/${repo}`,
  path,
  startLine,
  endLine,
});
const seen = [place('src/queue.ts', 10, 40), place('src/a b/[id].tsx', 1, 9), place('lib/step.py', 5, 5)];
const names = new Map([['r', 'r']]);
const cited = (answer: string, places = seen) => {
  const { citations, unknown } = citationsIn(answer, places, names);
  return [citations.map(({ path, startLine, endLine }) => `${path}:${startLine}-${endLine}`), unknown];
};

describe('citations', () => {
  test.each([
    ['see src/queue.ts:12-14.', ['src/queue.ts:12-14']],
    ['see `src/queue.ts:12`', ['src/queue.ts:12-12']],
    ['**src/queue.ts:12–14**', ['src/queue.ts:12-14']],
    ['[queue](src/queue.ts#L12-L14)', ['src/queue.ts:12-14']],
    ['(./src/queue.ts:L12)', ['src/queue.ts:12-12']],
    ['src/queue.ts:12-14, 20-22 and so on', ['src/queue.ts:12-14', 'src/queue.ts:20-22']],
    ['r/src/queue.ts:12', ['src/queue.ts:12-12']],
    ['/code/r/src/queue.ts:12', ['src/queue.ts:12-12']],
    ['queue.ts:12', ['src/queue.ts:12-12']],
    ['`src/a b/[id].tsx:3-4`', ['src/a b/[id].tsx:3-4']],
    ['src/queue.ts:12 and again src/queue.ts:12', ['src/queue.ts:12-12']],
    ['src/queue.ts:14-12', ['src/queue.ts:12-14']],
  ])('%s', (answer, expected) => {
    expect(cited(answer)).toEqual([expected, []]);
  });

  test('are cut to what was shown', () => {
    expect(cited('src/queue.ts:1-20 and src/queue.ts:30-999')).toEqual([
      ['src/queue.ts:10-20', 'src/queue.ts:30-40'],
      [],
    ]);
  });

  test('of places that were not shown are told apart', () => {
    expect(cited('src/queue.ts:99, src/gone.ts:3-4 and other.py:1')).toEqual([
      [],
      ['src/queue.ts:99', 'src/gone.ts:3-4', 'other.py:1'],
    ]);
  });

  test('are not what only looks like one', () => {
    expect(cited('at 12:30 on http://localhost:8080/a and 127.0.0.1:11434, ratio 3:4, error: 5')).toEqual([
      [],
      [],
    ]);
  });

  test('by an end of a path count only where one file has it', () => {
    const two = [place('a/x.ts', 1, 5), place('b/x.ts', 1, 5)];
    expect(cited('x.ts:2', two)).toEqual([[], ['x.ts:2']]);
  });

  test('of two repositories with the same path are of the one whose lines were shown', () => {
    const two = [place('src/x.ts', 1, 5, 'one'), place('src/x.ts', 50, 60, 'two')];
    expect(citationsIn('src/x.ts:55', two, new Map()).citations).toEqual([place('src/x.ts', 55, 55, 'two')]);
  });

  test('are never invented, whatever the answer says', () => {
    const piece = fc.oneof(
      fc.constantFrom('src/queue.ts', 'queue.ts', ':', '#L', '-', ', ', ' ', 'lib/step.py', '../', '`'),
      fc.integer({ min: 0, max: 60 }).map(String),
      fc.string({ maxLength: 5, unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        for (const one of citationsIn(pieces.join(''), seen, names).citations) {
          expect(one.startLine).toBeLessThanOrEqual(one.endLine);
          const within = seen.find(({ path }) => path === one.path);
          expect(one.startLine).toBeGreaterThanOrEqual(within?.startLine ?? Number.POSITIVE_INFINITY);
          expect(one.endLine).toBeLessThanOrEqual(within?.endLine ?? 0);
        }
      }),
    );
  });

  test('of a long answer without any are found without going through it again and again', () => {
    expect(cited(`${'a/'.repeat(50_000)}:1 ${'b'.repeat(100_000)}:2 ${':3'.repeat(20_000)}`)[0]).toEqual([]);
  });
});
