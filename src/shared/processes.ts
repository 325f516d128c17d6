import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemCode } from './errors.js';

/**
 * What tells a running process from a later one with the same id: on Linux the boot, the process id namespace and
 * the start time in clock ticks (field 22 of /proc/<pid>/stat), elsewhere the start time that `ps` prints.
 * Null if no such process runs; a zombie has ended and counts as gone.
 */
export function processIdentity(pid: number, platform = process.platform): string | null {
  if (!Number.isSafeInteger(pid) || pid <= 0) return null;
  return platform === 'linux' ? linuxIdentity(pid) : psIdentity(pid);
}

/** Whether the process with this id is still the one that `identity` was taken of. */
export function isRunning(pid: number, identity: string): boolean {
  return processIdentity(pid) === identity;
}

/** Waits until the process is gone; false if it still runs after `deadlineMs`. */
export async function waitUntilGone(pid: number, identity: string, deadlineMs: number): Promise<boolean> {
  const until = performance.now() + deadlineMs;
  for (let pause = 5; isRunning(pid, identity); pause = Math.min(pause * 1.5, 100)) {
    if (performance.now() >= until) return false;
    await sleep(pause);
  }
  return true;
}

function linuxIdentity(pid: number): string | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
  // The name in parentheses may hold spaces and parentheses: fields are counted from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, threads] = [fields[0], Number(fields[17])];
  // Until its last thread has ended, a process whose first thread is a zombie still has its files and locks.
  if (state === 'X' || (state === 'Z' && threads <= 1)) return null;
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  return `${boot} ${readlinkSync('/proc/self/ns/pid')} ${fields[19]}`;
}

function psIdentity(pid: number): string | null {
  try {
    const line = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 5000,
    }).trim();
    const [state = '', ...started] = line.split(/\s+/);
    return state === '' || state.startsWith('Z') ? null : started.join(' ');
  } catch (error) {
    // ps ends with 1 when there is no such process.
    if ((error as { status?: unknown }).status === 1) return null;
    throw error;
  }
}
