import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureDaemon } from '../../src/client/launch.js';
import type { EnsureOptions } from '../../src/client/launch-start.js';
import { restartDaemon, stopDaemon } from '../../src/client/stop.js';
import { runningHolder } from '../../src/shared/lock-record.js';
import { packagePath } from '../../src/shared/package-root.js';
import { type Places, placesOf } from '../../src/shared/paths.js';
import { homeEnv, makeHome, mustHold, received, startDaemon, tinyDaemon } from '../support/daemon.js';

let home: string;
let places: Places;

beforeEach(() => {
  home = makeHome();
  places = placesOf({ LCAD_HOME: home });
});

afterEach(async () => {
  chmodSync(home, 0o700);
  await stopDaemon(places, { deadlineMs: 2000 });
  rmSync(home, { recursive: true, force: true });
});

function tiny(fault = '', more: Partial<EnsureOptions> = {}): EnsureOptions {
  return { program: tinyDaemon, env: homeEnv(home, { TINY: fault }), ...more };
}

interface Hello {
  pid: number;
  inherited: boolean;
  env: Record<string, string>;
}

async function hello(options: EnsureOptions): Promise<Hello> {
  const socket = await ensureDaemon(places, options);
  const reply = received(socket);
  socket.write('hello');
  const said = JSON.parse(await reply) as Hello;
  socket.destroy();
  return said;
}

function starts(): number {
  return readFileSync(join(places.state, 'starts'), 'utf8').trim().split('\n').length;
}

describe('ensureDaemon', () => {
  it('starts a daemon that outlives the client, and finds it again', async () => {
    const client = spawn(process.execPath, [packagePath('test', 'fixtures', 'lifecycle', 'client.mjs')], {
      env: homeEnv(home, { TINY_PROGRAM: tinyDaemon }),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(client.stdout, 'data')) as [Buffer];
    await once(client, 'close');
    const first = JSON.parse(String(said)) as Hello;
    const again = await hello(tiny('', { start: false }));
    expect(again.pid).toBe(first.pid);
    expect(again.env.LCAD_READY_FD).toBeUndefined();
    expect(statSync(places.socket).mode & 0o777).toBe(0o600);
    expect(statSync(places.run).mode & 0o777).toBe(0o700);
  });

  it('starts exactly one daemon for 20 client processes at the same moment', async () => {
    const replies = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const client = spawn(process.execPath, [packagePath('test', 'fixtures', 'lifecycle', 'client.mjs')], {
          env: homeEnv(home, { TINY_PROGRAM: tinyDaemon }),
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        let text = '';
        client.stdout.on('data', (data) => {
          text += String(data);
        });
        await once(client, 'close');
        return JSON.parse(text) as Hello;
      }),
    );
    expect(new Set(replies.map(({ pid }) => pid))).toEqual(new Set([mustHold(places).pid]));
    expect(starts()).toBe(1);
  });

  it('makes clients that come while a daemon starts wait for that one', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => hello(tiny('slow'))));
    expect(new Set(all.map(({ pid }) => pid)).size).toBe(1);
    expect(starts()).toBe(1);
  });

  it('starts a new one after a daemon was killed, over its stale socket and lock', async () => {
    const daemon = await startDaemon({ home, program: tinyDaemon });
    await daemon.kill9();
    expect(statSync(places.socket).isSocket()).toBe(true);
    expect((await hello(tiny())).pid).not.toBe(daemon.pid);
    expect(starts()).toBe(2);
  });

  it('waits for a daemon that is just stopping, then starts the next', async () => {
    const first = await hello(tiny('stuck', { env: homeEnv(home, { TINY: 'stuck', TINY_TOTAL_MS: '700' }) }));
    process.kill(first.pid, 'SIGTERM');
    while (existsSync(places.socket)) await sleep(5);
    expect(mustHold(places).pid).toBe(first.pid);
    const second = await hello(tiny());
    expect(second.pid).not.toBe(first.pid);
  });

  it('says DAEMON_NOT_RUNNING when it may not start one', async () => {
    await expect(ensureDaemon(places, { start: false })).rejects.toMatchObject({
      kind: 'DAEMON_NOT_RUNNING',
    });
  });

  it("hands on the daemon's own reason for not starting", async () => {
    await expect(ensureDaemon(places, tiny('fail'))).rejects.toMatchObject({
      kind: 'DISK_FULL',
      message: 'There is no room for the index.',
    });
    expect(runningHolder(places.lockFile)).toBeNull();
  });

  it('shows the last words of a daemon that dies without a reason', async () => {
    await expect(ensureDaemon(places, tiny('crash'))).rejects.toMatchObject({
      kind: 'DAEMON_START_FAILED',
      message: expect.stringMatching(/code 9.*\nthe runtime fell over$/),
    });
  });

  it('fails with its own kind when the daemon is not ready in time, and the daemon goes on', async () => {
    await expect(ensureDaemon(places, tiny('slow', { deadlineMs: 250 }))).rejects.toMatchObject({
      kind: 'DAEMON_START_FAILED',
    });
    expect((await hello(tiny())).pid).toBeGreaterThan(0);
    expect(starts()).toBe(1);
  });

  it('refuses a path that the kernel would cut, before it connects or starts anything', async () => {
    const long = { ...places, socket: join(home, 'x'.repeat(110), 's') };
    await expect(ensureDaemon(long, tiny())).rejects.toMatchObject({ kind: 'SOCKET_PATH_TOO_LONG' });
  });

  it('hands on that the folder is unsafe', async () => {
    writeFileSync(places.run, 'a file in the way');
    await expect(ensureDaemon(places, tiny())).rejects.toMatchObject({ kind: 'FOLDER_UNSAFE' });
  });

  it('finds the daemon of the same data that listens elsewhere', async () => {
    const first = await hello(tiny());
    const other = { ...places, run: join(home, 'run2'), socket: join(home, 'run2', 'lcad.sock') };
    const moved = { ...other, lockFile: join(other.run, 'lcad.lock') };
    const env = homeEnv(home, { LCAD_SOCKET: moved.socket });
    const socket = await ensureDaemon(moved, tiny('', { env }));
    const reply = received(socket);
    socket.write('hello');
    expect((JSON.parse(await reply) as Hello).pid).toBe(first.pid);
    socket.destroy();
  });
});

