import type { Hunk, LineRange } from './diff-text.js';

/**
 * Where lines of a text are after later changes. Lines that were changed again stand for the place of that change; of
 * those that are gone, the line before is taken. Pure.
 *
 * @param later changes since, in order
 */
export function carriedOver(range: LineRange, later: readonly Hunk[]): LineRange {
  if (later.length === 0) return range;
  const first = placeOf(range.start, later, 'first');
  const last = placeOf(range.start + Math.max(1, range.count) - 1, later, 'last');
  return range.count === 0
    ? { start: first, count: 0 }
    : { start: first, count: Math.max(0, last - first + 1) };
}

function placeOf(line: number, later: readonly Hunk[], edge: 'first' | 'last'): number {
  let shift = 0;
  for (const { old, new: fresh } of later) {
    // A change of no lines comes after the line that it names.
    const begin = old.count === 0 ? old.start + 1 : old.start;
    if (line < begin) break;
    if (line < begin + old.count) {
      return edge === 'first' ? fresh.start : fresh.start + Math.max(1, fresh.count) - 1;
    }
    shift = lastOf(fresh) - lastOf(old);
  }
  return line + shift;
}

/** The last line, or the one that no lines come after. */
function lastOf({ start, count }: LineRange): number {
  return count === 0 ? start : start + count - 1;
}
