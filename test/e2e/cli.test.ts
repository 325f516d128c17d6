import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stopDaemon } from '../../src/client/stop.js';
import { runningHolder } from '../../src/shared/lock-record.js';
import { productVersion } from '../../src/shared/versions.js';
import { runCli, runInTerminal, startCli, until } from '../support/cli.js';
import { makeProject, type Project } from '../support/project.js';

/** The real command with the real daemon in a private home: one story, told in order. */
let project: Project;

beforeAll(() => {
  project = makeProject({
    'src/session.py':
      'class SessionStore:\n    """Keeps sessions of users."""\n\n    def open_session(self, user):\n        """Opens a session for a user."""\n        token = make_token(user)\n        self.sessions[token] = user\n        return token\n',
    'src/delay.ts':
      'export function retryDelay(attempt: number): number {\n  // Doubles with each attempt, up to a minute.\n  const base = 100;\n  const delay = base * 2 ** attempt;\n  return Math.min(delay, 60_000);\n}\n',
    'docs/guide.md': '# Guide\n\nHow to install the zeppelin.\n',
  });
});
afterAll(() => project.remove());

const lcad: Project['lcad'] = (...words) => project.lcad(...words);
const json: Project['json'] = (...words) => project.json(...words);

describe('from nothing to results', () => {
  test('one command starts the daemon, indexes the checkout and finds', async () => {
    const { code, stdout, stderr } = await lcad('search', '--add', 'how long until the next attempt');
    expect(stderr).toContain('result');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^src\/delay\.ts:1 {2}function retryDelay, lines 1-6\n/);
    expect(stdout).toContain('  4 :   const delay = base * 2 ** attempt;\n');
    expect(runningHolder(project.places.lockFile)).not.toBeNull();
  });

  test('however many ask at the same moment, one daemon answers', async () => {
    await stopDaemon(project.places);
    const all = await Promise.all(Array.from({ length: 5 }, () => json('start')));
    expect(new Set(all.map(({ pid }) => pid)).size).toBe(1);
    expect(all[0]).toMatchObject({ version: productVersion, socket: project.places.socket });
  });

  test('filters, and what they leave', async () => {
    const found = await json(
      'search',
      'session user',
      '--lang',
      'py',
      '--kind',
      'class,method',
      '--path',
      'src/**',
    );
    expect(found.hits.length).toBeGreaterThan(0);
    for (const hit of found.hits) expect(hit).toMatchObject({ path: 'src/session.py', language: 'python' });
    expect((await lcad('search', 'session', '--path', 'nowhere/**')).code).toBe(4);
  });

  test('--wait sees what was just written', async () => {
    project.repo.write(
      'src/balloon.ts',
      'export function inflateBalloon(litres: number): number {\n  return litres * 2;\n}\n',
    );
    const { code, stdout } = await lcad('search', 'inflateBalloon', '--wait');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^src\/balloon\.ts:1/);
    const { freshness } = await json('search', 'inflateBalloon', '--wait');
    expect(freshness).toMatchObject([{ fresh: true, pending: 0, branch: 'main' }]);
  });

  test('--explain shows evidence', async () => {
    expect((await lcad('search', 'retryDelay', '--explain', '-n', '1')).stdout).toMatch(/\n {2}score \d/);
  });

  test('--exact and --regex find lines, as ripgrep prints them', async () => {
    const exact = await lcad('search', '--exact', '2 ** attempt;');
    expect(exact).toMatchObject({ code: 0, stdout: 'src/delay.ts:4:  const delay = base * 2 ** attempt;\n' });
    expect(exact.stderr).toMatch(/^1 line in 1 file in /);
    const regex = await lcad('search', '-E', '^export .*\\b(retry|inflate)[A-Z]\\w+', '-C', '1');
    expect(regex.stdout).toBe(
      'src/balloon.ts:1:export function inflateBalloon(litres: number): number {\nsrc/balloon.ts-2-  return litres * 2;\n--\n' +
        'src/delay.ts:1:export function retryDelay(attempt: number): number {\nsrc/delay.ts-2-  // Doubles with each attempt, up to a minute.\n',
    );
    const { stdout, stderr } = await lcad('search', '-F', '-i', 'RETURN', '-n', '2', '-p', '!src/balloon.ts');
    expect(stdout.split('\n')).toHaveLength(3);
    expect(stderr).toMatch(/^2 lines in 2 files/);
    expect((await lcad('search', '-F', 'return', '-n', '1')).stderr).toContain(
      'at least 2 more lines, 2 more files',
    );
  });

  test('--exact with --wait sees what was just written; nothing found ends with 4', async () => {
    project.repo.write('src/kite.ts', 'export const kite = "a \\"red\\" kite";\r\n');
    const found = await json('search', '--exact', '--wait', 'a \\"red\\"');
    expect(found).toMatchObject({
      matches: 1,
      more: null,
      files: [
        {
          root: project.repo.root,
          path: 'src/kite.ts',
          lines: [{ line: 1, spans: [{ start: 21, end: 30 }] }],
        },
      ],
      freshness: [{ fresh: true, pending: 0 }],
    });
    const none = await lcad('search', '--exact', 'green kite', '--lang', 'ts');
    expect({ code: none.code, stdout: none.stdout }).toEqual({ code: 4, stdout: '' });
    rmSync(join(project.repo.root, 'src/kite.ts'));
    expect(none.stderr).toMatch(
      /^Nothing was found for green kite\.\n[\s\S]* {2}without --lang ts there may be more\n/,
    );
  });

  test('related finds what is like a place', async () => {
    project.repo.write(
      'src/pause.ts',
      'export function pauseTime(attempt: number): number {\n  const base = 50;\n  const pause = base * 3 ** attempt;\n  return Math.min(pause, 90_000);\n}\n',
    );
    const { code, stdout, stderr } = await lcad('related', 'src/delay.ts:4', '--wait', '--explain');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^src\/pause\.ts:1 {2}function pauseTime, lines 1-5\n {2}score \d/);
    expect(stdout).not.toContain('src/delay.ts:');
    expect(stderr).toContain('like src/delay.ts:1-6 (retryDelay) · ');
    const whole = await json('related', join(project.repo.root, 'src/delay.ts'), '-l', 'py');
    expect(whole.of).toMatchObject({ path: 'src/delay.ts', name: '' });
    for (const hit of whole.hits) expect(hit.language).toBe('python');
    rmSync(join(project.repo.root, 'src/pause.ts'));
  });

  test.each([
    [['search', '--regex', 'a('], 2, 'PATTERN_INVALID'],
    [['search', '--exact', 'a\nb'], 2, 'PATTERN_INVALID'],
    [['search', '--exact', '--regex', 'x'], 2, 'USAGE'],
    [['search', '--regex', 'x', '--explain'], 2, 'USAGE'],
    [['search', 'x', '-i'], 2, 'USAGE'],
    [['search', 'x', '-n', '2000'], 2, 'USAGE'],
    [['related', 'src/nothing.ts'], 1, 'FILE_NOT_INDEXED'],
    [['related', 'src/delay.ts:1000'], 2, 'LINE_NOT_FOUND'],
    [['related', 'src'], 2, 'USAGE'],
    [['related', '/elsewhere/a.ts'], 5, 'REPO_NOT_REGISTERED'],
    [['search', 'x', '--lang', 'klingon'], 2, 'LANGUAGE_UNKNOWN'],
    [['search', 'x', '--kind', 'thing'], 2, 'KIND_UNKNOWN'],
    [['search', 'x', '--repo', 'nowhere'], 5, 'REPO_NOT_REGISTERED'],
    [['search', ' '], 2, 'QUERY_EMPTY'],
    [['add', '/does/not/exist'], 1, 'REPO_PATH_NOT_FOUND'],
    [['remove', 'nowhere'], 5, 'REPO_NOT_REGISTERED'],
    [['rpc', 'lcad/nothing'], 2, 'METHOD_NOT_FOUND'],
    [['rpc', 'lcad/search', '{}'], 2, 'INVALID_PARAMS'],
  ])('lcad %j ends with %d (%s)', async (words, expected, kind) => {
    const { code, stdout } = await lcad(...words, '--json');
    const document = JSON.parse(stdout);
    const error = document.error ?? document.results[0].error;
    expect({ code, kind: error.kind }).toEqual({ code: expected, kind });
    expect(error.next).not.toBe('');
  });
});

