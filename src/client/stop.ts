import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { LcadError, systemCode } from '../shared/errors.js';
import { type LockRecord, runningHolder } from '../shared/lock-record.js';
import type { Places } from '../shared/paths.js';
import { waitUntilGone } from '../shared/processes.js';
import { protocolVersion } from '../shared/versions.js';
import { ensureDaemon } from './launch.js';
import type { EnsureOptions } from './launch-start.js';

export interface StopOptions {
  /** Longest wait in milliseconds for an ordered stop before signals are sent (default 15000). */
  deadlineMs?: number;
}

export interface Stopped {
  /** False if no daemon was running. */
  stopped: boolean;
  pid: number | null;
  /** What it took: `request` asks through the socket. */
  by: 'request' | 'SIGTERM' | 'SIGKILL' | null;
}

/** Time for a daemon to end after SIGTERM, and after SIGKILL (ms). */
const signalMs = 5000;

/**
 * Stops the daemon of these places and waits until its process is gone, whereupon its lock is free: first by a
 * request, past the deadline with SIGTERM, then with SIGKILL.
 *
 * @throws LcadError BUSY if the process is there even so (it hangs in the kernel)
 */
export async function stopDaemon(places: Places, options: StopOptions = {}): Promise<Stopped> {
  const deadlineMs = options.deadlineMs ?? 15_000;
  const holder = runningHolder(places.lockFile);
  const socket = await connectIfThere(places);
  if (!holder) {
    if (!socket) return { stopped: false, pid: null, by: null };
    return stopUnknown(socket, places, deadlineMs);
  }
  const { pid } = holder;
  if (socket) {
    const asked = askToStop(socket, deadlineMs).then((closed) => (closed ? gone(holder, deadlineMs) : false));
    if (await asked) return { stopped: true, pid, by: 'request' };
  }
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    sendSignal(pid, signal);
    if (await gone(holder, signalMs)) return { stopped: true, pid, by: signal };
  }
  throw new LcadError('BUSY', `The daemon (process ${pid}) does not end, even after SIGKILL.`, {
    next: 'It waits for the disk or a network file system; see `ps -o stat,wchan -p <pid>`.',
    details: { pid },
  });
}

/** Stops the daemon if one runs, and starts one. */
export async function restartDaemon(
  places: Places,
  options: EnsureOptions & StopOptions = {},
): Promise<Socket> {
  await stopDaemon(places, options);
  return ensureDaemon(places, { ...options, start: true });
}

/** A daemon that answers though its process cannot be seen (in another container): its reply is all there is. */
async function stopUnknown(socket: Socket, places: Places, deadlineMs: number): Promise<Stopped> {
  const ended = await askToStop(socket, deadlineMs);
  const holder = runningHolder(places.lockFile);
  if (!ended || holder) {
    throw new LcadError('BUSY', `The daemon at ${places.socket} did not end within ${deadlineMs} ms.`);
  }
  return { stopped: true, pid: null, by: 'request' };
}

async function connectIfThere(places: Places): Promise<Socket | null> {
  try {
    return await ensureDaemon(places, { start: false, deadlineMs: 1000 });
  } catch (error) {
    // A daemon that cannot be connected to is stopped by signals.
    const kind = error instanceof LcadError ? error.kind : null;
    if (kind === 'DAEMON_NOT_RUNNING' || kind === 'DAEMON_START_FAILED') return null;
    throw error;
  }
}

/**
 * Sends `lcad/daemon/stop` as newline-delimited JSON. True once the daemon has closed the connection; false if it
 * refuses (it speaks another version) or does not close in time.
 */
function askToStop(socket: Socket, deadlineMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (closed: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(closed);
    };
    const timer = setTimeout(settle, deadlineMs, false);
    socket.once('error', () => settle(true));
    socket.once('close', () => settle(true));
    createInterface({ input: socket }).on('line', (line) => {
      if (isErrorReply(line)) settle(false);
    });
    const initialize = { clientInfo: { name: 'lcad' }, protocolVersion, processId: process.pid };
    socket.write(request(1, 'initialize', initialize));
    socket.write(request(2, 'lcad/daemon/stop', {}));
  });
}

function isErrorReply(line: string): boolean {
  try {
    return (JSON.parse(line) as { error?: unknown } | null)?.error !== undefined;
  } catch {
    // Not this protocol at all.
    return true;
  }
}

function request(id: number, method: string, params: object): string {
  return `${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`;
}

function gone({ pid, identity }: LockRecord, deadlineMs: number): Promise<boolean> {
  return waitUntilGone(pid, identity, deadlineMs);
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (systemCode(error) !== 'ESRCH') throw error;
  }
}
