import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { systemCode } from '../shared/errors.js';
import { classify, classifyName, isUtf16 } from './classify.js';
import { contentKey } from './content-key.js';
import { detectLanguage } from './languages.js';
import type { FileStat, HashedFile, HashResult, HashTask, SkipReason } from './messages.js';

const languageHeadBytes = 16_384;
const nothing: FileStat = { size: 0, mtimeMs: 0, ctimeMs: 0, ino: 0 };

/**
 * Reads files and computes their content keys. What is wrong with a file is part of its result; nothing is thrown for
 * what is on the disk. A file's stat is never newer than the bytes of its key: a write that comes in between shows as
 * a difference to the next scan.
 */
export function hash(task: HashTask): HashResult {
  return { files: task.paths.map((path) => hashFile(task, path)) };
}

function hashFile(task: HashTask, path: string): HashedFile {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const named = task.includeGenerated ? null : classifyName(name);
  let read: ReadFile | SkipReason | 'gone';
  try {
    read = readStable(`${task.root}/${path}`, named === null ? task.maxFileBytes : 0);
  } catch (error) {
    read = failureOf(error);
  }
  if (read === 'gone') return { ...skipped(path, null, nothing), status: 'gone' };
  if (typeof read === 'string') return skipped(path, read, nothing);
  const { bytes, stat } = read;
  if (stat.size === 0) return skipped(path, 'empty', stat);
  if (named !== null) return skipped(path, named, stat);
  if (bytes === null) return skipped(path, 'oversized', stat);
  const reason = classify(path, bytes);
  const isWanted = task.includeGenerated && (reason === 'generated' || reason === 'minified');
  if (reason !== null && !isWanted) return skipped(path, reason, stat);
  const language = detectLanguage(path, bytes.subarray(0, languageHeadBytes));
  const key = contentKey(language, bytes, task.ctags);
  return { path, status: 'ok', key, language, reason: null, lines: countLines(bytes), stat };
}

function skipped(path: string, reason: SkipReason | null, stat: FileStat): HashedFile {
  return { path, status: 'skip', key: '', language: '', reason, lines: 0, stat };
}

function failureOf(error: unknown): SkipReason | 'gone' {
  switch (systemCode(error)) {
    case undefined:
      throw error;
    case 'ENOENT':
    case 'ENOTDIR':
      return 'gone';
    // With O_NOFOLLOW this is what opening a symbolic link says.
    case 'ELOOP':
    case 'EMLINK':
      return 'symlink';
    case 'ENXIO':
      return 'special';
    default:
      return 'unreadable';
  }
}

interface ReadFile {
  /** Null if the file is larger than allowed. */
  bytes: Buffer | null;
  stat: FileStat;
}

/** Reads a regular file; once more if it changed meanwhile, and then as it is, with the stat from before. */
function readStable(file: string, maxBytes: number): ReadFile | SkipReason {
  const handle = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    for (let attempt = 1; ; attempt++) {
      const before = fstatSync(handle);
      if (!before.isFile()) return 'special';
      const { size, mtimeMs, ctimeMs, ino } = before;
      const stat = { size, mtimeMs, ctimeMs, ino };
      if (size > maxBytes) return { bytes: null, stat };
      const bytes = readWhole(handle, size, maxBytes);
      const after = fstatSync(handle);
      const isSame = after.size === size && after.mtimeMs === mtimeMs && after.ctimeMs === ctimeMs;
      if (attempt === 2 || (isSame && bytes?.length === size)) return { bytes, stat };
    }
  } finally {
    closeSync(handle);
  }
}

/** Reads to the end of the file, which may not be where its size said. Null if it has grown too large. */
function readWhole(handle: number, size: number, maxBytes: number): Buffer | null {
  let buffer = Buffer.allocUnsafe(size + 1);
  let length = 0;
  for (;;) {
    if (length === buffer.length) {
      if (length > maxBytes) return null;
      buffer = Buffer.concat([buffer], Math.min(length * 2, maxBytes + 1));
    }
    const got = readSync(handle, buffer, length, buffer.length - length, length);
    if (got === 0) return buffer.subarray(0, length);
    length += got;
  }
}

/** Lines of a text; a line end at the very end does not begin another one. */
function countLines(bytes: Buffer): number {
  if (isUtf16(bytes)) return countLines(fromUtf16(bytes));
  let lines = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) lines++;
  return bytes.at(-1) === 0x0a ? lines : lines + 1;
}

function fromUtf16(bytes: Buffer): Buffer {
  const isLittleEndian = bytes[0] === 0xff;
  return Buffer.from(new TextDecoder(isLittleEndian ? 'utf-16le' : 'utf-16be').decode(bytes));
}
