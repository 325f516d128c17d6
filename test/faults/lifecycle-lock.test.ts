import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireInstanceLock, dataLockFile } from '../../src/daemon/instance-lock.js';
import { readLockRecord, runningHolder } from '../../src/shared/lock-record.js';
import { packagePath } from '../../src/shared/package-root.js';
import { type Places, placesOf } from '../../src/shared/paths.js';
import { homeEnv, makeHome } from '../support/daemon.js';

const taker = packagePath('test', 'fixtures', 'lifecycle', 'lock-taker.mjs');
let home: string;
let places: Places;
const children = new Set<ChildProcess>();

beforeEach(() => {
  home = makeHome();
  places = placesOf({ LCAD_HOME: home });
});

afterEach(async () => {
  await Promise.all([...children].map(end));
  rmSync(home, { recursive: true, force: true });
});

function end(child: ChildProcess): Promise<void> {
  children.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGKILL');
  return gone;
}

interface Taker {
  child: ChildProcess;
  said: string;
}

/** Starts processes that all ask for the lock in the same millisecond. */
function race(count: number, env: NodeJS.ProcessEnv[] = [homeEnv(home)]): Promise<Taker[]> {
  const at = String(Date.now() + 60 * count);
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const child = spawn(process.execPath, [taker, at], {
        env: env[index % env.length],
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      children.add(child);
      const said = await new Promise<string>((resolve) => {
        createInterface({ input: child.stdout })
          .once('line', resolve)
          .once('close', () => resolve('nothing'));
      });
      return { child, said };
    }),
  );
}

function winners(takers: Taker[]): Taker[] {
  expect(takers.filter(({ said }) => said !== 'won').map(({ said }) => said)).toEqual(
    Array.from({ length: takers.length - 1 }, () => 'DAEMON_ALREADY_RUNNING'),
  );
  return takers.filter(({ said }) => said === 'won');
}

describe('the instance lock', () => {
  it('is won by one of 20 processes that ask at the same moment, each time the winner is killed', async () => {
    for (let round = 0; round < 3; round++) {
      const won = winners(await race(20));
      expect(won).toHaveLength(1);
      expect(runningHolder(places.lockFile)?.pid).toBe(won[0]?.child.pid);
      if (won[0]) await end(won[0].child);
      expect(runningHolder(places.lockFile)).toBeNull();
    }
  });

  it('is won once on top of a stale file that names a process which runs', async () => {
    mkdirSync(places.run, { recursive: true });
    const foreign = {
      pid: process.pid,
      identity: 'of another boot',
      host: 'h',
      socket: 's',
      version: '0',
      since: '',
    };
    writeFileSync(places.lockFile, JSON.stringify(foreign));
    expect(readLockRecord(places.lockFile)?.pid).toBe(process.pid);
    expect(winners(await race(6))).toHaveLength(1);
  });

  it('guards the data folder from a daemon with another run folder', async () => {
    const xdg = (run: string) => ({
      PATH: process.env.PATH,
      HOME: home,
      XDG_DATA_HOME: `${home}/d`,
      XDG_STATE_HOME: `${home}/s`,
      XDG_RUNTIME_DIR: `${home}/${run}`,
    });
    const won = winners(await race(4, [xdg('run1'), xdg('run2')]));
    expect(won).toHaveLength(1);
  });

  it('is free once its holder dies or releases it, though a child of it lives on', async () => {
    const [holder] = winners(await race(1));
    expect(() => acquireInstanceLock(places)).toThrow(/already runs here \(process/);
    if (holder) await end(holder.child);
    const lock = acquireInstanceLock(places);
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    children.add(child);
    lock.release();
    acquireInstanceLock(places).release();
  });

  it('names its holder in the error, and leaves an empty record behind after an ordered release', () => {
    const lock = acquireInstanceLock(places);
    try {
      expect(() => acquireInstanceLock(places)).toThrow(
        expect.objectContaining({
          kind: 'DAEMON_ALREADY_RUNNING',
          details: { lockFile: places.lockFile, pid: process.pid, socket: places.socket },
        }),
      );
      expect(readLockRecord(dataLockFile(places))).toEqual(lock.record);
    } finally {
      lock.release();
    }
    expect(readFileSync(places.lockFile, 'utf8')).toBe('');
    expect(runningHolder(places.lockFile)).toBeNull();
  });

  it('notices that a lock file was deleted or replaced', () => {
    const lock = acquireInstanceLock(places);
    expect(lock.intact()).toBe(true);
    rmSync(dataLockFile(places));
    expect(lock.intact()).toBe(false);
    writeFileSync(dataLockFile(places), '');
    expect(lock.intact()).toBe(false);
    lock.release();
  });

  it('refuses a lock file that is a link, and a run folder that is one', () => {
    mkdirSync(places.run, { recursive: true, mode: 0o700 });
    writeFileSync(`${home}/elsewhere`, 'precious');
    rmSync(places.lockFile, { force: true });
    symlinkSync(`${home}/elsewhere`, places.lockFile);
    expect(() => acquireInstanceLock(places)).toThrow(expect.objectContaining({ kind: 'FOLDER_UNSAFE' }));
    expect(readFileSync(`${home}/elsewhere`, 'utf8')).toBe('precious');
    rmSync(places.run, { recursive: true });
    mkdirSync(`${home}/real`);
    symlinkSync(`${home}/real`, places.run);
    expect(() => acquireInstanceLock(places)).toThrow(/is a symbolic link/);
  });

  it('finds flock at its usual place when PATH has none that works', () => {
    const path = process.env.PATH;
    const tools = `${home}/tools`;
    mkdirSync(tools);
    for (const name of ['flock', 'perl']) {
      writeFileSync(`${tools}/${name}`, '#!/bin/sh\necho broken >&2\nexit 7\n');
      chmodSync(`${tools}/${name}`, 0o755);
    }
    process.env.PATH = tools;
    try {
      // On macOS no program is needed; on Linux the one at its usual place is found without PATH.
      const lock = acquireInstanceLock(places);
      expect(existsSync(places.lockFile)).toBe(true);
      lock.release();
    } finally {
      process.env.PATH = path;
    }
  });
});
