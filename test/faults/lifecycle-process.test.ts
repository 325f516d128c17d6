import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureDaemon } from '../../src/client/launch.js';
import { dataLockFile } from '../../src/daemon/instance-lock.js';
import { readLockRecord, runningHolder } from '../../src/shared/lock-record.js';
import { type Places, placesOf } from '../../src/shared/paths.js';
import { homeEnv, makeHome, received, tinyDaemon } from '../support/daemon.js';

let home: string;
let places: Places;
let daemon: ChildProcess;

beforeEach(() => {
  home = makeHome();
  places = placesOf({ LCAD_HOME: home });
});

afterEach(async () => {
  if (daemon.exitCode === null && daemon.signalCode === null) {
    daemon.kill('SIGKILL');
    await once(daemon, 'exit');
  }
  rmSync(home, { recursive: true, force: true });
});

/** Starts the stand-in as a child of this process, so that its exit code is seen; returns its report. */
async function start(fault = '', env: NodeJS.ProcessEnv = {}): Promise<unknown> {
  daemon = spawn(process.execPath, [tinyDaemon], {
    env: homeEnv(home, { TINY: fault, LCAD_READY_FD: '3', ...env }),
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  const [line] = (await once(daemon.stdio[3] as Readable, 'data')) as [Buffer];
  return JSON.parse(String(line));
}

const ended = async () => (await once(daemon, 'exit')) as [number | null, string | null];
const connect = (): Promise<Socket> => ensureDaemon(places, { start: false });
const log = () => readFileSync(places.logFile, 'utf8');

async function ask(text: string): Promise<Record<string, unknown>> {
  const socket = await connect();
  const reply = received(socket);
  socket.write(text);
  const said = JSON.parse(await reply) as Record<string, unknown>;
  socket.destroy();
  return said;
}

describe('a daemon process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'stops in order on %s, gives everything back, and ends with 0',
    async (signal) => {
      expect(await start()).toEqual({ ready: true, pid: daemon.pid });
      const open = await connect();
      open.on('error', () => open.destroy());
      daemon.kill(signal);
      expect(await ended()).toEqual([0, null]);
      expect(existsSync(places.socket)).toBe(false);
      expect(readLockRecord(places.lockFile)).toBeNull();
      expect(log()).toContain(`"reason":"${signal}"`);
    },
  );

  it('ends at once on a second signal', async () => {
    await start('stuck', { TINY_TOTAL_MS: '60000' });
    daemon.kill('SIGTERM');
    while (!log().includes('stopping')) await sleep(5);
    daemon.kill('SIGTERM');
    expect(await ended()).toEqual([143, null]);
    expect(runningHolder(places.lockFile)).toBeNull();
  });

  it('gives back its lock though a part does not stop, and says which', async () => {
    await start('stuck', { TINY_TOTAL_MS: '200' });
    daemon.kill('SIGTERM');
    expect(await ended()).toEqual([0, null]);
    expect(readLockRecord(places.lockFile)).toBeNull();
    expect(log()).toMatch(/"step":"stuck part".*did not stop in time/);
  });

  it.each(['throw', 'reject'])(
    'logs an uncaught error (%s), stops in order and ends with 1',
    async (word) => {
      await start();
      const socket = await connect();
      socket.on('error', () => socket.destroy());
      socket.write(word);
      expect(await ended()).toEqual([1, null]);
      expect(existsSync(places.socket)).toBe(false);
      const entry = log()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { err?: { message: string; stack: string } })
        .find(({ err }) => err);
      expect(entry?.err?.message).toMatch(/on purpose/);
      expect(entry?.err?.stack).toMatch(/tiny-daemon/);
    },
  );

  it('takes SIGHUP as a wish to read the configuration again, and reopens its log', async () => {
    await start();
    renameSync(places.logFile, `${places.logFile}.moved`);
    daemon.kill('SIGHUP');
    while (!existsSync(places.logFile)) await sleep(5);
    expect(await ask('hello')).toMatchObject({ pid: daemon.pid, reloads: 1 });
  });

  it.each([
    ['its lock', () => rmSync(dataLockFile(places))],
    ['its socket', () => rmSync(places.socket)],
    ['its run folder', () => rmSync(places.run, { recursive: true })],
  ])('makes way for another once %s was deleted', async (_what, remove) => {
    await start();
    remove();
    expect(await ended()).toEqual([0, null]);
    expect(log()).toMatch(/"reason":"the (lock file|socket) is gone"/);
  });

  it('reports why it does not start, with the kind of the error', async () => {
    expect(await start('fail')).toEqual({
      error: {
        kind: 'DISK_FULL',
        message: 'There is no room for the index.',
        next: expect.any(String),
        details: {},
      },
    });
    expect(await ended()).toEqual([1, null]);
  });

  it('gives its lock to the next though a process that it started lives on', async () => {
    await start('orphan');
    daemon.kill('SIGKILL');
    await ended();
    expect(await start()).toMatchObject({ ready: true });
    expect(await ask('hello')).toMatchObject({ pid: daemon.pid });
  });
});
