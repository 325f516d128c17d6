import { expect, test } from 'vitest';
import { steadySelection } from '../../../src/daemon/fim/selection.js';
import type { CompletionItem } from '../../../src/protocol/completion-context.js';

function item(path: string, more: Partial<CompletionItem> = {}): CompletionItem {
  return {
    kind: 'definition',
    repo: 'r1',
    root: '/shop',
    path,
    language: 'typescript',
    startLine: 1,
    endLine: 3,
    text: `text of ${path}`,
    symbols: [],
    reason: '',
    confidence: null,
    score: 0.5,
    tokens: 100,
    ...more,
  };
}
const own = 'src/own.ts';
const pathsOf = (items: readonly CompletionItem[]) => items.map(({ path }) => path);
const [a, b, c, d, e] = ['a.ts', 'b.ts', 'c.ts', 'd.ts', 'e.ts'].map((path) => item(path)) as [
  CompletionItem,
  CompletionItem,
  CompletionItem,
  CompletionItem,
  CompletionItem,
];

test('the best come last, next to the code that is completed', () => {
  expect(pathsOf(steadySelection([c, a, b], [], own))).toEqual(['b.ts', 'a.ts', 'c.ts']);
  expect(steadySelection([], [], own)).toEqual([]);
});

test('other ranks change nothing', () => {
  const first = steadySelection([a, b, c], [], own);
  expect(steadySelection([c, b, a], first, own)).toBe(first);
});

test('a selection that has most of the new one is taken again as it is', () => {
  const first = steadySelection([a, b, c, d], [], own);
  expect(steadySelection([e, a, b, c], first, own)).toBe(first);
});

test('else what stays keeps its place, and the new comes behind it, the best last', () => {
  const first = steadySelection([a, b, c, d], [], own);
  expect(pathsOf(first)).toEqual(['d.ts', 'c.ts', 'b.ts', 'a.ts']);
  const second = steadySelection([item('x.ts'), e, c, d], first, own);
  expect(pathsOf(second)).toEqual(['d.ts', 'c.ts', 'e.ts', 'x.ts']);
});

test('lines that only moved are the same', () => {
  const first = steadySelection([a, b], [], own);
  expect(steadySelection([{ ...a, startLine: 9, endLine: 11 }, b], first, own)).toBe(first);
});

test('what was changed since is not shown as it was, however little of the selection it is', () => {
  const first = steadySelection([a, b, c, d], [], own);
  const fresh = { ...d, text: 'another signature', tokens: 10 };
  const second = steadySelection([a, b, c, fresh], first, own);
  expect(second).toContain(fresh);
  expect(second).not.toContain(d);
  expect(pathsOf(second)).toEqual(['c.ts', 'b.ts', 'a.ts', 'd.ts']);
});

test('what is gone from the own file is not shown: it may stand around the cursor by now', () => {
  const mine = item(own, { startLine: 90, endLine: 95, tokens: 10 });
  const first = steadySelection([a, b, c, mine], [], own);
  expect(steadySelection([a, b, c, mine], first, own)).toBe(first);
  expect(steadySelection([a, b, c], first, own)).not.toContain(mine);
});
