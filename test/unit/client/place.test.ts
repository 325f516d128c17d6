import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parsePlace } from '../../../src/client/place.js';

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'lcad-place-')));
  mkdirSync(join(folder, 'src'));
  for (const name of ['src/a.ts', 'src/odd:7']) writeFileSync(join(folder, name), '');
  symlinkSync('src', join(folder, 'link'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['src/a.ts', 'src/a.ts', undefined],
  ['src/a.ts:12', 'src/a.ts', 12],
  ['src/a.ts:12:5', 'src/a.ts', 12, 5],
  ['src/a.ts:12:', 'src/a.ts', 12],
  ['./src/../src/a.ts:1', 'src/a.ts', 1],
  ['link/a.ts:3', 'src/a.ts', 3],
  ['src/odd:7', 'src/odd:7', undefined],
  ['src/gone.ts:4', 'src/gone.ts', 4],
])('%s', (text, file, line, column?: number) => {
  expect(parsePlace(text, folder)).toEqual({
    file: join(folder, file),
    ...(line ? { line } : {}),
    ...(column ? { column } : {}),
  });
});

test('no place', () => {
  expect(() => parsePlace('src', folder)).toThrow('is a folder');
  expect(() => parsePlace('src/a.ts:0', folder)).toThrow('counted from 1');
});
