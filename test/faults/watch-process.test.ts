import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { makeFolder, writeBelow } from '../support/git-repo.js';
import { isAlive, until, Watched, WatchHost } from '../support/watch.js';

const open: { close(): Promise<void> }[] = [];
const folders: string[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function folder(): string {
  const root = makeFolder('lcad-watch-');
  writeBelow(root, 'src/a.ts', 'a\n');
  folders.push(root);
  return root;
}

function watched(root: string, options: ConstructorParameters<typeof Watched>[1] = {}): Watched {
  const one = new Watched(root, options);
  open.push(one);
  return one;
}

/** A script that stands in for the watcher process. */
function script(text: string): string {
  const file = join(folder(), 'entry.mjs');
  writeFileSync(file, text);
  return file;
}

describe('a watcher process that dies', () => {
  test('is replaced; what changed meanwhile is found by a sweep', async () => {
    const root = folder();
    const one = await watched(root).start();
    const mark = one.mark;
    const before = await one.pid();
    const stats = await one.supervisor.stats();
    expect(stats).toMatchObject({ state: 'running', restarts: 0 });
    expect(stats.watches).toBe(process.platform === 'linux' ? 2 : null);
    expect(stats.rssBytes).toBeGreaterThan(10 << 20);
    process.kill(before, 'SIGKILL');
    writeBelow(root, 'src/meanwhile.ts', 'm\n');
    await until('a sweep', () => one.of('sweep', mark).length > 0);
    await one.untilTrue('what changed meanwhile');
    expect(await one.pid()).not.toBe(before);
    expect((await one.supervisor.stats()).restarts).toBe(1);
    const next = one.mark;
    writeBelow(root, 'src/after.ts', 'x\n');
    await until('a hint', () => one.hinted(join(root, 'src/after.ts'), next));
  });

  test('is replaced for all roots', async () => {
    const root = folder();
    const other = folder();
    const one = await watched(root).start();
    await one.supervisor.watch({ id: 'o', root: other, prunedFolders: [], gitDir: null });
    process.kill(await one.pid(), 'SIGKILL');
    await until('the new process', async () => (await one.supervisor.stats()).state === 'running');
    const mark = one.mark;
    const file = join(other, 'src/b.ts');
    await until('a hint from the other root', () => {
      writeFileSync(file, String(performance.now()));
      return one.hinted(file, mark);
    });
  });

  test('and dies every time: sweeps instead, with the reason shown', async () => {
    const entry = script('console.error("no such library"); process.exit(3);');
    const one = await watched(folder(), { entry }).start();
    expect(one.mode).toBe('polling');
    const problem = one.of('mode').at(-1)?.problem;
    expect(problem?.kind).toBe('watcher-failed');
    expect(problem?.message).toContain('exited with code 3: no such library');
    await until('giving up', async () => (await one.supervisor.stats()).state === 'failed');
    expect(await one.supervisor.stats()).toMatchObject({ pid: null, watches: null, rssBytes: 0 });
    // A root that comes now is not kept waiting.
    await one.supervisor.watch({ id: 'o', root: folder(), prunedFolders: [], gitDir: null });
  });

  test('that cannot be started at all is the same', async () => {
    const one = await watched(folder(), { entry: '/nonexistent/main.js' }).start();
    expect(one.mode).toBe('polling');
  });
});

describe('a watcher process that hangs', () => {
  test('is killed and replaced', async () => {
    const root = folder();
    const one = await watched(root, { silenceMs: 6000 }).start();
    const mark = one.mark;
    const before = await one.pid();
    process.kill(before, 'SIGSTOP');
    writeBelow(root, 'src/meanwhile.ts', 'm\n');
    await until('its end', () => !isAlive(before));
    await until('a sweep', () => one.of('sweep', mark).length > 0);
    await one.untilTrue('what changed meanwhile');
    expect(one.mode).toBe('events');
  });

  test('while it subscribes is killed; then sweeps, and a hint at what makes it hang', async () => {
    const entry = script(`
      process.on('message', () => { for (;;); });
      process.send({ type: 'ready', limit: null });
    `);
    const one = await watched(folder(), { entry, silenceMs: 500 }).start();
    expect(one.mode).toBe('polling');
    expect(one.of('mode').at(-1)?.problem?.message).toContain('did not answer');
    expect(one.of('mode').at(-1)?.problem?.next).toContain('max_user_instances');
  });

  test('does not hinder the end of the daemon', async () => {
    const one = await watched(folder()).start();
    const pid = await one.pid();
    process.kill(pid, 'SIGSTOP');
    await one.supervisor.close();
    expect(isAlive(pid)).toBe(false);
  });
});

describe('a process that answers but does not subscribe', () => {
  test('the root is left to sweeps', async () => {
    const entry = script(`
      process.on('message', () => undefined);
      process.send({ type: 'ready', limit: null });
      setInterval(() => process.send({ type: 'beat' }), 200);
    `);
    const one = await watched(folder(), { entry, subscribeMs: 500 }).start();
    expect(one.mode).toBe('polling');
    expect(one.of('mode').at(-1)?.problem?.kind).toBe('watch-slow');
  });
});

describe('the end', () => {
  test('the watcher process ends with a daemon that is killed', async () => {
    const host = new WatchHost(folder());
    open.push(host);
    const pid = await host.watcherPid();
    expect(isAlive(pid)).toBe(true);
    host.child.kill('SIGKILL');
    await until('the end of the watcher process', () => !isAlive(pid));
  });

  test('the process runs only while there is a root', async () => {
    const one = watched(folder());
    expect((await one.supervisor.stats()).pid).toBeNull();
    await one.start();
    const pid = await one.pid();
    await one.supervisor.unwatch('r');
    expect(isAlive(pid)).toBe(false);
    await one.start();
    expect(one.mode).toBe('events');
    expect(await one.pid()).not.toBe(pid);
  });

  test('a closed supervisor takes no more roots', async () => {
    const one = await watched(folder()).start();
    await one.supervisor.close();
    const target = { id: 'x', root: one.root, prunedFolders: [], gitDir: null };
    await expect(one.supervisor.watch(target)).rejects.toMatchObject({ kind: 'SHUTTING_DOWN' });
  });
});

describe('several roots', () => {
  test('one inside the other: each gets its own hints', async () => {
    const root = folder();
    const hints: [string, string][] = [];
    const one = watched(root, {
      listener: {
        onHints: (id, paths) => hints.push(...paths.map((path): [string, string] => [id, path])),
        onSweep: () => undefined,
        onGit: () => undefined,
        onMode: () => undefined,
      },
    });
    const common = { prunedFolders: [], gitDir: null };
    await one.supervisor.watch({ id: 'outer', root, ...common });
    await one.supervisor.watch({ id: 'inner', root: join(root, 'src'), ...common });
    const file = join(root, 'src/new.ts');
    writeFileSync(file, 'x\n');
    const both = () =>
      ['inner', 'outer'].every((id) => hints.some(([from, path]) => from === id && path === file));
    await until('hints for both', both);
    await one.supervisor.unwatch('outer');
    hints.length = 0;
    writeFileSync(join(root, 'src/more.ts'), 'x\n');
    await until('a hint for the inner one', () => hints.length > 0);
    expect(hints.every(([id]) => id === 'inner')).toBe(true);
  });
});
