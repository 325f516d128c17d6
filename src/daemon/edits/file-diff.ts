import { FILE_HEADERS_ONLY, formatPatch, type StructuredPatch, structuredPatch } from 'diff';
import type { Line } from './lines.js';
import { linesOf } from './lines.js';

/** A change of one file, for people and for `patch`. */
export interface FileDiff {
  /** Unified, three lines around each change; empty if no line changes. */
  readonly diff: string;
  /** Lines. */
  readonly added: number;
  readonly removed: number;
}

const linesAround = 3;
/** More lines than these changed in one file are shown as one change, since finding the least of them takes too long. */
const mostChanged = 600;

/**
 * The unified diff from one text to another. Pure.
 * @param names of the file before and after, from the root of its repository; null: there is none
 */
export function fileDiff(
  before: string,
  after: string,
  { from, to }: { from: string | null; to: string | null },
): FileDiff {
  const [old, fresh] = [from === null ? '/dev/null' : `a/${from}`, to === null ? '/dev/null' : `b/${to}`];
  const options = { context: linesAround, maxEditLength: mostChanged };
  const patch =
    structuredPatch(old, fresh, before, after, undefined, undefined, options) ??
    wholePatch(old, fresh, linesOf(before), linesOf(after));
  const signs = patch.hunks.flatMap(({ lines }) => lines.map((line) => line[0]));
  const renamed = from !== null && to !== null && from !== to;
  const head = renamed ? `diff --git ${old} ${fresh}\nrename from ${from}\nrename to ${to}\n` : '';
  return {
    diff: head + (patch.hunks.length === 0 ? '' : formatPatch(patch, FILE_HEADERS_ONLY)),
    added: signs.filter((sign) => sign === '+').length,
    removed: signs.filter((sign) => sign === '-').length,
  };
}

/** All lines between the first that differs and the last, as one hunk. */
function wholePatch(
  oldFileName: string,
  newFileName: string,
  old: readonly Line[],
  fresh: readonly Line[],
): StructuredPatch {
  const same = (a: Line | undefined, b: Line | undefined) => a?.text === b?.text && a?.end === b?.end;
  const shorter = Math.min(old.length, fresh.length);
  let before = 0;
  while (before < shorter && same(old[before], fresh[before])) before++;
  let after = 0;
  while (after < shorter - before && same(old.at(-1 - after), fresh.at(-1 - after))) after++;
  const start = Math.max(0, before - linesAround);
  const left = Math.max(0, after - linesAround);
  const shown = (sign: string, lines: readonly Line[]) =>
    lines.flatMap(({ text, end }) => {
      const line = `${sign}${text}${end === '\r\n' ? '\r' : ''}`;
      return end === '' ? [line, '\\ No newline at end of file'] : [line];
    });
  const hunk = {
    oldStart: start + 1,
    oldLines: old.length - left - start,
    newStart: start + 1,
    newLines: fresh.length - left - start,
    lines: [
      ...shown(' ', old.slice(start, before)),
      ...shown('-', old.slice(before, old.length - after)),
      ...shown('+', fresh.slice(before, fresh.length - after)),
      ...shown(' ', old.slice(old.length - after, old.length - left)),
    ],
  };
  return { oldFileName, newFileName, oldHeader: undefined, newHeader: undefined, hunks: [hunk] };
}
