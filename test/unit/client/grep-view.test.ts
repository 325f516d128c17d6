import colors from 'picocolors';
import { describe, expect, test } from 'vitest';
import { grepFooterText, linesText, moreText, sourceText } from '../../../src/client/output/grep-view.js';
import type { GrepResult } from '../../../src/protocol/grep.js';

const plain = colors.createColors(false);
const result: GrepResult = {
  files: [
    {
      repo: 'r1',
      root: '/code/shop',
      path: 'src/cart.ts',
      language: 'typescript',
      lines: [
        { line: 8, text: 'addItem(item) {', spans: [{ start: 0, end: 7 }] },
        { line: 20, text: '\titem();\x1b[2J', spans: [{ start: 1, end: 5 }] },
      ],
    },
    {
      repo: 'r1',
      root: '/code/shop',
      path: 'src/list.ts',
      language: 'typescript',
      lines: [{ line: 1, text: 'item', spans: [{ start: 0, end: 0 }] }],
    },
  ],
  matches: 3,
  more: null,
  unsearched: 0,
  notes: [],
  freshness: [],
  tookMs: 4.2,
};
const piped = { cwd: '/code/shop/src', columns: Number.POSITIVE_INFINITY, colors: plain, grouped: false };

describe('lines', () => {
  test('stand alone in a pipe, without control characters', () => {
    expect(linesText(result, piped)).toBe(
      'cart.ts:8:addItem(item) {\ncart.ts:20:\titem();␛[2J\nlist.ts:1:item\n',
    );
  });

  test('stand below their file on a terminal', () => {
    expect(linesText(result, { ...piped, grouped: true })).toBe(
      'cart.ts\n8:addItem(item) {\n20:\titem();␛[2J\n\nlist.ts\n1:item\n',
    );
  });

  test('have their context marked, and gaps between', () => {
    const [file] = result.files;
    const lines = [
      { line: 7, text: 'class Cart {', spans: null },
      ...(file?.lines ?? []),
      { line: 21, text: '', spans: null },
    ];
    const around = { ...result, files: [{ ...result.files[0], lines }, result.files[1]] } as GrepResult;
    expect(linesText(around, piped)).toBe(
      'cart.ts-7-class Cart {\ncart.ts:8:addItem(item) {\n--\ncart.ts:20:\titem();␛[2J\ncart.ts-21-\n--\nlist.ts:1:item\n',
    );
  });

  test('have their matches painted', () => {
    const bright = colors.createColors(true);
    const painted = linesText(result, { ...piped, colors: bright, grouped: true });
    expect(painted).toContain(`${bright.bold(bright.red('addItem'))}(item) {`);
    expect(painted).toContain(`\t${bright.bold(bright.red('item'))}();`);
  });
});

test('what is said about them', () => {
  expect(grepFooterText(result)).toBe('3 lines in 2 files in 4.2 ms');
  expect(moreText(result)).toBeNull();
  expect(moreText({ more: { lines: 120, files: 1 } })).toBe(
    'at least 120 more lines, 1 more file: --limit shows them',
  );
  expect(moreText({ more: { lines: 0, files: 0 } })).toBe('there may be more: --limit shows them');
  const of = { root: '/code/shop', path: 'src/cart.ts', startLine: 8, endLine: 30, name: 'addItem' };
  expect(sourceText(of, '/code/shop')).toBe('src/cart.ts:8-30 (addItem)');
});
