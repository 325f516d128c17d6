import { createHash } from 'node:crypto';

/** The text around a cursor, as much of it as is looked at. */
export interface Around {
  readonly prefix: string;
  /** Line on which the prefix begins, from 1. */
  readonly startLine: number;
  /** Whether it begins with the file. */
  readonly whole: boolean;
  readonly suffix: string;
}

/** Text in front of a cursor that tells one place from another. */
const tailChars = 4096;

/**
 * What was typed between two moments at one place; null if it is another place, or something else was changed. The
 * windows may begin at different lines.
 */
export function typedSince(before: Around, now: Around): string | null {
  if (before.suffix !== now.suffix) return null;
  const start = Math.max(before.startLine, now.startLine);
  const old = fromLine(before, start);
  const text = fromLine(now, start);
  if (old === null || text === null || !text.startsWith(old)) return null;
  return text.slice(old.length);
}

/** The prefix from a line on; null if it ends before. */
function fromLine({ prefix, startLine }: Around, line: number): string | null {
  let at = 0;
  for (let current = startLine; current < line; current++) {
    const end = prefix.indexOf('\n', at);
    if (end < 0) return null;
    at = end + 1;
  }
  return prefix.slice(at);
}

/** Lines by which the beginning of a prefix moves at a time. */
const step = 16;

/**
 * A prefix whose beginning moves in steps of lines, not with each line that is typed: what a server has computed for the
 * same beginning of a prompt, it does not compute again.
 */
export function steadyPrefix({ prefix, startLine, whole }: Around): string {
  if (whole) return prefix;
  const from = Math.ceil((startLine - 1) / step) * step + 1;
  const steady = fromLine({ prefix, startLine, whole, suffix: '' }, from);
  return steady !== null && steady.length * 2 >= prefix.length ? steady : prefix;
}

/** One key for a place of a document and for what is asked there. */
export function placeKey(asked: string, { prefix, suffix }: Around): string {
  const hash = createHash('sha1');
  for (const part of [asked, prefix.slice(-tailChars), suffix.slice(0, tailChars)]) {
    hash.update(`${part.length}:`).update(part);
  }
  return hash.digest('base64');
}
