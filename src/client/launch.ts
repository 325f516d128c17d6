import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { LcadError, messageOf, systemCode } from '../shared/errors.js';
import { checkSocketPath, ensurePrivateFolder, socketProblem } from '../shared/folders.js';
import { runningHolder } from '../shared/lock-record.js';
import { packagePath } from '../shared/package-root.js';
import type { Places } from '../shared/paths.js';
import { type ReadinessReport, readyDescriptorVariable } from '../shared/readiness.js';

export interface EnsureOptions {
  /** Start a daemon if none answers (default), or fail with DAEMON_NOT_RUNNING. */
  start?: boolean;
  /** Longest wait in milliseconds for a daemon that accepts connections (default 15000). */
  deadlineMs?: number;
  /** Environment of a daemon that is started (default: this process's own). */
  env?: NodeJS.ProcessEnv;
  /** Called when a daemon is being started, to tell a user what the wait is for. */
  onStarting?: () => void;
  /** The program to start; for tests (default: bin/lcadd.js of this package). */
  program?: string;
}

/** A daemon that fails on its own account is started this often for one request before the client gives up. */
const launches = 3;

/**
 * A connection to the daemon of these places; a daemon is started if none answers. However many clients ask at the
 * same moment, one daemon results: each may start a process, the instance lock lets one of them live, and the others
 * connect to that one. With a daemon running the cost is one connect(2) and two stat(2).
 *
 * @throws LcadError DAEMON_NOT_RUNNING (`start: false`), DAEMON_START_FAILED with the daemon's own reason,
 *   FOLDER_UNSAFE where the socket is not this user's, SOCKET_PATH_TOO_LONG; a reason that the daemon gave with a
 *   kind of its own (FOLDER_UNSAFE) keeps that kind
 */
export async function ensureDaemon(places: Places, options: EnsureOptions = {}): Promise<Socket> {
  checkSocketPath(places.socket);
  const first = await tryConnect(places.socket);
  if (first.socket) return first.socket;
  if (options.start === false && !first.busy) {
    throw new LcadError('DAEMON_NOT_RUNNING', `No daemon answers at ${places.socket}.`);
  }
  return startAndConnect(places, options);
}

async function startAndConnect(places: Places, options: EnsureOptions): Promise<Socket> {
  const deadlineMs = options.deadlineMs ?? 15_000;
  const until = performance.now() + deadlineMs;
  let launched = 0;
  let failure: LcadError | null = null;
  for (let pause = 5; performance.now() < until; pause = Math.min(pause * 1.5, 100)) {
    const { socket, busy } = await tryConnect(places.socket);
    if (socket) return socket;
    // A holder of the lock that does not answer is starting or stopping: there is nothing to start beside it.
    if (!busy && options.start !== false && !runningHolder(places.lockFile)) {
      if (launched === launches) break;
      launched += 1;
      options.onStarting?.();
      const outcome = await launchDaemon(places, until - performance.now(), options);
      if (outcome === null) continue;
      failure = outcome;
      if (outcome.kind !== 'DAEMON_ALREADY_RUNNING' && outcome.kind !== 'SHUTTING_DOWN') throw outcome;
      const elsewhere = await otherDaemon(outcome, places);
      if (elsewhere) return elsewhere;
      if (outcome.kind === 'DAEMON_ALREADY_RUNNING') launched -= 1;
    }
    await sleep(pause);
  }
  throw unreachable(places, deadlineMs, failure);
}

/** Whoever holds the data folder may listen elsewhere: its reply to a second daemon says where. */
async function otherDaemon(failure: LcadError, places: Places): Promise<Socket | null> {
  const { socket } = failure.details;
  if (typeof socket !== 'string' || socket === places.socket) return null;
  return (await tryConnect(socket)).socket;
}

function unreachable(places: Places, deadlineMs: number, failure: LcadError | null): LcadError {
  const holder = runningHolder(places.lockFile);
  if (holder) {
    const text = `The daemon (process ${holder.pid}) did not accept a connection within ${deadlineMs} ms.`;
    return new LcadError('DAEMON_START_FAILED', text, {
      next: '`lcad logs` shows what it does; `lcad restart` replaces it.',
      details: { pid: holder.pid, socket: holder.socket },
      cause: failure ?? undefined,
    });
  }
  const why = failure ? `: ${failure.message}` : '.';
  return new LcadError('DAEMON_START_FAILED', `No daemon could be reached within ${deadlineMs} ms${why}`, {
    cause: failure ?? undefined,
  });
}

