import { describe, expect, test } from 'vitest';
import { type Around, steadyPrefix, typedSince } from '../../../src/daemon/fim/typed.js';

const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => `line ${from + i}\n`).join('');
/** A window of 100 lines before a cursor at the beginning of a line. */
const windowAt = (line: number): Around => ({
  prefix: lines(line - 100, line - 1),
  startLine: line - 100,
  whole: line <= 101,
  suffix: 'rest\n',
});

describe('the steady prefix', () => {
  test('begins with the file if the window does', () => {
    const around = { prefix: lines(1, 20), startLine: 1, whole: true, suffix: '' };
    expect(steadyPrefix(around)).toBe(around.prefix);
  });

  test('has one beginning while lines are typed, which moves every 16 lines', () => {
    const beginnings = Array.from({ length: 48 }, (_, i) => steadyPrefix(windowAt(300 + i)).split('\n')[0]);
    expect(new Set(beginnings)).toEqual(new Set(['line 209', 'line 225', 'line 241', 'line 257']));
    const moves = beginnings.filter((one, i) => i > 0 && one !== beginnings[i - 1]).length;
    expect(moves).toBe(3);
  });

  test('each prefix is the beginning of the next one in between', () => {
    for (let line = 310; line < 324; line++) {
      expect(steadyPrefix(windowAt(line + 1)).startsWith(steadyPrefix(windowAt(line)))).toBe(true);
    }
  });

  test('ends where the window ends, and keeps half of it at least', () => {
    const around = windowAt(305);
    expect(around.prefix.endsWith(steadyPrefix(around))).toBe(true);
    const short = { prefix: lines(50, 55), startLine: 50, whole: false, suffix: '' };
    expect(steadyPrefix(short)).toBe(short.prefix);
    const long = { prefix: `${'x'.repeat(500)}\nend`, startLine: 2, whole: false, suffix: '' };
    expect(steadyPrefix(long)).toBe(long.prefix);
  });
});

describe('what was typed', () => {
  test('between two windows that begin at different lines', () => {
    const before = windowAt(300);
    const after = { ...windowAt(302), prefix: `${lines(202, 299)}const a` };
    expect(typedSince(before, after)).toBe('const a');
    expect(typedSince(before, before)).toBe('');
  });

  test('nothing that can be told if something else has changed', () => {
    const before = windowAt(300);
    expect(typedSince(before, { ...before, suffix: 'other\n' })).toBeNull();
    expect(typedSince(before, { ...before, prefix: before.prefix.replace('line 250', 'x') })).toBeNull();
    expect(typedSince({ ...before, prefix: `${before.prefix}ab` }, before)).toBeNull();
    expect(typedSince(before, windowAt(900))).toBeNull();
  });
});