describe('a socket that cannot be trusted', () => {
  let server: Server;
  let folder: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lcad-'));
    server = createServer().listen(join(folder, 's'));
    await once(server, 'listening');
  });

  afterEach(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is refused in a folder where others can put theirs', async () => {
    chmodSync(folder, 0o777);
    const open = { ...places, socket: join(folder, 's') };
    await expect(ensureDaemon(open, tiny())).rejects.toMatchObject({ kind: 'FOLDER_UNSAFE' });
    chmodSync(folder, 0o1777);
    (await ensureDaemon(open, tiny())).destroy();
  });
});

describe('stopDaemon', () => {
  it('waits until the process is gone and its lock is free', async () => {
    const { pid } = await hello(tiny());
    expect(await stopDaemon(places)).toEqual({ stopped: true, pid, by: 'request' });
    expect(runningHolder(places.lockFile)).toBeNull();
    expect(() => statSync(places.socket)).toThrow(/ENOENT/);
    expect(await stopDaemon(places)).toEqual({ stopped: false, pid: null, by: null });
  });

  it('sends SIGTERM at once to a daemon that refuses the request', async () => {
    const { pid } = await hello(tiny('refuse'));
    expect(await stopDaemon(places)).toEqual({ stopped: true, pid, by: 'SIGTERM' });
  });

  it('ends with SIGKILL a daemon that ignores the rest', async () => {
    const env = homeEnv(home, { TINY: 'stuck', TINY_TOTAL_MS: '60000' });
    const { pid } = await hello({ program: tinyDaemon, env });
    // The first SIGTERM begins a stop that hangs; the second one forces it.
    expect(await stopDaemon(places, { deadlineMs: 300 })).toMatchObject({ stopped: true, pid });
    expect(runningHolder(places.lockFile)).toBeNull();
  });

  it('restarts', async () => {
    const { pid } = await hello(tiny());
    (await restartDaemon(places, tiny())).destroy();
    expect(mustHold(places).pid).not.toBe(pid);
  });

  it('leaves a process alone that only has the id of a dead daemon', async () => {
    mkdirSync(places.run, { recursive: true, mode: 0o700 });
    const record = { pid: process.pid, identity: 'another', host: '', socket: '', version: '', since: '' };
    writeFileSync(places.lockFile, JSON.stringify(record));
    expect(await stopDaemon(places)).toMatchObject({ stopped: false });
  });
});
