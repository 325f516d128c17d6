import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RequestContext } from '../../src/daemon/rpc/contract.js';
import type { DaemonHandlers } from '../../src/daemon/rpc/options.js';
import type { RepoSummary, ReposAddParams } from '../../src/protocol/repos.js';
import type { SearchParams, SearchResult } from '../../src/protocol/search.js';
import type { StatusResult } from '../../src/protocol/status.js';
import { LcadError } from '../../src/shared/errors.js';
import { runBash, runCli, runInTerminal, startCli, type TerminalRun, until } from '../support/cli.js';
import { handlersWith, startServer, type TestServer, untilAborted } from '../support/rpc.js';

/** The real command and the real protocol, with a server whose answers are set: states that are rare come at will. */
let server: TestServer;
let folder: string;
let env: NodeJS.ProcessEnv;
let terminals: TerminalRun[];

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'lcad-term-')));
  terminals = [];
});
afterEach(async () => {
  for (const terminal of terminals) terminal.kill();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function serve(handlers: Partial<DaemonHandlers>): Promise<void> {
  server = await startServer({ handlers: { ...handlersWith(), ...handlers } });
  env = { LCAD_HOME: folder, LCAD_SOCKET: server.path };
}

function onTerminal(
  words: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; columns?: number } = {},
) {
  const run = runInTerminal(words, { ...options, env: { ...env, ...options.env } });
  terminals.push(run);
  return run;
}

const summary = (): RepoSummary => ({
  id: 'r1',
  name: 'shop',
  root: folder,
  kind: 'git',
  family: 'f1',
  state: 'ready',
  addedAt: '2025-01-01T00:00:00.000Z',
});

function found(change: Partial<SearchResult> = {}): SearchResult {
  return {
    hits: [
      {
        repo: 'r1',
        root: folder,
        path: 'src/cart.ts',
        otherPaths: [],
        startLine: 8,
        endLine: 10,
        language: 'typescript',
        kind: 'method',
        name: 'addItem',
        scope: 'Cart',
        score: 0.8,
        snippet: { startLine: 8, text: 'addItem(item) {\n\tthis.items.push(item); // \x1b]0;owned\x07\n}' },
      },
    ],
    tried: { terms: ['item'], vectors: 'off' },
    notes: [],
    freshness: [
      {
        repo: 'r1',
        name: 'shop',
        root: folder,
        epoch: 'e',
        generation: 3,
        head: '3f2a1c9b',
        branch: 'main',
        pending: 0,
        state: 'ready',
        fresh: true,
      },
    ],
    tookMs: 4.2,
    ...change,
  };
}

describe('lcad search', () => {
  test('through a pipe: plain text on standard output, the rest on standard error', async () => {
    await serve({ 'lcad/search': () => found() });
    expect(await runCli(['search', 'item'], { cwd: folder, env })).toEqual({
      code: 0,
      stdout:
        'src/cart.ts:8  method addItem in Cart, lines 8-10\n   8 : addItem(item) {\n   9 : \tthis.items.push(item); // ␛]0;owned␇\n  10 : }\n',
      stderr: '1 result in 4.2 ms · shop: main at 3f2a1c9\n',
    });
  });

  test('on a terminal: colours, and nothing of a file steers it', async () => {
    await serve({ 'lcad/search': () => found() });
    const run = onTerminal(['search', 'item'], { cwd: folder });
    expect(await run.ended()).toBe(0);
    expect(run.output()).toContain('\x1b[1m\x1b[33mitem\x1b[39m\x1b[22m');
    expect(run.output()).not.toContain('\x1b]0;');
    expect(stripVTControlCharacters(run.output())).toContain(
      '   9 │     this.items.push(item); // ␛]0;owned␇',
    );
  });

  test.each([
    ['--no-color', {}],
    ['--json', {}],
    ['-n3', { NO_COLOR: '1' }],
    ['-n3', { TERM: 'dumb' }],
  ])('no colours with %s %j', async (option, more) => {
    await serve({ 'lcad/search': () => found() });
    const run = onTerminal(['search', 'item', option], { cwd: folder, env: more });
    expect(await run.ended()).toBe(0);
    expect(run.output()).not.toContain('\x1b');
  });

  test('FORCE_COLOR colours a pipe', async () => {
    await serve({ 'lcad/search': () => found() });
    const { stdout } = await runCli(['search', 'item'], { cwd: folder, env: { ...env, FORCE_COLOR: '1' } });
    expect(stdout).toContain('\x1b[');
  });

  test('lines fit the terminal', async () => {
    const long = found();
    const [hit] = long.hits;
    if (hit) hit.snippet = { startLine: 1, text: `item ${'x'.repeat(500)}` };
    await serve({ 'lcad/search': () => long });
    const run = onTerminal(['search', 'item'], { cwd: folder, columns: 60 });
    await run.ended();
    const widest = stripVTControlCharacters(run.output())
      .split(/\r?\n/)
      .map((line) => line.length);
    expect(Math.max(...widest)).toBe(60);
  });

  test('every option reaches the daemon', async () => {
    let got: SearchParams | undefined;
    await serve({
      'lcad/search': (params) => {
        got = params;
        return found();
      },
    });
    const line =
      'search two words -r shop -r ./lib --path src/** -p !**/*.{test,spec}.ts -l ts,py -l go -k method -n 3 --lines 4 --all --explain';
    await runCli(line.split(' '), { cwd: folder, env });
    expect(got).toEqual({
      query: 'two words',
      repos: ['shop', join(folder, 'lib')],
      paths: ['src/**', '!**/*.{test,spec}.ts'],
      languages: ['ts', 'py', 'go'],
      kinds: ['method'],
      limit: 3,
      snippetLines: 4,
      all: true,
      explain: true,
    });
  });

  test('every option of a search for lines reaches the daemon', async () => {
    const got: unknown[] = [];
    await serve({
      'lcad/grep': (params) => {
        got.push(params);
        return { files: [], matches: 0, more: null, unsearched: 0, notes: [], freshness: [], tookMs: 1 };
      },
    });
    const line = 'search --regex two words -i -C 2 -r shop -p src/** -l ts -k method -n 3000';
    await runCli(line.split(' '), { cwd: folder, env });
    await runCli(['search', '-F', '-r', 'shop', '--', '--x'], { cwd: folder, env });
    expect(got).toEqual([
      {
        pattern: 'two words',
        syntax: 'regex',
        ignoreCase: true,
        contextLines: 2,
        repos: ['shop'],
        paths: ['src/**'],
        languages: ['ts'],
        kinds: ['method'],
        limit: 3000,
      },
      { pattern: '--x', syntax: 'literal', repos: ['shop'] },
    ]);
  });

  test('every option of related reaches the daemon', async () => {
    let got: unknown;
    await serve({
      'lcad/repos/list': () => ({ repos: [summary()] }),
      'lcad/related': (params) => {
        got = params;
        const of = { repo: 'r1', root: folder, path: 'a.ts', startLine: 1, endLine: 2, kind: '', name: '' };
        return { ...found(), of };
      },
    });
    const line = 'related a.ts:7 -A -p src/** -l ts -k method -n 3 --all --lines 4 --explain --wait';
    const { code, stderr } = await runCli(line.split(' '), { cwd: folder, env });
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('like a.ts:1-2 · 1 result'),
    });
    expect(got).toEqual({
      file: join(folder, 'a.ts'),
      line: 7,
      repos: ['r1'],
      paths: ['src/**'],
      languages: ['ts'],
      kinds: ['method'],
      limit: 3,
      all: true,
      snippetLines: 4,
      explain: true,
      waitFresh: true,
      deadlineMs: 60_000,
    });
  });

  test('nothing found ends with 4 and says what was tried', async () => {
    await serve({ 'lcad/search': () => found({ hits: [] }) });
    const { code, stdout, stderr } = await runCli(['search', 'item', '-k', 'class'], { cwd: folder, env });
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toMatch(/^Nothing was found\.\n[\s\S]* {2}without --kind class there may be more\n/);
    const json = await runCli(['search', 'item', '--json'], { cwd: folder, env });
    expect(json.code).toBe(4);
    expect(JSON.parse(json.stdout)).toEqual(found({ hits: [] }));
  });

  test('an error of the daemon is printed with its next step', async () => {
    await serve({
      'lcad/search': () => {
        throw new LcadError('LANGUAGE_UNKNOWN', 'There is no language "klingon".');
      },
    });
    expect(await runCli(['search', 'x', '-l', 'klingon'], { cwd: folder, env })).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: There is no language "klingon".\n  `lcad search --help` lists the languages.\n',
    });
  });

  test('Ctrl-C cancels the request and ends with 130', async () => {
    let aborted = false;
    let asked = false;
    await serve({
      'lcad/search': (_params, { signal }: RequestContext) => {
        asked = true;
        signal.addEventListener('abort', () => {
          aborted = true;
        });
        return untilAborted(signal);
      },
    });
    const child = startCli(['search', 'x'], { cwd: folder, env });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    await until(() => asked, 'the request');
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    await until(() => aborted, 'the cancellation');
  });

  test('a reader that leaves (head) ends it quietly', async () => {
    const hits = Array.from({ length: 1000 }, () => found().hits[0]).flatMap((hit) => hit ?? []);
    await serve({ 'lcad/search': () => found({ hits }) });
    const { code, stderr, stdout } = await runBash('set -o pipefail; lcad search item | head -n 1', {
      cwd: folder,
      env,
    });
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'src/cart.ts:8  method addItem in Cart, lines 8-10\n',
    });
    expect(stderr).not.toContain('rror');
  });
});

