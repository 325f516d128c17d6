import type { Source } from './source.js';

/** Lines of a file from 0, both included. */
export interface Span {
  from: number;
  to: number;
}

/** A chunk has no more lines than this, but for a closing line or two. */
export const maxLines = 100;
/** Nor more characters, unless a single line has. About 2,000 tokens, what common embedding models read. */
export const maxChars = 8192;

/** How large the pieces of a cut are. */
export interface PieceSize {
  /** Lines that a piece should have. */
  target: number;
  /** Lines that a piece may have. */
  max: number;
}

/** Parts of a definition that is too large for one chunk. */
export const bodyPiece: PieceSize = { target: 60, max: maxLines };
/** Small definitions and the lines between them. */
export const runPiece: PieceSize = { target: 40, max: 80 };
/** Text without a known structure. */
export const linesPiece: PieceSize = { target: 40, max: 60 };

/** Whether lines fit into one chunk. */
export function fits(source: Source, { from, to }: Span): boolean {
  return to - from < maxLines && source.size(from, to) <= maxChars;
}

/** The span without blank lines at its ends, or null if nothing is left. */
export function trim(source: Source, { from, to }: Span): Span | null {
  let first = from;
  let last = to;
  while (first <= last && source.isBlank(first)) first++;
  while (last > first && source.isBlank(last)) last--;
  return first <= last ? { from: first, to: last } : null;
}

/**
 * Cuts lines into pieces of about the wanted size, at the best places near it: after blank lines, before lines with
 * little indentation, never before a closing bracket if it can be helped. A line is never split, so only a single
 * line can be larger than `maxChars`. Blank lines at the ends of pieces are dropped.
 *
 * @param joined lines before which not to cut if there is any other place
 */
export function cut(source: Source, span: Span, size: PieceSize, joined?: (line: number) => boolean): Span[] {
  const pieces: Span[] = [];
  let rest = trim(source, span);
  while (rest !== null) {
    const next: number = nextCut(source, rest, size, joined);
    const piece = trim(source, { from: rest.from, to: next - 1 });
    if (piece !== null) pieces.push(piece);
    rest = trim(source, { from: next, to: rest.to });
  }
  return pieces;
}

/** The line at which the second piece starts; one after the end if all fits into one. */
function nextCut(
  source: Source,
  { from, to }: Span,
  size: PieceSize,
  joined?: (line: number) => boolean,
): number {
  const length = to - from + 1;
  const chars = source.size(from, to);
  if (length <= size.max && chars <= maxChars) return to + 1;
  const last = lastFitting(source, from, Math.min(to, from + size.max));
  if (last <= from + 1) return from + 1;
  // Even pieces: 110 lines become twice 55 rather than 100 and 10.
  const pieces = Math.max(2, Math.round(length / size.target), Math.ceil(chars / maxChars));
  const ideal = Math.min(last, from + Math.ceil(length / pieces));
  const first = Math.max(from + 1, ideal - (size.target >> 1));
  let best = ideal;
  let bestCost = Number.POSITIVE_INFINITY;
  for (let line = first; line <= last; line++) {
    const cost = cutCost(source, line) + Math.abs(line - ideal) / 2 + (joined?.(line) ? 200 : 0);
    if (cost < bestCost) {
      best = line;
      bestCost = cost;
    }
  }
  return best;
}

/** The last line at which a second piece can start so that the first is not too large. */
function lastFitting(source: Source, from: number, limit: number): number {
  let last = limit;
  while (last > from + 1 && source.size(from, last - 1) > maxChars) last--;
  return last;
}

/** How bad it is to cut before a line. The figures weigh against half a point for each line off the wanted size. */
function cutCost(source: Source, line: number): number {
  const indent = source.indent(line);
  if (indent < 0) return 40;
  const code = source.firstCode(line);
  const closes = code === 125 || code === 41 || code === 93;
  const afterBlank = source.isBlank(line - 1);
  return Math.min(indent, 40) + (afterBlank ? 0 : 14) + (closes ? 30 : 0);
}
