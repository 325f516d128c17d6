import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CollectOptions } from '../../src/daemon/sources/contract.js';
import { makeFolder } from '../support/git-repo.js';
import { collectOptions, makeSources, providersOf, sourceRepo } from '../support/sources.js';

let root: string;

beforeEach(() => {
  root = makeFolder();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

type Given = Parameters<typeof providersOf>[0];
const node = (script: string, ...args: string[]) => [process.execPath, '-e', script, ...args];
const shell = (script: string) => ['/bin/sh', '-c', script];

function collectAll(given: Given[], more: Partial<CollectOptions> = {}) {
  const sources = makeSources({ providers: providersOf(...given) });
  const requests = given.map((_, index) => ({ kind: 'provider' as const, name: `p${index}` }));
  return { sources, reply: sources.collect(requests, collectOptions([sourceRepo(root)], more)) };
}

async function textOf(given: Given, more: Partial<CollectOptions> = {}): Promise<string> {
  const { pieces, omissions } = await collectAll([given], more).reply;
  expect(omissions).toEqual([]);
  return pieces.map(({ text }) => text).join('');
}

async function reasonOf(given: Given, more: Partial<CollectOptions> = {}): Promise<string> {
  const { pieces, omissions } = await collectAll([given], more).reply;
  expect(pieces).toEqual([]);
  expect(omissions).toHaveLength(1);
  return omissions[0]?.reason ?? '';
}

/** The processes whose ids were written to a file, once there are so many. */
async function processesIn(file: string, count: number): Promise<number[]> {
  return await vi.waitFor(
    () => {
      const ids = readFileSync(file, 'utf8').trim().split('\n').map(Number);
      expect(ids).toHaveLength(count);
      return ids;
    },
    { timeout: 10_000, interval: 10 },
  );
}

function isAlive(pid: number): boolean {
  try {
    // A zombie has ended too: nobody waits for it here.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    // There is no such process.
    return false;
  }
}

const allDead = (ids: readonly number[]) =>
  vi.waitFor(() => expect(ids.filter(isAlive)).toEqual([]), { timeout: 5000, interval: 10 });

describe('what a provider prints', () => {
  test('is taken as text that is not trusted', async () => {
    const { pieces, omissions } = await collectAll([{ command: ['printf', 'one\\ntwo\\n'] }]).reply;
    expect(omissions).toEqual([]);
    expect(pieces).toEqual([
      {
        kind: 'provider',
        source: 'provider p0',
        title: 'Output of the command "p0"',
        repo: sourceRepo(root).id,
        path: null,
        language: '',
        startLine: null,
        endLine: null,
        text: 'one\ntwo\n',
        trusted: false,
      },
    ]);
  });

  test('is read as UTF-8 whatever it is, without control characters', async () => {
    const script = `process.stdout.write(Buffer.from('\\x1b[31mred\\x1b[0m\\x07 \\xff\\xc3\\xa9\\u0000\\r\\nb\\x1b]0;title\\x07!', 'latin1'))`;
    expect(await textOf({ command: node(script) })).toBe('red \ufffdé\nb!\n');
  });

  test('is cut to what there is room for, at a line', async () => {
    const { pieces, omissions } = await collectAll([{ command: shell('yes line | head -n 100') }], {
      maxChars: 52,
    }).reply;
    expect(pieces[0]?.text).toBe('line\n'.repeat(10));
    expect(omissions[0]?.reason).toMatch(/printed 499 characters; the end does not fit/);
  });
});

describe('a provider runs', () => {
  test('without a shell, in the folder of the repository, with nothing to read', async () => {
    const script =
      'process.stdin.on("data", () => {}).on("end", () => console.log(process.cwd(), ...process.argv.slice(1)))';
    expect(await textOf({ command: node(script, '$HOME', '; ls', '*') })).toBe(`${root} $HOME ; ls *\n`);
    expect(await textOf({ command: ['pwd'], cwd: '/' }, { repo: null })).toBe('/\n');
  });

  test('with few variables, those it is allowed, and what is asked', async () => {
    vi.stubEnv('LCAD_TEST_SECRET', 'hidden').stubEnv('LCAD_TEST_TOKEN', 'shown');
    const script = 'console.log(JSON.stringify(process.env))';
    const more = { query: 'why\0?', file: `${root}/a.ts` };
    const env = JSON.parse(await textOf({ command: node(script), env: ['LCAD_TEST_TOKEN'] }, more));
    vi.unstubAllEnvs();
    expect(env).toMatchObject({
      PATH: process.env.PATH,
      LCAD_TEST_TOKEN: 'shown',
      LCAD_QUERY: 'why?',
      LCAD_REPO: root,
      LCAD_FILE: `${root}/a.ts`,
    });
    expect(env).not.toHaveProperty('LCAD_TEST_SECRET');
  });
});

describe('a provider that fails is a reason:', () => {
  test.each<[what: string, given: Given, reason: RegExp]>([
    ['no program', { command: ['/no/such/program'] }, /^\/no\/such\/program was not found\.$/],
    ['no program on the path', { command: ['no-such-program-at-all'] }, /was not found/],
    ['a file that is none', { command: ['/etc/passwd'] }, /cannot be started: EACCES/],
    ['an argument that is none', { command: ['echo', 'a\0b'] }, /cannot be started: .*null bytes/],
    ['no folder to run in', { command: ['pwd'], cwd: '/no/such/folder' }, /folder .* is not there: \/no/],
    ['an exit code', { command: shell('echo out; echo no luck >&2; exit 3') }, /ended with code 3: no luck$/],
    ['a signal', { command: shell('kill -TERM $$') }, /was ended by SIGTERM\.$/],
    ['nothing printed', { command: ['true'] }, /^It printed nothing\.$/],
    ['only blanks', { command: ['printf', ' \\n\\033[0m\\n'] }, /^It printed nothing\.$/],
    [
      'a hang',
      { command: ['sleep', '1000'], deadlineMs: 100 },
      /^sleep did not end in 100 ms and was killed\.$/,
    ],
    [
      'a flood',
      { command: ['yes'], maxBytes: 100_000 },
      /^yes printed more than 100000 bytes and was killed\.$/,
    ],
    ['a flood of errors', { command: shell('yes >&2'), deadlineMs: 300 }, /did not end in 300 ms/],
  ])('%s', async (_what, given, reason) => {
    expect(await reasonOf(given)).toMatch(reason);
  });

  test('one that is not configured, or whose repository is not known', async () => {
    const sources = makeSources({ providers: providersOf({ command: ['true'] }) });
    const ask = (name: string, repo: ReturnType<typeof sourceRepo> | null) =>
      sources.collect([{ kind: 'provider', name }], collectOptions([], { repo }));
    expect((await ask('other', null)).omissions).toEqual([
      { source: 'provider other', reason: 'There is no provider called other; configured: p0.' },
    ]);
    expect((await ask('p0', null)).omissions[0]?.reason).toMatch(/not said which repository/);
  });

  test('and others go on meanwhile', async () => {
    const { reply } = collectAll([
      { command: ['sleep', '1000'], deadlineMs: 400 },
      { command: ['echo', 'well'] },
      { command: ['false'] },
    ]);
    const { pieces, omissions } = await reply;
    expect(pieces.map(({ source, text }) => [source, text])).toEqual([['provider p1', 'well\n']]);
    expect(omissions.map(({ source }) => source)).toEqual(['provider p0', 'provider p2']);
  });
});

describe('nothing of a provider stays', () => {
  // Itself and a child of its own that ignores signals; both write their ids.
  const family = (then: string) => {
    const own = `trap '' TERM HUP INT; echo $$ >> ids; sleep 1000`;
    return shell(`echo $$ >> ids; sh -c "${own.replaceAll('$', '\\$')}" > /dev/null & ${then}`);
  };

  test.each([
    ['is late', 'sleep 1000', { deadlineMs: 500 }],
    ['floods', 'while [ $(wc -l < ids) -lt 2 ]; do :; done; yes', {}],
    ['is done, with a child that goes on', 'while [ $(wc -l < ids) -lt 2 ]; do :; done; echo done', {}],
    ['fails', 'while [ $(wc -l < ids) -lt 2 ]; do :; done; exit 1', {}],
  ])('when it %s', async (_what, then, more) => {
    const { reply } = collectAll([{ command: family(then), ...more }]);
    const ids = await processesIn(join(root, 'ids'), 2).catch(() => []);
    await reply;
    expect(ids).toHaveLength(2);
    await allDead(ids);
  });

  test('when its output is held open by a child that left its group', async () => {
    const script = `const { spawn } = require('node:child_process');
      const child = spawn('sleep', ['1000'], { detached: true, stdio: ['ignore', 'inherit', 'ignore'] });
      console.log(child.pid); child.unref();`;
    const started = performance.now();
    const pid = Number(await textOf({ command: node(script), deadlineMs: 60_000 }));
    expect(performance.now() - started).toBeLessThan(30_000);
    process.kill(pid, 'SIGKILL');
  });

  test('when the request is cancelled', async () => {
    const cancel = new AbortController();
    const { reply } = collectAll([{ command: family('sleep 1000') }], { signal: cancel.signal });
    const ids = await processesIn(join(root, 'ids'), 2);
    cancel.abort(new Error('not wanted any more'));
    await expect(reply).rejects.toThrow('not wanted any more');
    await allDead(ids);
  });

  test('when the daemon stops', async () => {
    const { sources, reply } = collectAll([{ command: family('sleep 1000') }]);
    const ids = await processesIn(join(root, 'ids'), 2);
    await sources.close();
    expect((await reply).omissions[0]?.reason).toBe('/bin/sh was ended.');
    await allDead(ids);
  });

  test('when the daemon is killed', async () => {
    const host = join(import.meta.dirname, '../support/command-host.mjs');
    const command = JSON.stringify(family('sleep 1000'));
    const child = spawn(process.execPath, [host, root, command], { stdio: ['ignore', 'ignore', 'inherit'] });
    const ids = await processesIn(join(root, 'ids'), 2);
    expect(ids.every(isAlive)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await allDead(ids);
  });
});

test('only a few run at a time, and the others after them', async () => {
  const count = 12;
  const script = `mkdir run.$$; ls -d run.* | wc -l; sleep 0.2; rmdir run.$$`;
  const given = Array.from({ length: count }, () => ({ command: shell(script) }));
  const { pieces, omissions } = await collectAll(given).reply;
  expect(omissions).toEqual([]);
  expect(pieces).toHaveLength(count);
  expect(Math.max(...pieces.map(({ text }) => Number(text)))).toBeLessThanOrEqual(4);
});