describe('lcad search where nothing is registered', () => {
  let added: ReposAddParams[];
  const handlers = (): Partial<DaemonHandlers> => ({
    'lcad/search': ({ repos }) => {
      if (added.length === 0 && repos) throw new LcadError('REPO_NOT_REGISTERED', 'Not registered.');
      return added.length === 0 ? found({ hits: [], freshness: [] }) : found();
    },
    'lcad/repos/add': (params, { notify }) => {
      added.push(params);
      const token = params.progressToken;
      if (token !== undefined) {
        notify('$/progress', { token, value: { repo: 'r1', phase: 'derive', done: 30, total: 120 } });
      }
      return new Promise((resolve) =>
        setTimeout(() => resolve({ repo: summary(), added: true, note: null }), params.wait ? 1500 : 0),
      );
    },
  });

  beforeEach(async () => {
    added = [];
    await serve(handlers());
    mkdirSync(join(folder, '.git'));
    mkdirSync(join(folder, 'lib'));
  });

  test('a checkout: says how, and ends with 5', async () => {
    const { code, stdout, stderr } = await runCli(['search', 'x'], { cwd: join(folder, 'lib'), env });
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(stderr).toBe(
      `error: ${folder} is not registered.\n  Register it with \`lcad add\`, run this again with --add, or choose others with --all-repos or --repo.\n`,
    );
    expect(added).toEqual([]);
  });

  test('outside any checkout: says how to add one', async () => {
    rmSync(join(folder, '.git'), { recursive: true });
    const { code, stderr } = await runCli(['search', 'x'], { cwd: folder, env });
    expect(code).toBe(5);
    expect(stderr).toContain('No repository is registered yet.');
  });

  test('--add registers it first, and shows no progress bar in a pipe', async () => {
    const { code, stdout, stderr } = await runCli(['search', 'x', '--add'], {
      cwd: join(folder, 'lib'),
      env,
    });
    expect(code).toBe(0);
    expect(stdout).toContain('addItem');
    expect(stderr).toMatch(/^indexing lib …\n1 result/);
    expect(added).toMatchObject([{ path: join(folder, 'lib'), wait: true }]);
  });

  test('Ctrl-C while it indexes ends with 130 and says that indexing goes on', async () => {
    const child = startCli(['add', folder], { env });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      stderr += part;
    });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    await until(() => added.length === 1, 'the request');
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(stderr).toBe('Indexing goes on in the background; `lcad status --watch` follows it.\n');
  });

  test('on a terminal it offers to, shows the progress, cleans up, and searches', async () => {
    const run = onTerminal(['search', 'item'], { cwd: join(folder, 'lib') });
    await run.shows('is not registered. Index it now? [y/N]');
    run.type('y\r');
    await run.shows('30 of 120 files');
    expect(await run.ended()).toBe(0);
    expect(added).toMatchObject([{ path: folder, wait: true }]);
    const output = run.output();
    expect(stripVTControlCharacters(output)).toContain('█████░░░░░░░░░░░░░░░ 25%');
    const afterBar = output.slice(output.lastIndexOf('30 of 120'));
    expect(afterBar).toContain('\r\x1b[2K\x1b[?25h');
    expect(stripVTControlCharacters(afterBar)).toContain('addItem');
  });

  test('on a terminal, no is no', async () => {
    const run = onTerminal(['search', 'item'], { cwd: folder });
    await run.shows('[y/N]');
    run.type('\r');
    expect(await run.ended()).toBe(5);
    expect(added).toEqual([]);
  });

  test('on a terminal, the end of input is no', async () => {
    const run = onTerminal(['search', 'item'], { cwd: folder });
    await run.shows('[y/N]');
    run.type('\x04');
    expect(await run.ended()).toBe(5);
    expect(added).toEqual([]);
  });

  test('on a terminal, Ctrl-C at the question ends with 130', async () => {
    const run = onTerminal(['search', 'item'], { cwd: folder });
    await run.shows('[y/N]');
    run.type('\x03');
    expect(await run.ended()).toBe(130);
    expect(added).toEqual([]);
  });

  test('a checkout nested in a registered repository is one of its own, a submodule is not', async () => {
    added.push({ path: folder });
    const nested = join(folder, 'lib');
    mkdirSync(join(nested, '.git'));
    expect((await runCli(['search', 'x'], { cwd: nested, env })).stderr).toContain(
      `${nested} is not registered`,
    );
    rmSync(join(nested, '.git'), { recursive: true });
    writeFileSync(join(nested, '.git'), 'gitdir: ../.git/modules/lib\n');
    expect((await runCli(['search', 'x'], { cwd: nested, env })).code).toBe(0);
  });
});

