import type { GrepLine, GrepSpan } from '../../protocol/grep.js';
import type { MarkedText } from '../store/contract.js';

/** Longer lines are cut to this many characters around their first match. */
const mostChars = 4_000;
const charsBefore = 200;

/** The matching lines of a chunk. */
export interface ChunkLines {
  lines: GrepLine[];
  /** Blank lines that match too: only those inside of chunks are known, so none is shown. */
  blank: number;
}

/** Cuts a chunk's text with its matches into lines. A match is never longer than a line. Pure. */
export function matchingLines(startLine: number, { text, spans }: MarkedText): ChunkLines {
  const lines: GrepLine[] = [];
  let blank = 0;
  let line = startLine;
  let from = 0;
  let next = 0;
  while (next < spans.length) {
    const end = endOfLine(text, from);
    const found: GrepSpan[] = [];
    for (; next < spans.length && (spans[next] ?? 0) <= end; next += 2) {
      found.push({ start: (spans[next] ?? 0) - from, end: (spans[next + 1] ?? 0) - from });
    }
    if (found.length > 0) {
      const whole = text.slice(from, end);
      if (whole.trim() === '') blank++;
      else lines.push(shortened(line, whole, found));
    }
    if (end >= text.length) break;
    from = end + 1;
    line++;
  }
  return { lines, blank };
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function shortened(line: number, text: string, spans: GrepSpan[]): GrepLine {
  if (text.length <= mostChars) return { line, text, spans };
  const from = Math.max(0, Math.min((spans[0]?.start ?? 0) - charsBefore, text.length - mostChars));
  const to = from + mostChars;
  const inside = spans
    .filter(({ start }) => start < to)
    .map(({ start, end }) => ({ start: start - from, end: Math.min(end, to) - from }));
  return { line, text: text.slice(from, to), spans: inside };
}

/** A line that is shown around matches. */
export function contextLine(line: number, text: string): GrepLine {
  return { line, text: text.slice(0, mostChars), spans: null };
}
