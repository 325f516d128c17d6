import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalog } from '../../src/client/catalog.js';
import { productVersion } from '../../src/shared/versions.js';
import { runCli } from '../support/cli.js';

/** A home in which nothing runs, and nothing is started. */
let env: NodeJS.ProcessEnv;
let home: string;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'lcad-usage-'));
  env = { LCAD_HOME: home };
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const lcad = (...words: string[]) => runCli(words, { env });

describe('help', () => {
  test('lists every command, examples and exit codes', async () => {
    const { code, stdout } = await lcad('--help');
    expect(code).toBe(0);
    const inOneLine = stdout.replaceAll(/\s+/g, ' ');
    for (const { name, summary } of catalog) expect(inOneLine).toContain(` ${name} ${summary}`);
    expect(stdout).toMatch(/Examples:\n.*\n[\s\S]*Exit codes:\n {2}0 +done/);
  });

  test('no words at all show the same', async () => {
    expect((await lcad()).stdout).toBe((await lcad('--help')).stdout);
  });

  test.each(catalog.map(({ name }) => name))('%s has its usage and examples', async (name) => {
    const { code, stdout, stderr } = await lcad(name, '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`Usage: lcad ${name}`);
    expect(stdout).toContain('Examples:\n');
  });

  test('`lcad help search` is `lcad search --help`', async () => {
    expect(await lcad('help', 'search')).toEqual(await lcad('search', '--help'));
  });

  test('the version', async () => {
    expect(await lcad('--version')).toEqual({ code: 0, stdout: `lcad ${productVersion}\n`, stderr: '' });
  });
});

describe('wrong usage ends with 2 and says what is wrong', () => {
  test.each([
    ['serch', "error: unknown command 'serch'\n(Did you mean search?)\n  Run `lcad --help`.\n"],
    ['search', "error: missing required argument 'query'\n  Run `lcad search --help`.\n"],
    ['search x --limit many', 'Give a whole number from 1 to 10000.'],
    ['list --everything', "error: unknown option '--everything'\n"],
    ['completion tcsh', 'error: There is no completion for "tcsh".\n  Give one of: bash, zsh, fish.\n'],
    ['rpc lcad/status {', 'error: The parameters are not JSON'],
    ['config get index.nothing', 'index.nothing'],
  ])('lcad %s', async (line, message) => {
    const { code, stdout, stderr } = await lcad(...line.split(' '));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
  });

  test.each(['search x --bogus --json', 'nothing --json'])('as a document: lcad %s', async (line) => {
    const { code, stdout, stderr } = await lcad(...line.split(' '));
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      error: {
        kind: 'USAGE',
        code: 1901,
        message: expect.stringContaining('unknown'),
        next: expect.any(String),
      },
    });
  });
});

describe('without a daemon', () => {
  test('status says so, starts none, and ends with 3', async () => {
    expect(await lcad('status')).toEqual({
      code: 3,
      stdout:
        'lcad is not running\n  Start it with `lcad start`. Any command that needs it starts it, too.\n',
      stderr: '',
    });
    const { code, stdout } = await lcad('status', '--json');
    expect(code).toBe(3);
    expect(JSON.parse(stdout).error.kind).toBe('DAEMON_NOT_RUNNING');
  });

  test('stop has nothing to do', async () => {
    expect(await lcad('stop')).toEqual({ code: 0, stdout: 'lcad was not running\n', stderr: '' });
  });

  test('rpc --no-start fails, and LCAD_DEBUG shows where', async () => {
    const plain = await lcad('rpc', '--no-start', 'lcad/status');
    expect(plain.code).toBe(3);
    expect(plain.stderr).toMatch(/^error: No daemon answers at .*\n {2}Start it with `lcad start`\.\n$/);
    const debug = await runCli(['rpc', '--no-start', 'lcad/status'], { env: { ...env, LCAD_DEBUG: '1' } });
    expect(debug.stderr).toContain('    at ');
  });

  test('there is no log yet', async () => {
    const { code, stderr } = await lcad('logs');
    expect(code).toBe(3);
    expect(stderr).toContain('There is no log yet');
  });

  test('a socket path that is too long is an error of its own', async () => {
    const long = join(home, 'x'.repeat(120));
    const { code, stderr } = await runCli(['list'], { env: { ...env, LCAD_SOCKET: long } });
    expect(code).toBe(3);
    expect(stderr).toContain('Set LCAD_SOCKET to a shorter path.');
  });
});

describe('config needs no daemon', () => {
  test('set, get, list, unset', async () => {
    expect((await lcad('config', 'set', 'index.maxFileKib', '2048')).stdout).toBe(
      'index.maxFileKib: 1024 -> 2048\n',
    );
    expect((await lcad('config', 'get', 'index.maxFileKib')).stdout).toBe('2048\n');
    const changed = JSON.parse((await lcad('config', 'list', '--changed', '--json')).stdout);
    expect(changed.entries).toMatchObject([{ key: 'index.maxFileKib', value: 2048, default: 1024 }]);
    expect((await lcad('config', 'unset', 'index.maxFileKib')).stdout).toBe(
      'index.maxFileKib: 2048 -> 1024\n',
    );
    expect((await lcad('config', 'list', '--changed')).stderr).toBe('Every key has its default.\n');
    const { stdout } = await lcad('config', 'list');
    expect(stdout).toMatch(/^KEY +VALUE +MEANING\nindex\.maxFileKib +1024 +Larger files are skipped/);
  });

  test('init, path and edit', async () => {
    const file = join(home, 'config', 'config.toml');
    expect((await lcad('config', 'path')).stdout).toBe(`${file}\n`);
    rmSync(file, { force: true });
    expect(JSON.parse((await lcad('config', 'init', '--json')).stdout)).toEqual({ file, created: true });
    expect((await lcad('config', 'init')).stdout).toBe(`${file} is there already; it stays as it is\n`);
    const spoil = await runCli(['config', 'edit'], { env: { ...env, EDITOR: 'echo "[index" >' } });
    expect(spoil.code).toBe(1);
    expect(spoil.stderr).toContain(`${file}:1`);
    rmSync(file);
  });

  test('a value of the wrong kind changes nothing', async () => {
    const { code, stderr } = await lcad('config', 'set', 'index.workers', 'many');
    expect(code).toBe(1);
    expect(stderr).toContain('index.workers');
    expect((await lcad('config', 'get', 'index.workers')).stdout).toBe('0\n');
  });
});
