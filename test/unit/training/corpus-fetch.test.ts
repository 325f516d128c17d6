import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeExclusions } from '../../../src/training/corpus/exclusions.js';
import { fetchPackage } from '../../../src/training/corpus/fetch-package.js';
import type { CorpusPackage } from '../../../src/training/corpus/packages.js';
import { runAll } from '../../../src/training/corpus/run-all.js';
import { runProgram, withRetries } from '../../../src/training/corpus/run-program.js';
import type { Settings } from '../../../src/training/settings.js';

let folder: string;
let settings: Settings;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lcad-fetch-'));
  mkdirSync(join(folder, 'work/sources'), { recursive: true });
  settings = { work: join(folder, 'work'), repos: undefined, mirror: undefined, seed: 1, threads: 1 };
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const json = (path: string) => JSON.parse(readFileSync(join(folder, path), 'utf8'));

/** A package that npm packs from a folder, so that no registry is asked. */
function localPackage(manifest: object): CorpusPackage {
  write('shapes/package.json', JSON.stringify({ name: 'shapes', version: '1.2.3', ...manifest }));
  write('shapes/src/area.js', 'export function area(side) {\n  return side * side;\n}\n');
  write('shapes/lib/area.js', 'exports.area = function (side) {\n  return side * side;\n};\n');
  return { name: join(folder, 'shapes'), origin: 'npm', pin: '', languages: ['javascript'], licence: 'MIT' };
}

describe('fetching a package', () => {
  const fetch = (one: CorpusPackage) => fetchPackage(one, { settings, debian: null, forbidden: new Map() });

  test('its source is unpacked, with version, licence and hash on record', async () => {
    const record = await fetch(localPackage({ license: 'MIT' }));
    expect(record).toMatchObject({ refused: null, version: '1.2.3', files: 1, licences: { used: ['MIT'] } });
    expect(record.leftOut).toMatchObject({ built: 1 });
    expect(record.downloads[0]?.hash).toMatch(/^sha512-/);
    const source = readFileSync(join(settings.work, 'sources', record.id, 'src/area.js'), 'utf8');
    expect(source).toContain('return side * side');
  });

  test.each([
    [{ license: 'GPL-3.0' }, 'its licence is GPL-3.0'],
    [{}, 'it names no licence'],
    [
      { license: 'MIT', repository: 'https://github.com/psf/requests' },
      'no file of it may be used, or is source code',
    ],
  ])('%o is refused', async (manifest, reason) => {
    expect((await fetch(localPackage(manifest))).refused).toBe(reason);
  });
});

describe('the check for evaluated projects', () => {
  test('nothing found: both reports are written', () => {
    write('work/sources/jansson/src/load.c', 'int load(void) {\n  return 0;\n}\n');
    writeExclusions(settings);
    expect(json('work/exclusions.json')).toMatchObject({ filesChecked: 1, matches: [] });
    expect(json('work/corpus.json')).toMatchObject({ packages: [] });
  });

  test.each([
    ['a folder', 'work/sources/jansson/flask/app.py', 'x = 1\n'],
    ['a manifest', 'work/sources/jansson/sub/setup.py', 'setup(name="flask")\n'],
    ['a content', 'work/sources/jansson/renamed.py', `${'x = 1\n'.repeat(60)}`],
  ])('%s is found, and ends the step', (_, path, text) => {
    write('repos/flask/src/app.py', 'x = 1\n'.repeat(60));
    write(path, text);
    expect(() => writeExclusions({ ...settings, repos: join(folder, 'repos') })).toThrow(
      '1 files of evaluated projects',
    );
    expect(json('work/exclusions.json').matches).toHaveLength(1);
  });
});

describe('running programs', () => {
  const options = { cwd: '/', deadlineMs: 10_000 };

  test('a missing program, a failure and a deadline have clear messages', async () => {
    await expect(runProgram('no-such-program', [], options)).rejects.toThrow(
      'no-such-program is not installed',
    );
    await expect(runProgram('sh', ['-c', 'echo broken >&2; exit 3'], options)).rejects.toThrow(
      'sh failed: broken',
    );
    await expect(runProgram('sleep', ['30'], { cwd: '/', deadlineMs: 50 })).rejects.toThrow(
      'took longer than',
    );
  });

  test('what fails is tried again, as often as told', async () => {
    let runs = 0;
    const second = async () => {
      runs++;
      if (runs < 2) throw new Error('not yet');
      return 'done';
    };
    await expect(withRetries(2, second)).resolves.toBe('done');
    await expect(withRetries(1, async () => Promise.reject(new Error('never')))).rejects.toThrow('never');
  });

  test('one package that fails does not keep the others', async () => {
    const seen: string[] = [];
    const failed = await runAll([{ name: 'a' }, { name: 'b' }, { name: 'c' }], {
      label: 'test',
      done: 0,
      total: 3,
      concurrency: 2,
      run: async ({ name }) => {
        if (name === 'b') throw new Error('broken');
        seen.push(name);
        return null;
      },
    });
    expect(failed).toEqual(['b']);
    expect(seen.sort()).toEqual(['a', 'c']);
  });
});
