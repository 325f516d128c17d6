import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cursorAt } from '../../../src/daemon/completion/cursor.js';
import { prefixWindow, suffixWindow } from '../../../src/daemon/completion/windows.js';
import { countTokens } from '../../../src/daemon/context/tokens.js';
import { LcadError } from '../../../src/shared/errors.js';

const lines = (count: number) =>
  Array.from({ length: count }, (_, at) => `const value${at} = compute(${at});`);
const kindOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return error instanceof LcadError ? [error.kind, error.details] : error;
  }
  return 'no error';
};

describe('a place in a text', () => {
  test('is found by line and column, "\\r\\n" counting as one end', () => {
    expect(cursorAt('ab\r\ncd\n', 1, 3, 'f').offset).toBe(2);
    expect(cursorAt('ab\r\ncd\n', 2, 1, 'f').offset).toBe(4);
    expect(cursorAt('ab\ncd\n', 3, 1, 'f').offset).toBe(6);
    expect(cursorAt('', 1, 1, 'f').offset).toBe(0);
  });

  test('outside of the text is an error that says where it ends', () => {
    expect(kindOf(() => cursorAt('ab\ncd', 3, 1, 'f'))).toEqual(['LINE_NOT_FOUND', { last: 2 }]);
    expect(kindOf(() => cursorAt('ab\r\ncd', 1, 4, 'f'))).toEqual(['LINE_NOT_FOUND', { lastColumn: 3 }]);
  });
});

describe('windows', () => {
  const text = `${lines(400).join('\n')}\n`;
  const cursor = cursorAt(text, 200, 12, 'f');

  test('keep what is nearest and are cut between lines', () => {
    const prefix = prefixWindow(text, cursor, 300);
    const suffix = suffixWindow(text, cursor, 100);
    expect(text.slice(0, cursor.offset).endsWith(prefix.text)).toBe(true);
    expect(text.slice(cursor.offset).startsWith(suffix.text)).toBe(true);
    expect(prefix.text.startsWith('const value')).toBe(true);
    expect(suffix.text.endsWith(';\n')).toBe(true);
    expect(prefix).toMatchObject({ endLine: 200, whole: false });
    expect(text.split('\n')[prefix.startLine - 1]).toBe(prefix.text.split('\n')[0]);
    for (const [window, budget] of [
      [prefix, 300],
      [suffix, 100],
    ] as const) {
      expect(countTokens(window.text)).toBeLessThanOrEqual(budget);
      expect(countTokens(window.text)).toBeGreaterThan(budget * 0.8);
    }
  });

  test('reach the ends of a small text, and are empty without a budget', () => {
    const small = 'one\ntwo\nthree';
    const at = cursorAt(small, 2, 2, 'f');
    expect(prefixWindow(small, at, 100)).toMatchObject({
      text: 'one\nt',
      startLine: 1,
      endLine: 2,
      whole: true,
    });
    expect(suffixWindow(small, at, 100)).toMatchObject({
      text: 'wo\nthree',
      startLine: 2,
      endLine: 3,
      whole: true,
    });
    expect(prefixWindow(small, at, 0)).toMatchObject({ text: '', tokens: 0, startLine: 2, whole: false });
    expect(suffixWindow(small, at, 0).text).toBe('');
  });

  test('of a text that begins with a line end reach its beginning', () => {
    const at = cursorAt('\nsecond\n', 2, 3, 'f');
    expect(prefixWindow('\nsecond\n', at, 100)).toMatchObject({ text: '\nse', startLine: 1, whole: true });
  });

  test('of a very long line are cut within it', () => {
    const long = `first\n${'word '.repeat(200_000)}`;
    const at = cursorAt(long, 2, 500_001, 'f');
    const from = performance.now();
    const prefix = prefixWindow(long, at, 50);
    const suffix = suffixWindow(long, at, 50);
    expect(performance.now() - from).toBeLessThan(1000);
    expect(prefix.text.length).toBeGreaterThan(50);
    expect(prefix.startLine).toBe(2);
    expect(countTokens(prefix.text)).toBeLessThanOrEqual(50);
    expect(countTokens(suffix.text)).toBeLessThanOrEqual(50);
  });

  test('are parts of the text next to the cursor, within the budget, whatever it is', () => {
    const unit = fc.constantFrom(
      'a',
      'foo ',
      '\n',
      '\r\n',
      '(){}',
      '\u{1f600}',
      'é',
      '\t',
      'aVeryLongIdentifier',
    );
    fc.assert(
      fc.property(
        fc.array(unit, { maxLength: 80 }),
        fc.nat(60),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (parts, budget, share) => {
          const any = parts.join('');
          const rows = any.split('\n');
          const line = Math.floor(share * (rows.length - 1)) + 1;
          const row = (rows[line - 1] ?? '').replace(/\r$/, '');
          const at = cursorAt(any, line, Math.floor(share * row.length) + 1, 'f');
          const prefix = prefixWindow(any, at, budget);
          const suffix = suffixWindow(any, at, budget);
          expect(any.slice(0, at.offset).endsWith(prefix.text)).toBe(true);
          expect(any.slice(at.offset).startsWith(suffix.text)).toBe(true);
          expect(prefix.whole).toBe(prefix.text.length === at.offset);
          expect(suffix.whole).toBe(suffix.text.length === any.length - at.offset);
          expect(prefix.tokens).toBeLessThanOrEqual(budget);
          expect(suffix.tokens).toBeLessThanOrEqual(budget);
        },
      ),
    );
  });
});