function status(change: Partial<StatusResult['repos'][number]> = {}): StatusResult {
  return {
    daemon: {
      version: '0.1.0',
      pid: 4711,
      socket: '/s',
      logFile: '/l',
      configFile: '/c',
      dataFolder: '/data',
      startedAt: '2025-01-01T00:00:00.000Z',
      uptimeSeconds: 11_520,
      memory: { rssBytes: 312e6, watcherRssBytes: 24e6 },
      workers: { threads: 2, busy: 0, queued: 0, restarts: 0 },
      watcher: { state: 'running', pid: 4712, watches: 1204, restarts: 0 },
      ctags: {
        state: 'absent',
        version: null,
        path: null,
        sandboxed: false,
        languages: ['ada', 'sql'],
        message: 'There is none.',
        next: 'Install it.',
      },
      clients: 3,
      degraded: [],
    },
    repos: [
      {
        ...summary(),
        epoch: 'e',
        generation: 17,
        head: '3f2a1c9b',
        branch: 'main',
        gitOperation: 'rebase',
        files: 7012,
        chunks: 61_200,
        languages: [{ language: 'typescript', files: 5021, chunks: 50_000 }],
        pending: 12,
        progress: null,
        lastChange: null,
        skipped: { binary: 120, oversized: 3 },
        quarantined: [{ path: 'evil\x1b[2J.js', reason: 'its parse did not end' }],
        watching: 'events',
        diskBytes: 52e6,
        embedding: {
          provider: 'none',
          model: null,
          dimensions: null,
          state: 'off',
          embedded: 0,
          total: 0,
          message: null,
        },
        degraded: [{ kind: 'watch-limit', message: 'Too few watches.', next: 'Raise the limit.' }],
        ...change,
      },
    ],
  };
}

