import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { replaceFile, syncPath } from '../../../src/shared/durable.js';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lcad-durable-'));
  file = join(folder, 'list');
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('replaceFile', () => {
  test('writes texts and parts, for this user alone, and leaves nothing beside them', async () => {
    await replaceFile(file, 'one');
    expect(await readFile(file, 'utf8')).toBe('one');
    await replaceFile(file, [Buffer.from('tw'), Buffer.from('o')]);
    expect(await readFile(file, 'utf8')).toBe('two');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['list']);
  });

  test('narrows what an interrupted write left', async () => {
    await writeFile(`${file}.next`, 'cut sh', { mode: 0o644 });
    await replaceFile(file, 'whole');
    expect(await readFile(file, 'utf8')).toBe('whole');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test('leaves the file as it was when it fails', async () => {
    await replaceFile(file, 'before');
    const seen: string[] = [];
    const failed = replaceFile(file, 'after', async () => {
      seen.push(await readFile(file, 'utf8'), await readFile(`${file}.next`, 'utf8'));
      throw new Error('no backup');
    });
    await expect(failed).rejects.toThrow('no backup');
    expect(seen).toEqual(['before', 'after']);
    expect(await readFile(file, 'utf8')).toBe('before');
    expect(await readdir(folder)).toEqual(['list']);
    await expect(replaceFile(join(folder, 'absent', 'list'), 'x')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

test('syncPath takes files, folders and what is gone', async () => {
  await writeFile(file, 'x');
  await syncPath(file);
  await syncPath(folder);
  await syncPath(join(folder, 'gone'));
});