interface Attempt {
  socket: Socket | null;
  /** Someone listens, but has no room for another connection yet. */
  busy: boolean;
}

async function tryConnect(path: string): Promise<Attempt> {
  const problem = socketProblem(path);
  if (problem !== null) {
    throw new LcadError('FOLDER_UNSAFE', `The daemon's socket cannot be trusted: ${problem}.`, {
      next: 'Find out who made it; remove it or set LCAD_SOCKET to a path of your own.',
      details: { path },
    });
  }
  try {
    return { socket: await connected(path), busy: false };
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTDIR')
      return { socket: null, busy: false };
    // The kernel's queue of connections is full (Linux).
    if (code === 'EAGAIN') return { socket: null, busy: true };
    throw new LcadError('DAEMON_START_FAILED', `Cannot connect to ${path}: ${messageOf(error)}`, {
      next: 'Check the permissions of the socket and its folder.',
      details: { path },
      cause: error,
    });
  }
}

function connected(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

/** Where a daemon that this module starts writes what does not go to its log: a crash of the runtime itself. */
export function outputFile(places: Places): string {
  return join(places.state, 'lcadd.out');
}

const outputBytes = 256 * 1024;

/**
 * Starts a daemon that outlives this process, and waits for its report.
 *
 * @returns null if it is ready, else why it is not
 */
async function launchDaemon(
  places: Places,
  deadlineMs: number,
  options: EnsureOptions,
): Promise<LcadError | null> {
  ensurePrivateFolder(places.state, { followLink: true });
  const output = openOutput(outputFile(places));
  try {
    const child = spawn(process.execPath, [options.program ?? packagePath('bin', 'lcadd.js')], {
      detached: true,
      cwd: '/',
      env: { ...(options.env ?? process.env), [readyDescriptorVariable]: '3' },
      stdio: ['ignore', output.fd, output.fd, 'pipe'],
    });
    const pipe = child.stdio[3] as Readable;
    try {
      const line = await firstLine(pipe, child, deadlineMs);
      return outcomeOf(line, child.exitCode ?? child.signalCode, textSince(output));
    } finally {
      pipe.destroy();
      child.unref();
    }
  } finally {
    closeSync(output.fd);
  }
}

/** The report, or null where the daemon ended without one. */
function firstLine(
  pipe: Readable,
  child: ReturnType<typeof spawn>,
  deadlineMs: number,
): Promise<string | null | 'late'> {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => resolve('late'), deadlineMs);
    const settle = (line: string | null) => {
      clearTimeout(timer);
      resolve(line);
    };
    pipe.setEncoding('utf8');
    pipe.on('data', (part: string) => {
      text += part;
      if (text.includes('\n')) settle(text.slice(0, text.indexOf('\n')));
    });
    // The exit code comes after the pipe's end; both are needed to say how it ended.
    child.once('exit', () => setImmediate(() => settle(null)));
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(new LcadError('DAEMON_START_FAILED', `Cannot start ${process.execPath}: ${error.message}`));
    });
  });
}

function outcomeOf(line: string | null, ended: number | string | null, output: string): LcadError | null {
  if (line === 'late') {
    return new LcadError('DAEMON_START_FAILED', 'The daemon was started and was not ready in time.', {
      next: '`lcad logs` shows how far it has come; it may still become ready.',
    });
  }
  if (line === null) {
    const how = typeof ended === 'number' ? `code ${ended}` : (ended ?? 'no code');
    const said = output === '' ? '' : `\n${output}`;
    return new LcadError('DAEMON_START_FAILED', `The daemon ended while it was starting (${how}).${said}`);
  }
  const report = JSON.parse(line) as ReadinessReport;
  if (!('error' in report)) return null;
  const { kind, message, next, details } = report.error;
  return new LcadError(kind, message, { next, details });
}

interface Output {
  fd: number;
  from: number;
}

function openOutput(path: string): Output {
  const fd = openSync(path, 'a+', 0o600);
  const { size } = fstatSync(fd);
  if (size <= outputBytes) return { fd, from: size };
  closeSync(fd);
  return { fd: openSync(path, 'w+', 0o600), from: 0 };
}

/** The last lines that were written since the start; enough to name a crash. */
function textSince({ fd, from }: Output): string {
  const { size } = fstatSync(fd);
  const length = Math.min(size - from, 4096);
  if (length <= 0) return '';
  const bytes = Buffer.alloc(length);
  const read = readSync(fd, bytes, 0, length, size - length);
  return bytes.toString('utf8', 0, read).trim().split('\n').slice(-15).join('\n');
}
