import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { LcadError, messageOf, systemCode } from '../../shared/errors.js';

/** Largest file that edits are made in, in bytes. */
export const mostFileBytes = 4 * 2 ** 20;

/** A text file as it is on disk. */
export interface FileText {
  /** All of it, byte order mark included. */
  readonly text: string;
  readonly mode: number;
}

/** SHA-256 of a file's bytes, in hex. Pure. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Reads a plain file whose last part is no symbolic link.
 * @returns null if it is not there
 * @throws EDIT_REFUSED if it is too large, no UTF-8, binary, no plain file, or cannot be read
 */
export async function readText(path: string): Promise<FileText | null> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: unknown) => {
      if (systemCode(error) === 'ENOENT') return null;
      throw refused(path, `cannot be read: ${messageOf(error)}`, error);
    },
  );
  if (!handle) return null;
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw refused(path, 'is no plain file');
    if (stats.size > mostFileBytes) throw refused(path, `is larger than ${mostFileBytes} bytes`);
    const bytes = await handle.readFile();
    return { text: decoded(path, bytes), mode: stats.mode & 0o7777 };
  } finally {
    await handle.close();
  }
}

function decoded(path: string, bytes: Uint8Array): string {
  if (bytes.includes(0)) throw refused(path, 'is a binary file');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw refused(path, 'is not in UTF-8', cause);
  }
}

function refused(path: string, what: string, cause?: unknown): LcadError {
  return new LcadError('EDIT_REFUSED', `${path} ${what}.`, { cause });
}
