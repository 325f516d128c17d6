import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { problemOf } from '../../src/daemon/watch/problems.js';
import { packagePath } from '../../src/shared/package-root.js';
import { faultOf, probeLimit } from '../../src/workers/watcher/limits.js';
import { makeFolder, writeBelow } from '../support/git-repo.js';
import { until, Watched, WatchHost } from '../support/watch.js';

/** A command that runs another in a user namespace of its own with other limits, which do not touch this machine's. */
function withLimit(name: 'watches' | 'instances', value: number): string[] {
  const set = `echo ${value} > /proc/sys/user/max_inotify_${name} && exec "$@"`;
  return ['unshare', '-Ur', 'sh', '-c', set, 'sh'];
}

/** Where the system lets users have namespaces, limits are real; elsewhere a stand-in reports what they cause. */
const real = spawnSync('unshare', ['-Ur', 'true']).status === 0;

let root: string;
let host: WatchHost | Watched | null = null;

beforeEach(() => {
  root = makeFolder('lcad-watch-');
  writeBelow(root, 'src/a.ts', 'a\n');
});

afterEach(async () => {
  await host?.close();
  host = null;
  rmSync(root, { recursive: true, force: true });
});

/** A watcher process that sends reports at the first command. */
function standIn(folder: string, ready: string | null, reports: object[]): string {
  const file = join(folder, 'entry.mjs');
  writeFileSync(
    file,
    `process.on('message', ({ id, revision }) => {
      for (const report of ${JSON.stringify(reports)}) process.send({ id, revision, ...report });
    });
    process.send({ type: 'ready', limit: ${JSON.stringify(ready)} });
    setInterval(() => process.send({ type: 'beat' }), 500);`,
  );
  return file;
}

describe('the limit of watches', () => {
  test('reached by a subscription: sweeps, and how to raise it', async () => {
    for (let i = 0; i < 50; i++) mkdirSync(join(root, `d${i}`));
    const detail = 'inotify_add_watch failed: No space left on device';
    const failed = { type: 'mode', mode: 'polling', began: false, fault: 'watch-limit', detail };
    const options = real ? {} : { entry: standIn(root, null, [failed]) };
    host = new WatchHost(root, real ? withLimit('watches', 20) : [], options);
    const one = host;
    await until(
      'mode',
      () => one.mode === 'polling',
      () => one.calls,
    );
    expect(one.problem).toMatchObject({ kind: 'watch-limit' });
    expect(one.problem?.next).toContain('fs.inotify.max_user_watches');
  });

  test('reached by folders made later, which the native watcher does not tell: sweeps until there is room', async () => {
    const options = real
      ? {}
      : {
          entry: standIn(root, null, [
            { type: 'mode', mode: 'events', began: true, fault: null, detail: '' },
            { type: 'limit', reached: 'watch-limit' },
          ]),
        };
    host = new WatchHost(root, real ? withLimit('watches', 20) : [], options);
    const one = host;
    await one.watcherPid();
    if (real) expect(one.mode).toBe('events');
    for (let i = 0; i < 50; i++) mkdirSync(join(root, `d${i}`));
    await until(
      'mode',
      () => one.mode === 'polling',
      () => one.calls,
    );
    expect(one.problem).toMatchObject({ kind: 'watch-limit' });
    if (!real) return;
    for (let i = 0; i < 50; i++) rmSync(join(root, `d${i}`), { recursive: true });
    const mark = one.calls.length;
    await until(
      'events again',
      () => one.mode === 'events',
      () => one.calls,
    );
    await until(
      'a sweep',
      () => one.of('sweep', mark).length > 0,
      () => one.calls,
    );
  });
});

describe('the limit of instances', () => {
  test('without any: sweeps, and how to raise it', async () => {
    const options = real ? {} : { entry: standIn(root, 'instance-limit', []) };
    host = new WatchHost(root, real ? withLimit('instances', 0) : [], options);
    const one = host;
    await until(
      'mode',
      () => one.mode === 'polling',
      () => one.calls,
    );
    expect(one.problem).toMatchObject({ kind: 'watch-limit' });
    expect(one.problem?.next).toContain('fs.inotify.max_user_instances');
  });

  test('with one too few, the native watcher blocks its thread: killed, and sweeps', async () => {
    const entry = join(root, 'entry.mjs');
    writeFileSync(
      entry,
      `process.on('message', () => { for (;;); }); process.send({ type: 'ready', limit: null });`,
    );
    const options = { silenceMs: 6000, ...(real ? {} : { entry }) };
    host = new WatchHost(root, real ? withLimit('instances', 1) : [], options);
    const one = host;
    await until(
      'mode',
      () => one.mode === 'polling',
      () => one.calls,
    );
    expect(one.problem?.next).toContain('fs.inotify.max_user_instances');
  });
});

test('errors are told apart by code and by text', () => {
  expect(faultOf(new Error("inotify_add_watch on '/r/a' failed: No space left on device"))).toBe(
    'watch-limit',
  );
  expect(faultOf(Object.assign(new Error('x'), { code: 'EMFILE' }))).toBe('instance-limit');
  expect(faultOf(new Error('Unable to initialize inotify: Too many open files'))).toBe('instance-limit');
  expect(faultOf(new Error('No such file or directory'))).toBe('root-missing');
  expect(faultOf(new Error('Permission denied'))).toBe('subscribe-failed');
  expect(problemOf('subscribe-failed', '/r', 'Permission denied').message).toContain('Permission denied');
  expect(probeLimit()).toBeNull();
});

test('a folder that may not be opened does not keep the rest from being watched', async () => {
  const closed = join(root, 'closed');
  mkdirSync(join(closed, 'inner'), { recursive: true });
  execFileSync('chmod', ['000', closed]);
  // The superuser may open everything, unless it gives that up.
  const caps = '-dac_override,-dac_read_search';
  const asUser = process.getuid?.() === 0 ? ['setpriv', `--bounding-set=${caps}`, `--inh-caps=${caps}`] : [];
  host = new WatchHost(root, asUser);
  const one = host;
  await one.watcherPid();
  expect(one.mode).toBe('events');
  const mark = one.calls.length;
  const file = join(root, 'src/b.ts');
  writeFileSync(file, 'x\n');
  await until('a hint', () => one.of('hints', mark).some(({ paths }) => (paths as string[]).includes(file)));
  execFileSync('chmod', ['700', closed]);
  await until('a hint for the opened folder', () =>
    one.of('hints', mark).some(({ paths }) => (paths as string[]).includes(closed)),
  );
});

test('the kernel’s queue runs over while the process is held up: a sweep follows', async () => {
  const watched = new Watched(root, { silenceMs: 120_000 });
  host = watched;
  await watched.start();
  const pid = await watched.pid();
  process.kill(pid, 'SIGSTOP');
  try {
    const script = packagePath('test', 'support', 'watch-flood.mjs');
    execFileSync(process.execPath, [script, root, '12000']);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await watched.untilTrue('all files');
  expect(watched.of('sweep').length).toBeGreaterThan(1);
});
