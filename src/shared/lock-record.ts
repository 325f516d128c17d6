import { readFileSync } from 'node:fs';
import { systemCode } from './errors.js';
import { isRunning } from './processes.js';

/** Who holds the instance lock: written into the lock file by its holder, for people and clients to read. */
export interface LockRecord {
  pid: number;
  /** As `processIdentity` gives it. */
  identity: string;
  host: string;
  socket: string;
  version: string;
  /** ISO 8601 time. */
  since: string;
}

/** What the lock file says, whether or not its writer still runs; null if it says nothing that can be read. */
export function readLockRecord(lockFile: string): LockRecord | null {
  let text: string;
  try {
    text = readFileSync(lockFile, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return null;
    throw error;
  }
  return parseLockRecord(text);
}

/** The running daemon that the lock file names, or null. */
export function runningHolder(lockFile: string): LockRecord | null {
  const record = readLockRecord(lockFile);
  return record && isRunning(record.pid, record.identity) ? record : null;
}

/** Reads a record; null for an empty, half-written or foreign one. Pure. */
function parseLockRecord(text: string): LockRecord | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Empty after an ordered stop, or read while it is being written.
    return null;
  }
  const record = value as Partial<LockRecord> | null;
  const texts = [record?.identity, record?.host, record?.socket, record?.version, record?.since];
  const whole = Number.isSafeInteger(record?.pid) && texts.every((text) => typeof text === 'string');
  return whole ? (record as LockRecord) : null;
}
