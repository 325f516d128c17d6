import colors from 'picocolors';
import { expect, test } from 'vitest';
import { logLine } from '../../../src/client/output/log-view.js';

const plain = colors.createColors(false);

test('time, level, message, then the rest', () => {
  const time = new Date(2025, 0, 2, 3, 4, 5, 6).getTime();
  const line = JSON.stringify({
    level: 30,
    time,
    pid: 1,
    msg: 'ready',
    repos: 2,
    name: 'my shop',
    path: '/a/b',
  });
  expect(logLine(line, plain)).toBe('2025-01-02 03:04:05.006 info  ready repos=2 name="my shop" path=/a/b');
});

test('an error shows its message, and its stack below', () => {
  const err = { type: 'Error', message: 'broken', stack: 'Error: broken\n    at x' };
  expect(logLine(JSON.stringify({ level: 50, time: 0, msg: 'failed', err }), plain)).toMatch(
    /error failed err="broken"\n {4}Error: broken\n {8}at x$/,
  );
});

test.each([
  ['plain \x1b[2J text', 'plain ␛[2J text'],
  ['[1]', '[1]'],
  ['{"level":30,"time":"never","msg":"a\\u001bb"}', '- info  a␛b'],
])('%j', (line, shown) => expect(logLine(line, plain)).toBe(shown));
