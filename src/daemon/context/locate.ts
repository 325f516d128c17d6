import type { Span } from './regions.js';

/** How much longer a stretch may have become while it was edited. */
const growth = 2;
const mostMore = 20;

/**
 * Where lines of a saved file are in its unsaved text: the same lines, the nearest if there are several; or else what is
 * now between the first and the last of them. Null if they are not to be found. Pure.
 * @param startLine of the lines in the saved file, from 1
 */
export function locate(lines: readonly string[], startLine: number, text: readonly string[]): Span | null {
  const first = lines[0];
  const last = lines.at(-1);
  if (first === undefined || last === undefined || first.trim() === '') return null;
  const starts = text
    .flatMap((line, at) => (line === first ? [at] : []))
    .sort((a, b) => Math.abs(a + 1 - startLine) - Math.abs(b + 1 - startLine));
  for (const at of starts) {
    if (lines.every((line, place) => text[at + place] === line))
      return { from: at + 1, to: at + lines.length };
  }
  const [at] = starts;
  if (at === undefined || last.trim() === '') return null;
  const most = Math.min(text.length - 1, at + lines.length * growth + mostMore);
  let end = -1;
  for (let line = at; line <= most; line++) {
    const isNearer = Math.abs(line - at + 1 - lines.length) < Math.abs(end - at + 1 - lines.length);
    if (text[line] === last && (end < 0 || isNearer)) end = line;
  }
  return end < 0 ? null : { from: at + 1, to: end + 1 };
}