describe('lcad status', () => {
  test('one repository in full', async () => {
    await serve({ 'lcad/status': () => status() });
    const { code, stdout } = await runCli(['status'], { env });
    expect(code).toBe(0);
    expect(stdout).toBe(`lcad 0.1.0  running for 3 h 12 min, pid 4711
  memory   312 MB, watcher 24 MB
  workers  2 threads, 0 busy, 0 queued
  watcher  running, 1,204 watches
  ctags    absent: sql and 1 more have no symbols. There is none. Install it.
  clients  3 connected
  data     /data

shop  ready
  root       ${folder} (git)
  id         r1, family f1
  index      7,012 files, 61,200 chunks, 52 MB on disk
  checkout   main at 3f2a1c9, rebase under way
  changed    never, generation 17
  pending    12 files
  watching   by events
  languages  typescript 5,021
  skipped    binary 120, oversized 3
  vectors    off
  quarantined, indexed by lines only:
    evil␛[2J.js: its parse did not end
  degraded: Too few watches.
    Raise the limit.
`);
  });

  test('several repositories as a table, and below it what needs attention', async () => {
    const one = status();
    const other = status({
      id: 'r2',
      name: 'other',
      gitOperation: null,
      quarantined: [],
      degraded: [],
    }).repos;
    await serve({ 'lcad/status': () => ({ ...one, repos: [...one.repos, ...other] }) });
    const { stdout } = await runCli(['status'], { env });
    expect(stdout).toMatch(/REPOSITORY {2}STATE {2}FILES {2}CHUNKS {2}PENDING {2}CHECKOUT/);
    expect(stdout).toMatch(/\nother {7}ready {2}7,012 {2}61,200 {7}12 {2}main at 3f2a1c9 {2}never/);
    expect(stdout).toContain(
      '\nshop\n  rebase under way\n  1 file quarantined; `lcad status shop` lists them\n',
    );
  });

  test('the empty state says how to begin', async () => {
    await serve({ 'lcad/status': () => ({ ...status(), repos: [] }) });
    const { stdout } = await runCli(['status'], { env });
    expect(stdout).toContain('\nNo repositories yet. Add one with:\n  lcad add <path>\n');
  });

  test('--watch redraws in place until q, and leaves the terminal as it was', async () => {
    let files = 1;
    await serve({
      'lcad/status': () => status({ files, progress: { phase: 'derive', done: files, total: 40 } }),
    });
    const run = onTerminal(['status', '--watch']);
    await run.shows('1 file,');
    files = 20;
    await run.shows('20 files,');
    expect(stripVTControlCharacters(run.output())).toContain('parsing  ██████████░░░░░░░░░░ 50%  20 of 40');
    run.type('q');
    expect(await run.ended()).toBe(0);
    expect(run.output().startsWith('\x1b[?1049h')).toBe(true);
    expect(run.output().endsWith('\x1b[?25h\x1b[?1049l')).toBe(true);
  });

  test('--watch also ends with Ctrl-C, and survives a daemon that goes', async () => {
    await serve({ 'lcad/status': () => status() });
    const run = onTerminal(['status', '--watch']);
    await run.shows('7,012 files');
    await server.close();
    await run.shows('lcad is not running');
    run.type('\x03');
    expect(await run.ended()).toBe(0);
  });

  test('--watch --json prints a line per change', async () => {
    let files = 1;
    await serve({ 'lcad/status': () => status({ files }) });
    const child = startCli(['status', '--watch', '--json'], { env });
    const lines: string[] = [];
    child.stdout.setEncoding('utf8').on('data', (part: string) => lines.push(...part.trim().split('\n')));
    await until(() => lines.length === 1, 'the first line');
    files = 2;
    await until(() => lines.length === 2, 'the second line');
    child.kill('SIGINT');
    await new Promise((resolve) => child.once('close', resolve));
    expect(lines.map((line) => JSON.parse(line).repos[0].files)).toEqual([1, 2]);
  });

  test('--watch in a pipe is wrong usage', async () => {
    await serve({});
    const { code, stderr } = await runCli(['status', '--watch'], { env });
    expect(code).toBe(2);
    expect(stderr).toContain('--watch needs a terminal, or --json.');
  });
});

