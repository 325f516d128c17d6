import { spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  futimesSync,
  openSync,
  statSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { LcadError, messageOf, systemCode } from '../shared/errors.js';
import { ensurePrivateFolder } from '../shared/folders.js';
import { type LockRecord, runningHolder } from '../shared/lock-record.js';
import type { Places } from '../shared/paths.js';
import { processIdentity } from '../shared/processes.js';
import { productVersion } from '../shared/versions.js';

/** The right to be the one daemon of these places. */
export interface InstanceLock {
  readonly record: LockRecord;
  /** False once a lock file was deleted or replaced: another daemon could then start beside this one. */
  intact(): boolean;
  /** Marks the lock files as in use, so that cleaners of old temporary files leave them alone. */
  touch(): void;
  /** Gives the lock back. The kernel does the same when the process ends in any other way. */
  release(): void;
}

/** The lock that keeps two daemons off one data folder, should they have different run folders. */
export function dataLockFile(places: Places): string {
  return join(places.data, 'lcad.lock');
}

/**
 * Takes the lock of the run folder (which guards the socket) and of the data folder (which guards the index: a shell
 * without XDG_RUNTIME_DIR has another run folder and the same data).
 *
 * Both are kernel locks on an open file (flock), since only those let exactly one taker win and are free again the
 * moment their holder dies, however it dies. A file with a process id in it needs a rule for stale files, and each
 * such rule has a moment at which two takers can both win, or is wrong where process ids are not shared (containers
 * that share the folder); a socket in Linux's abstract namespace is not shared between network namespaces. Node has
 * no call for flock, but a lock belongs to the open file and not to the process that asked for it: a child that is
 * given the descriptor takes the lock and ends, and the lock stays with us. That child is flock(1) (util-linux or
 * busybox) or else perl. On macOS open(2) itself takes the lock (O_EXLOCK). The files are never deleted: a lock on a
 * deleted file guards nothing.
 *
 * Blocks for some 5 ms.
 *
 * @throws LcadError DAEMON_ALREADY_RUNNING with `details` {pid, socket, lockFile} as far as known; FOLDER_UNSAFE;
 *   DAEMON_START_FAILED where the system has no way to lock
 */
export function acquireInstanceLock(places: Places): InstanceLock {
  ensurePrivateFolder(places.run);
  ensurePrivateFolder(places.data, { followLink: true });
  const held: HeldFile[] = [];
  try {
    for (const file of [places.lockFile, dataLockFile(places)]) held.push(lockFile(file));
    const record = recordOf(places);
    for (const { fd } of held) writeRecord(fd, `${JSON.stringify(record)}\n`);
    return new FileLocks(record, held);
  } catch (error) {
    for (const { fd } of held) closeSync(fd);
    throw error;
  }
}

/**
 * Calls `onLost` once when a lock file or the socket has vanished, so that the daemon can make way for one that can
 * be reached. Looks every `everyMs` milliseconds; returns what ends the looking.
 */
export function guardPresence(
  lock: InstanceLock,
  socket: string,
  onLost: (what: string) => void,
  everyMs = 15_000,
): () => void {
  let looks = 0;
  const touchEvery = Math.ceil((6 * 3_600_000) / everyMs);
  const timer = setInterval(() => {
    const what = !lock.intact() ? 'the lock file' : socketExists(socket) ? null : 'the socket';
    if (what !== null) {
      clearInterval(timer);
      onLost(what);
    } else if (++looks % touchEvery === 0) lock.touch();
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

interface HeldFile {
  readonly path: string;
  readonly fd: number;
}

class FileLocks implements InstanceLock {
  readonly record: LockRecord;
  #held: readonly HeldFile[];

  constructor(record: LockRecord, held: readonly HeldFile[]) {
    this.record = record;
    this.#held = held;
  }

  intact(): boolean {
    return this.#held.length > 0 && this.#held.every(isSameFile);
  }

  touch(): void {
    const now = new Date();
    for (const { fd } of this.#held) futimesSync(fd, now, now);
  }

  release(): void {
    const held = this.#held;
    this.#held = [];
    for (const { fd } of held) {
      writeRecord(fd, '');
      closeSync(fd);
    }
  }
}

function lockFile(path: string): HeldFile {
  // A second round is needed only where the file was deleted between opening and locking it.
  for (let round = 0; round < 10; round++) {
    const fd = openLocked(path);
    if (fd === null) throw alreadyRunning(path);
    const held = { path, fd };
    if (isSameFile(held)) return held;
    closeSync(fd);
  }
  throw new LcadError('DAEMON_START_FAILED', `The lock file ${path} is deleted as soon as it is made.`, {
    details: { path },
  });
}

/** Opens the file with an exclusive lock on it; null if another process has the lock. */
function openLocked(path: string): number | null {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
  try {
    if (process.platform === 'darwin') return openSync(path, flags | darwinExclusive, 0o600);
    const fd = openSync(path, flags, 0o600);
    try {
      if (lockDescriptor(path, fd)) return fd;
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    closeSync(fd);
    return null;
  } catch (error) {
    if (systemCode(error) === 'EAGAIN') return null;
    if (error instanceof LcadError) throw error;
    throw new LcadError('FOLDER_UNSAFE', `The lock file ${path} cannot be opened: ${messageOf(error)}`, {
      next: 'Make its folder one that you own and can write to, and delete the lock file if it is not yours.',
      details: { path },
      cause: error,
    });
  }
}

/** O_EXLOCK and O_NONBLOCK of macOS's <sys/fcntl.h>; Node's constants have no O_EXLOCK. */
const darwinExclusive = 0x20 | 0x4;

/** Programs that lock descriptor 3 without waiting; they end with 0 if they have it and 1 if another process has. */
const lockers: readonly (readonly [string, readonly string[]])[] = [
  ['flock', ['-x', '-n', '3']],
  ['/usr/bin/flock', ['-x', '-n', '3']],
  // LOCK_EX | LOCK_NB
  ['perl', ['-e', 'open(my $f, "+<&=", 3) or exit 2; exit(flock($f, 6) ? 0 : $!{EWOULDBLOCK} ? 1 : 3)']],
];

function lockDescriptor(path: string, fd: number): boolean {
  const failures: string[] = [];
  for (const [program, args] of lockers) {
    const { status, error, stderr } = spawnSync(program, args, {
      stdio: ['ignore', 'ignore', 'pipe', fd],
      timeout: 10_000,
    });
    if (status === 0) return true;
    if (status === 1) return false;
    failures.push(`${program}: ${error ? messageOf(error) : `status ${status} ${String(stderr).trim()}`}`);
  }
  throw new LcadError('DAEMON_START_FAILED', `${path} cannot be locked (${failures.join('; ')}).`, {
    next: 'Install flock (package util-linux), and keep the folder on a file system that has locks.',
    details: { path },
  });
}

function alreadyRunning(path: string): LcadError {
  const holder = runningHolder(path);
  const who = holder
    ? `process ${holder.pid} on ${holder.host}, socket ${holder.socket}`
    : 'it starts or ends just now';
  return new LcadError('DAEMON_ALREADY_RUNNING', `A daemon already runs here (${who}).`, {
    details: { lockFile: path, ...(holder ? { pid: holder.pid, socket: holder.socket } : {}) },
  });
}

function recordOf(places: Places): LockRecord {
  return {
    pid: process.pid,
    identity: processIdentity(process.pid) ?? '',
    host: hostname(),
    socket: places.socket,
    version: productVersion,
    since: new Date().toISOString(),
  };
}

function writeRecord(fd: number, text: string): void {
  ftruncateSync(fd, 0);
  writeSync(fd, text, 0, 'utf8');
}

function isSameFile({ path, fd }: HeldFile): boolean {
  const there = statSync(path, { throwIfNoEntry: false });
  const ours = fstatSync(fd);
  return there !== undefined && there.ino === ours.ino && there.dev === ours.dev;
}

function socketExists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isSocket() ?? false;
}