describe('repositories', () => {
  test('list and status', async () => {
    expect((await lcad('list')).stdout).toContain(project.repo.root);
    const { repos } = await json('list');
    expect(repos).toMatchObject([{ root: project.repo.root, kind: 'git', state: 'ready' }]);
    const status = await json('status', '.');
    expect(status.repos).toMatchObject([{ files: 4, branch: 'main', pending: 0 }]);
    expect((await lcad('status')).stdout).toMatch(/watcher {2}running[\s\S]* {2}index +4 files, \d+ chunks/);
  });

  test('several are added at once; what fails does not stop the rest', async () => {
    const folder = join(project.home, 'plain');
    mkdirSync(folder);
    writeFileSync(join(folder, 'notes.md'), '# Notes\n\nThe albatross.\n');
    const { code, stdout, stderr } = await lcad(
      'add',
      join(project.home, 'missing'),
      folder,
      project.repo.root,
    );
    expect(code).toBe(1);
    expect(stderr).toContain('error:');
    expect(stdout).toMatch(/^added plain \(.*\/plain\): 1 file, 1 chunk in .*\n/);
    expect(stdout).toContain(`already registered: ${project.repo.root.split('/').at(-1)}`);
    expect((await lcad('search', '--all-repos', 'albatross')).stdout).toContain(join(folder, 'notes.md'));
    expect((await lcad('search', 'albatross', '-r', 'plain')).code).toBe(0);
    expect((await lcad('search', '--exact', 'albatross')).code).toBe(4);
    expect((await lcad('remove', 'plain')).stdout).toContain('removed plain');
    expect((await json('list')).repos).toHaveLength(1);
  });

  test('outside any checkout all repositories are searched', async () => {
    const { code, stdout } = await runCli(['search', 'retryDelay'], { env: project.env, cwd: project.home });
    expect(code).toBe(0);
    expect(stdout).toContain(join(project.repo.root, 'src/delay.ts'));
  });

  test('reindex, in part and in full', async () => {
    expect((await lcad('reindex')).stdout).toMatch(/^reindexed .* in /);
    const before = (await json('status', '.')).repos[0];
    expect((await json('reindex', '--full')).repos).toMatchObject([{ root: project.repo.root }]);
    const after = (await json('status', '.')).repos[0];
    expect(after).toMatchObject({ files: before.files, chunks: before.chunks, state: 'ready' });
  });
});

