import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stopDaemon } from '../../src/client/stop.js';
import { packagePath } from '../../src/shared/package-root.js';
import { placesOf } from '../../src/shared/paths.js';
import { homeEnv, makeHome, mustHold } from '../support/daemon.js';

const run = promisify(execFile);
let folder: string;
let unpacked: string;
let home: string;
let repo: string;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'lcad-packed-')));
  home = makeHome();
  repo = join(folder, 'shop');
  mkdirSync(repo);
  const words = ['pack', '--json', '--offline', '--ignore-scripts', '--pack-destination', folder];
  const { stdout } = await run('npm', words, { cwd: packagePath() });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  await run('tar', ['-xzf', join(folder, filename), '-C', folder]);
  unpacked = join(folder, 'package');
  symlinkSync(packagePath('node_modules'), join(unpacked, 'node_modules'));
});

afterAll(async () => {
  await stopDaemon(placesOf({ LCAD_HOME: home }));
  for (const each of [folder, home]) rmSync(each, { recursive: true, force: true });
});

const lcad = (...words: string[]) =>
  run(process.execPath, [join(unpacked, 'bin/lcad.js'), ...words], { cwd: repo, env: homeEnv(home) });

function filesUnder(relative: string): string[] {
  return readdirSync(join(unpacked, relative), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(unpacked.length + 1));
}

describe('the package as it is published', () => {
  test('says its version', async () => {
    const { version } = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as { version: string };
    expect((await lcad('--version')).stdout).toBe(`lcad ${version}\n`);
  });

  test('indexes a repository and finds what is asked for, with its own threads and watcher', async () => {
    writeFileSync(
      join(repo, 'prices.ts'),
      'export function discountedPrice(cents: number) { return cents; }\n',
    );
    writeFileSync(join(repo, 'ship.py'), 'def parcel_weight(parcel):\n    return parcel.grams\n');
    const found = async (query: string) =>
      JSON.parse((await lcad('search', '--add', '--json', query)).stdout) as {
        hits: { path: string }[];
      };
    expect((await found('discountedPrice')).hits[0]).toMatchObject({ path: 'prices.ts' });
    expect((await found('how heavy is a parcel')).hits.map(({ path }) => path)).toContain('ship.py');

    // The daemon that answers is the unpacked one, and so are its child processes.
    const { pid } = mustHold(placesOf({ LCAD_HOME: home }));
    const command = (of: number) => readFileSync(`/proc/${of}/cmdline`, 'utf8').split('\0');
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
    expect(command(pid)).toContain(join(unpacked, 'bin/lcadd.js'));
    expect(children.flatMap(command)).toContain(join(unpacked, 'dist/bundle/watcher.js'));

    writeFileSync(
      join(repo, 'prices.ts'),
      'export function surchargedPrice(cents: number) { return cents; }\n',
    );
    const changed = await lcad('search', '--wait', '--json', 'surchargedPrice');
    expect(changed.stdout).toContain('surchargedPrice');
  });

  test('gives programs the client, with types that know all they refer to', async () => {
    const program = join(unpacked, 'program.ts');
    writeFileSync(
      program,
      `import { openClient } from 'lcad/client';
       const client = await openClient();
       const { repos } = await client.request('lcad/status', {});
       const states: string[] = repos.map(({ state }) => state);
       // @ts-expect-error A repository has no such property.
       repos.map(({ colour }) => colour);
       console.log(JSON.stringify(states));
       client.close();\n`,
    );
    const options = ['--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
    await run(process.execPath, [packagePath('node_modules/typescript/bin/tsc'), ...options, program], {
      cwd: unpacked,
    });
    const { stdout } = await run(process.execPath, [join(unpacked, 'program.js')], { env: homeEnv(home) });
    expect(JSON.parse(stdout)).toEqual(['ready']);

    const relative = /(?:from|import\() ?'(\.[^']*)\.js'/g;
    for (const file of filesUnder('dist').filter((name) => name.endsWith('.d.ts'))) {
      for (const [, target] of readFileSync(join(unpacked, file), 'utf8').matchAll(relative)) {
        expect(existsSync(join(unpacked, dirname(file), `${target}.d.ts`)), `${file}: ${target}`).toBe(true);
      }
    }
  });

  test('holds each module once, and the licences of what is bundled', () => {
    const code = filesUnder('dist').filter((name) => name.endsWith('.js'));
    expect(code.filter((name) => dirname(name) !== 'dist/bundle')).toEqual([]);
    const licences = readFileSync(join(unpacked, 'dist/bundle/LICENSES'), 'utf8').split(/\n-{80}\n\n/);
    expect(licences.map((text) => text.split(' ', 1)[0])).toEqual(['commander', 'picocolors', 'zod']);
    for (const text of licences) expect(text).toMatch(/^\S+ [\d.]+ \(\w+\)\n\n.*Copyright/s);
  });
});
