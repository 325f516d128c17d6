import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemCode } from '../shared/errors.js';

const blockBytes = 64 * 1024;
const pollMs = 250;

/**
 * Calls back for the last lines of a file, then for each line that is added, until aborted. A file that is replaced
 * (rotation) is read to its end, then the new one from its start. The last line counts once it has its line break.
 * @param follow null: only what is there
 * @returns false if there is no such file (with `follow`: was none at first)
 */
export async function readLines(
  path: string,
  most: number,
  onLine: (line: string) => void,
  follow: AbortSignal | null,
): Promise<boolean> {
  const file = await openIfThere(path);
  if (!follow) {
    if (file) await lastLines(file, most, onLine).finally(() => file.close());
    return file !== null;
  }
  await followLines(path, file, file ? await lastLines(file, most, onLine) : 0, onLine, follow);
  return file !== null;
}

/** @returns the offset after the last whole line */
async function lastLines(file: FileHandle, most: number, onLine: (line: string) => void): Promise<number> {
  const { size } = await file.stat();
  const blocks: Buffer[] = [];
  let from = size;
  // One line break more than lines, as the last line ends with one.
  for (let breaks = 0; from > 0 && breaks <= most; ) {
    const start = Math.max(0, from - blockBytes);
    const block = await read(file, start, from - start);
    blocks.unshift(block);
    breaks += block.filter((byte) => byte === 10).length;
    from = start;
  }
  const whole = Buffer.concat(blocks);
  const end = whole.lastIndexOf(10) + 1;
  const lines = whole.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
  for (const line of most > 0 ? lines.slice(-most) : []) onLine(line);
  return size - (whole.length - end);
}

async function followLines(
  path: string,
  first: FileHandle | null,
  from: number,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  let file = first;
  let offset = from;
  try {
    while (!signal.aborted) {
      if (file) offset = await readNew(file, offset, onLine);
      const newest = await openIfThere(path);
      if (newest && file && (await isSame(newest, file, offset))) await newest.close();
      else if (newest) {
        if (file) await readNew(file, offset, onLine);
        await file?.close();
        file = newest;
        offset = 0;
        continue;
      }
      await sleep(pollMs, undefined, { signal }).catch(() => {
        // Aborted: the loop ends.
      });
    }
  } finally {
    await file?.close();
  }
}

/** The same file, which has not been cut since. */
async function isSame(a: FileHandle, b: FileHandle, offset: number): Promise<boolean> {
  const [one, other] = await Promise.all([a.stat(), b.stat()]);
  return one.ino === other.ino && one.dev === other.dev && one.size >= offset;
}

/** Reads whole lines from an offset. @returns the offset after the last of them */
async function readNew(file: FileHandle, offset: number, onLine: (line: string) => void): Promise<number> {
  let at = offset;
  let rest = Buffer.alloc(0);
  for (;;) {
    const block = await read(file, at + rest.length, blockBytes);
    if (block.length === 0) return at;
    const whole = Buffer.concat([rest, block]);
    const end = whole.lastIndexOf(10) + 1;
    const text = whole.subarray(0, end).toString('utf8');
    for (const line of text.split('\n').slice(0, -1)) onLine(line);
    at += end;
    rest = whole.subarray(end);
  }
}

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}
