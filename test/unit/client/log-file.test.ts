import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readLines } from '../../../src/client/log-file.js';
import { until } from '../../support/cli.js';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lcad-log-'));
  file = join(folder, 'log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function lastLines(most: number): Promise<string[] | null> {
  const lines: string[] = [];
  return (await readLines(file, most, (line) => lines.push(line), null)) ? lines : null;
}

describe('the last lines', () => {
  test.each([
    ['a\nb\nc\n', 2, ['b', 'c']],
    ['a\nb\nc\n', 9, ['a', 'b', 'c']],
    ['a\nb\nc\n', 0, []],
    ['a\nb\nhalf', 2, ['a', 'b']],
    ['', 3, []],
    ['half', 3, []],
  ])('%j: %d', async (text, most, expected) => {
    writeFileSync(file, text);
    expect(await lastLines(most)).toEqual(expected);
  });

  test('of a file larger than one block, with lines across blocks', async () => {
    const lines = Array.from({ length: 5000 }, (_, at) => `line ${at} ${'ü'.repeat(at % 50)}`);
    writeFileSync(file, `${lines.join('\n')}\n`);
    expect(await lastLines(3000)).toEqual(lines.slice(-3000));
  });

  test('of no file', async () => expect(await lastLines(3)).toBeNull());
});

describe('following', () => {
  async function following(work: (seen: string[]) => Promise<void>): Promise<string[]> {
    const seen: string[] = [];
    const end = new AbortController();
    const followed = readLines(file, 1, (line) => seen.push(line), end.signal);
    try {
      await work(seen);
    } finally {
      end.abort();
      await followed;
    }
    return seen;
  }

  test('gives whole lines as they come', async () => {
    writeFileSync(file, 'old\n');
    const seen = await following(async (lines) => {
      await until(() => lines.length === 1, 'the old line');
      appendFileSync(file, 'one\ntw');
      await until(() => lines.length === 2, 'the first line');
      appendFileSync(file, 'o\n');
      await until(() => lines.length === 3, 'the second line');
    });
    expect(seen).toEqual(['old', 'one', 'two']);
  });

  test('goes on in the new file after a rotation, and loses no line of the old', async () => {
    writeFileSync(file, 'old\n');
    const seen = await following(async (lines) => {
      await until(() => lines.length === 1, 'the old line');
      appendFileSync(file, 'last of the old\n');
      renameSync(file, `${file}.1`);
      writeFileSync(file, 'first of the new\n');
      await until(() => lines.length === 3, 'both lines');
    });
    expect(seen).toEqual(['old', 'last of the old', 'first of the new']);
  });

  test('starts over in a file that was cut, and waits for one that is not there yet', async () => {
    const seen = await following(async (lines) => {
      writeFileSync(file, 'one long line to begin with\n');
      await until(() => lines.length === 1, 'the first line');
      truncateSync(file, 0);
      appendFileSync(file, 'two\n');
      await until(() => lines.length === 2, 'the second line');
    });
    expect(seen).toEqual(['one long line to begin with', 'two']);
  });
});
