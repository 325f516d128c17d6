import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { allocatorSettings } from '../shared/allocator.js';
import { LcadError } from '../shared/errors.js';
import { ensurePrivateFolder } from '../shared/folders.js';
import { packagePath } from '../shared/package-root.js';
import type { Places } from '../shared/paths.js';
import { type ReadinessReport, readyDescriptorVariable } from '../shared/readiness.js';

export interface SpawnOptions {
  /** Environment of the daemon (default: this process's own). */
  env?: NodeJS.ProcessEnv;
  /** The program to start; for tests (default: bin/lcadd.js of this package). */
  program?: string;
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
export async function launchDaemon(
  places: Places,
  deadlineMs: number,
  options: SpawnOptions,
): Promise<LcadError | null> {
  ensurePrivateFolder(places.state, { followLink: true });
  const output = openOutput(outputFile(places));
  try {
    const child = spawn(process.execPath, [options.program ?? packagePath('bin', 'lcadd.js')], {
      detached: true,
      cwd: '/',
      env: daemonEnv(options.env ?? process.env),
      stdio: ['ignore', output.fd, output.fd, 'pipe'],
    });
    const pipe = child.stdio[3] as Readable;
    try {
      const line = await firstLine(pipe, child, deadlineMs);
      const outcome = outcomeOf(line, child.exitCode ?? child.signalCode, textSince(output));
      // A daemon that cannot start gives its lock back as it ends: whoever tries again should not come upon it.
      if (outcome !== null && line !== 'late') await ended(child, endMs);
      return outcome;
    } finally {
      pipe.destroy();
      child.unref();
    }
  } finally {
    closeSync(output.fd);
  }
}

/**
 * A daemon serves every client, so it depends as little as may be on the shell of the first: paths that are relative
 * to that shell's folder are made whole, and options for the runtime (a debugger's) stay behind.
 */
function daemonEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, NODE_CHANNEL_FD: _channel, ...inherited } = env;
  const rest = { ...allocatorSettings, ...inherited };
  const whole = ['LCAD_HOME', 'LCAD_SOCKET'].flatMap((name) =>
    rest[name] ? [[name, resolve(rest[name])]] : [],
  );
  return { ...rest, ...Object.fromEntries(whole), [readyDescriptorVariable]: '3' };
}

/** Longest wait for a daemon to end after it has said why it cannot start (ms). */
const endMs = 2000;

function ended(child: ChildProcess, deadlineMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, deadlineMs);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** The report, null where the daemon ended without one, or 'late'. */
function firstLine(pipe: Readable, child: ChildProcess, deadlineMs: number): Promise<string | null> {
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
    // Comes once the process has ended and all of the pipe is read.
    child.once('close', () => settle(null));
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
