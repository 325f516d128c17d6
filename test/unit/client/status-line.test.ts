import colors from 'picocolors';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StatusLine } from '../../../src/client/output/status-line.js';

let written: string;
beforeEach(() => {
  vi.useFakeTimers();
  written = '';
});
afterEach(() => vi.useRealTimers());

const lineOn = (errIsTerminal: boolean, errColumns = 80) =>
  new StatusLine({
    err: (text: string) => {
      written += text;
    },
    errIsTerminal,
    errColors: colors.createColors(false),
    errColumns,
  });

/** The line as a terminal shows it. */
const shown = () => written.split('\r\x1b[2K').at(-1);

test('a text stands in the place of the last one, and says how long it has been so', () => {
  const line = lineOn(true);
  line.say('collecting …');
  expect(shown()).toBe('collecting …');
  vi.advanceTimersByTime(1500);
  expect(shown()).toBe('collecting …');
  vi.advanceTimersByTime(2000);
  expect(shown()).toBe('collecting … 3 s');
  line.say('waiting …');
  expect(shown()).toBe('waiting …');
  line.say('');
  expect(shown()).toBe('');
  const before = written;
  vi.advanceTimersByTime(5000);
  expect(written).toBe(before);
});

test('it is one line, whatever the text and the terminal', () => {
  const line = lineOn(true, 20);
  line.say(`model\n\x1b[31m${'x'.repeat(50)} writes …`);
  vi.advanceTimersByTime(12_000);
  expect(shown()?.length).toBeLessThan(20);
  expect(shown()).toMatch(/ 12 s$/);
  expect(shown()).not.toContain('\x1b');
});

test('off a terminal nothing is shown', () => {
  const line = lineOn(false);
  line.say('collecting …');
  vi.advanceTimersByTime(5000);
  line.say('');
  expect(written).toBe('');
});