describe('the daemon', () => {
  test('rpc calls anything, with parameters from standard input too', async () => {
    expect(JSON.parse((await lcad('rpc', 'lcad/repos/list')).stdout).repos).toHaveLength(1);
    const input = '{"query": "retryDelay", "limit": 1}';
    const { stdout } = await runCli(['rpc', 'lcad/search', '-'], { env: project.env, input });
    expect(JSON.parse(stdout).hits).toHaveLength(1);
    const { methods } = JSON.parse((await lcad('rpc', 'rpc.discover')).stdout);
    expect(methods.map(({ name }: { name: string }) => name)).toContain('lcad/search');
  });

  test('a setting reaches it at once', async () => {
    const { reload } = await json('config', 'set', 'index.ignore', '["docs/"]');
    expect(reload.changed).toEqual(['index.ignore']);
    expect((await json('rpc', 'lcad/config/get')).config.index.ignore).toEqual(['docs/']);
    await lcad('config', 'unset', 'index.ignore');
  });

  test('logs, for people and for programs, and followed', async () => {
    expect((await lcad('logs', '-n', '1000')).stdout).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} info {2}/,
    );
    const lines = (await lcad('logs', '--json', '-n', '2')).stdout.trim().split('\n');
    expect(lines.map((line) => typeof JSON.parse(line).msg)).toEqual(['string', 'string']);
    const child = startCli(['logs', '-f', '-n', '0'], { env: project.env });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      output += part;
    });
    await lcad('restart');
    await until(() => output.includes('ready'), 'the new line');
    child.kill('SIGINT');
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
  });

  test('status --watch on a terminal', async () => {
    const run = runInTerminal(['status', '--watch'], { env: project.env, cwd: project.repo.root });
    await run.shows('4 files');
    project.repo.write('src/extra.ts', 'export const extra = 1;\n');
    await run.shows('5 files');
    run.type('q');
    expect(await run.ended()).toBe(0);
  });

  test('stop ends it, and status says so', async () => {
    const { stopped, by } = await json('stop');
    expect({ stopped, by }).toEqual({ stopped: true, by: 'request' });
    expect((await lcad('status')).code).toBe(3);
    expect((await lcad('search', 'retryDelay')).code).toBe(0);
  });
});
