import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withEdit, withView } from '../../../src/daemon/overlay/edits.js';

const edit = (startLine: number, endLine: number, at = 0) => ({ startLine, endLine, at });
const change = (startLine: number, oldEndLine: number, newEndLine: number) => ({
  startLine,
  oldEndLine,
  newEndLine,
});

describe('edits', () => {
  test('of the same and of neighbouring lines are one', () => {
    let edits = withEdit([], change(5, 5, 5), 1);
    edits = withEdit(edits, change(5, 5, 6), 2);
    edits = withEdit(edits, change(7, 7, 7), 3);
    expect(edits).toEqual([edit(5, 7, 3)]);
  });

  test('are moved by those further up', () => {
    const edits = withEdit([edit(20, 22, 1), edit(3, 3, 0)], change(10, 11, 15), 2);
    expect(edits).toEqual([edit(10, 15, 2), edit(24, 26, 1), edit(3, 3, 0)]);
  });

  test('that one covers are gone in it', () => {
    const edits = withEdit([edit(10, 12, 2), edit(20, 22, 1)], change(5, 40, 5), 3);
    expect(edits).toEqual([edit(5, 5, 3)]);
  });

  test('never overlap, and are few', () => {
    const lines = fc.tuple(
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 0, max: 5 }),
    );
    fc.assert(
      fc.property(fc.array(lines, { maxLength: 100 }), (all) => {
        let edits: ReturnType<typeof withEdit> = [];
        for (const [at, [start, removed, added]] of all.entries())
          edits = withEdit(edits, change(start, start + removed, start + added), at);
        expect(edits.length).toBeLessThanOrEqual(32);
        const sorted = [...edits].sort((a, b) => a.startLine - b.startLine);
        for (const [index, { startLine, endLine }] of sorted.entries()) {
          expect(endLine).toBeGreaterThanOrEqual(startLine);
          if (index > 0) expect(startLine).toBeGreaterThan(sorted[index - 1]?.endLine ?? 0);
        }
        expect(edits.map(({ at }) => at)).toEqual([...edits].map(({ at }) => at).sort((a, b) => b - a));
      }),
    );
  });
});

describe('views', () => {
  test('of one place are one, the newest first', () => {
    let views = withView([], { path: '/a', line: 10, at: 1 });
    views = withView(views, { path: '/a', line: 200, at: 2 });
    views = withView(views, { path: '/a', line: 25, at: 3 });
    views = withView(views, { path: '/b', line: null, at: 4 });
    expect(views.map(({ path, line }) => `${path}:${line}`)).toEqual(['/b:null', '/a:25', '/a:200']);
  });

  test('are few', () => {
    let views: ReturnType<typeof withView> = [];
    for (let at = 0; at < 500; at++) views = withView(views, { path: `/${at}`, line: 1, at });
    expect(views).toHaveLength(64);
    expect(views[0]?.path).toBe('/499');
  });
});
