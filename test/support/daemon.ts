import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDaemon } from '../../src/client/launch.js';
import { stopDaemon } from '../../src/client/stop.js';
import { type LockRecord, runningHolder } from '../../src/shared/lock-record.js';
import { packagePath } from '../../src/shared/package-root.js';
import { type Places, placesOf } from '../../src/shared/paths.js';
import { waitUntilGone } from '../../src/shared/processes.js';

export interface TestDaemon {
  readonly home: string;
  readonly places: Places;
  readonly env: NodeJS.ProcessEnv;
  readonly pid: number;
  /** A new connection; the caller ends it. */
  connect(): Promise<Socket>;
  /** Stops it in order; the folder is removed too if `startDaemon` made it. Can be called again. */
  stop(): Promise<void>;
  /** Kills it with SIGKILL and waits until it is gone; its folders stay. */
  kill9(): Promise<void>;
}

/** The stand-in that has the daemon's life cycle and none of its work. */
export const tinyDaemon = packagePath('test', 'fixtures', 'lifecycle', 'tiny-daemon.mjs');

/** A new folder for LCAD_HOME, short enough for a socket's path. */
export function makeHome(): string {
  return mkdtempSync(join(tmpdir(), 'lcad-'));
}

/** The environment of a daemon or client in a home. */
export function homeEnv(home: string, env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { LCAD_SOCKET: _socket, ...rest } = process.env;
  return { ...rest, LCAD_HOME: home, ...env };
}

/**
 * Starts the built daemon (bin/lcadd.js, hence `npm run build` first) in a private home and waits until it is ready.
 *
 * @param options.program another program to start in its place
 */
export async function startDaemon(
  options: { home?: string; env?: NodeJS.ProcessEnv; program?: string; deadlineMs?: number } = {},
): Promise<TestDaemon> {
  const home = options.home ?? makeHome();
  const env = homeEnv(home, options.env);
  const places = placesOf(env);
  const { program, deadlineMs = 30_000 } = options;
  const connect = (start: boolean) =>
    ensureDaemon(places, { env, start, deadlineMs, ...(program ? { program } : {}) });
  const first = await connect(true);
  first.destroy();
  const { pid, identity } = mustHold(places);
  return {
    home,
    places,
    env,
    pid,
    connect: () => connect(false),
    async stop() {
      await stopDaemon(places);
      if (options.home === undefined) rmSync(home, { recursive: true, force: true });
    },
    async kill9() {
      process.kill(pid, 'SIGKILL');
      if (!(await waitUntilGone(pid, identity, 10_000))) throw new Error(`Process ${pid} survived SIGKILL.`);
    },
  };
}

/** The record of the daemon that runs in these places. */
export function mustHold(places: Places): LockRecord {
  const holder = runningHolder(places.lockFile);
  if (!holder) throw new Error(`No daemon holds ${places.lockFile}.`);
  return holder;
}

/** The next piece of text that a socket receives. */
export function received(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.once('data', (data) => resolve(String(data)));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('The connection was closed.')));
  });
}
