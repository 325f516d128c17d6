import { type ChildProcess, spawn } from 'node:child_process';
import { messageOf, systemCode } from '../../shared/errors.js';

export interface CommandOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly deadlineMs: number;
  /** Of what it prints; more ends it. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** How a command ended. `errors` is the end of what it wrote to stderr. */
export type CommandEnd =
  | { readonly kind: 'done'; readonly output: Buffer }
  | {
      readonly kind: 'failed';
      readonly code: number | null;
      readonly by: string | null;
      readonly errors: string;
    }
  | { readonly kind: 'late' | 'flood' | 'cancelled' }
  | { readonly kind: 'not-started'; readonly why: string };

const keptErrorBytes = 4096;
/** Output that is still on its way when a command has ended; a process that left the group may hold it open for ever. */
const drainMs = 200;
/** Ends the group when this end of its input is closed: when the daemon is gone, however it went. */
const guardScript = 'read -r _; kill -9 -"$1"';

/**
 * Runs a program without a shell, with nothing to read, in a process group of its own. When it ends, is late, prints too
 * much or is cancelled, the whole group is killed, with SIGKILL, so that nothing of it stays; so is it when the daemon
 * dies, by a guard that waits for that. Never throws.
 */
export function runCommand(
  [program = '', ...args]: readonly string[],
  options: CommandOptions,
): Promise<CommandEnd> {
  const { cwd, env, signal } = options;
  if (signal.aborted) return Promise.resolve({ kind: 'cancelled' });
  let child: ChildProcess;
  try {
    child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  } catch (error) {
    return Promise.resolve({ kind: 'not-started', why: messageOf(error) });
  }
  return follow(child, options);
}

function follow(child: ChildProcess, options: CommandOptions): Promise<CommandEnd> {
  const { deadlineMs, maxBytes, signal } = options;
  const guard = guardOf(child);
  const output: Buffer[] = [];
  let length = 0;
  let errors = Buffer.alloc(0);
  let over = false;
  return new Promise((resolve) => {
    const end = (how: CommandEnd) => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      // Its number belongs to it until its end is known: from then on it may be another's.
      if (child.exitCode === null && child.signalCode === null) killGroup(child);
      guard?.kill('SIGKILL');
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve(how);
    };
    const cancel = () => end({ kind: 'cancelled' });
    const timer = setTimeout(() => end({ kind: 'late' }), deadlineMs);
    signal.addEventListener('abort', cancel, { once: true });
    child.stdout?.on('data', (part: Buffer) => {
      length += part.length;
      if (length > maxBytes) end({ kind: 'flood' });
      else output.push(part);
    });
    child.stderr?.on('data', (part: Buffer) => {
      errors = Buffer.concat([errors, part]).subarray(-keptErrorBytes);
    });
    child.once('error', (error) => end({ kind: 'not-started', why: systemCode(error) ?? messageOf(error) }));
    child.once('exit', (code, by) => {
      if (over) return;
      // What it left behind in its group ends with it.
      killGroup(child);
      const done = () => {
        clearTimeout(drained);
        if (code === 0) end({ kind: 'done', output: Buffer.concat(output) });
        else end({ kind: 'failed', code, by, errors: errors.toString('utf8') });
      };
      const drained = setTimeout(done, drainMs);
      child.once('close', done);
    });
  });
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // ESRCH: nothing of the group is left. EPERM: on macOS the same, of a group of zombies.
    const code = systemCode(error);
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}

function guardOf({ pid }: ChildProcess): ChildProcess | null {
  if (pid === undefined) return null;
  const guard = spawn('/bin/sh', ['-c', guardScript, 'sh', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  // Without it the command is as safe as the daemon is: nothing else depends on it.
  guard.once('error', () => undefined);
  guard.stdin?.once('error', () => undefined);
  return guard;
}