describe('a daemon of another version', () => {
  /** Answers `initialize` as that version, and lists nothing: what an older or newer daemon would do. */
  function serveVersion(reply: object): Promise<Server> {
    const other = createServer((socket) => {
      let text = '';
      socket.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        const lines = text.split('\n');
        text = lines.pop() ?? '';
        for (const line of lines) {
          const { id, method } = JSON.parse(line);
          const answer = method === 'initialize' ? reply : { result: { repos: [] } };
          socket.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...answer })}\n`);
        }
      });
    });
    return new Promise((resolve) => other.listen(join(folder, 's'), () => resolve(other)));
  }

  const limits = { messageBytes: 1e6, messageDepth: 64, batchSize: 10, inFlight: 10 };

  test('that speaks the same protocol is used, with a warning', async () => {
    await serve({});
    const serverInfo = { name: 'lcad', version: '0.0.9' };
    const other = await serveVersion({
      result: { serverInfo, protocolVersion: 1, capabilities: {}, limits, pid: 7 },
    });
    try {
      const { code, stderr } = await runCli(['list'], { env: { ...env, LCAD_SOCKET: join(folder, 's') } });
      expect(code).toBe(0);
      expect(stderr).toMatch(
        /^warning: the daemon is lcad 0\.0\.9, this command .*; `lcad restart` makes them one\n/,
      );
    } finally {
      other.close();
    }
  });

  test('that speaks another protocol is refused, with what to do', async () => {
    await serve({});
    const data = { kind: 'DAEMON_VERSION', next: 'Run `lcad restart` so that both are of one version.' };
    const other = await serveVersion({
      error: { code: 1205, message: 'This daemon speaks version 2.', data },
    });
    try {
      const { code, stderr } = await runCli(['list'], { env: { ...env, LCAD_SOCKET: join(folder, 's') } });
      expect(code).toBe(3);
      expect(stderr).toBe(
        'error: This daemon speaks version 2.\n  Run `lcad restart` so that both are of one version.\n',
      );
    } finally {
      other.close();
    }
  });
});
