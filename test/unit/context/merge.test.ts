import { describe, expect, test } from 'vitest';
import { merge } from '../../../src/daemon/context/merge.js';
import type { Region } from '../../../src/daemon/context/regions.js';
import type { SearchableRepo } from '../../../src/daemon/search/contract.js';
import { TestRepo } from '../../support/search.js';

const repo: SearchableRepo = new TestRepo('/r', 'family');

function region(path: string, startLine: number, lines: string[], more: Partial<Region> = {}): Region {
  return {
    repo,
    path,
    language: 'python',
    kind: 'function',
    name: '',
    startLine,
    lines,
    why: { reason: 'retrieved', of: '' },
    score: 0.5,
    sizes: [],
    needs: null,
    unsaved: false,
    stale: false,
    trusted: true,
    ...more,
  };
}
const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => `line ${from + at}`);
const no = () => false;

describe('merging', () => {
  test('joins what overlaps and what touches, and keeps every reason', () => {
    const a = region('a', 1, numbered(1, 10));
    const b = region('a', 11, numbered(11, 20), { why: { reason: 'called', of: 'x' }, score: 0.9 });
    const [only, ...others] = merge(
      [
        { region: b, span: { from: 11, to: 12 } },
        { region: a, span: { from: 4, to: 7 } },
        { region: a, span: { from: 6, to: 10 } },
      ],
      no,
    );
    expect(others).toEqual([]);
    expect(only).toMatchObject({ span: { from: 4, to: 12 }, score: 0.9, whole: false });
    expect(only?.text).toBe(numbered(4, 12).join('\n'));
    expect(only?.why.map(({ reason }) => reason)).toEqual(['retrieved', 'called']);
  });

  test('fills a small gap with lines that are known, or known to be blank', () => {
    const a = region('a', 1, numbered(1, 10));
    const b = region('a', 13, numbered(13, 14));
    const chosen = [
      { region: a, span: { from: 1, to: 3 } },
      { region: a, span: { from: 6, to: 10 } },
      { region: b, span: { from: 13, to: 14 } },
    ];
    expect(merge(chosen, no).map(({ span }) => span)).toEqual([
      { from: 1, to: 10 },
      { from: 13, to: 14 },
    ]);
    const [whole] = merge(chosen, (_region, line) => line === 11 || line === 12);
    expect(whole?.text).toBe([...numbered(1, 10), '', '', 'line 13', 'line 14'].join('\n'));
    expect(whole?.whole).toBe(true);
  });

  test('leaves apart what is apart, and other texts of the same path', () => {
    const a = region('a', 1, numbered(1, 30));
    const stale = region('a', 4, numbered(4, 5), { stale: true });
    const spans = merge(
      [
        { region: a, span: { from: 1, to: 2 } },
        { region: a, span: { from: 20, to: 22 } },
        { region: stale, span: { from: 4, to: 5 } },
      ],
      no,
    );
    expect(spans.map(({ span }) => span.from)).toEqual([1, 20, 4]);
  });

  test('puts the file with the best first, and in a file what stands first', () => {
    const order = merge(
      [
        { region: region('b', 1, ['x'], { score: 0.4 }), span: { from: 1, to: 1 } },
        { region: region('a', 9, ['x'], { score: 1 }), span: { from: 9, to: 9 } },
        { region: region('a', 1, ['x'], { score: 0.1 }), span: { from: 1, to: 1 } },
      ],
      no,
    );
    expect(order.map(({ region: { path }, span }) => `${path}:${span.from}`)).toEqual(['a:1', 'a:9', 'b:1']);
  });
});
