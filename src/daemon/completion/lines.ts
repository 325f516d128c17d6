/** Characters that are kept of a line. */
export const longestLine = 400;

/** How often a line ends in a text. */
export function newlinesIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** Lines of a text; cut where they are very long. */
export function linesOf(text: string, startLine: number, endLine: number): string {
  let from = 0;
  for (let line = 1; line < startLine; line++) {
    const end = text.indexOf('\n', from);
    if (end < 0) return '';
    from = end + 1;
  }
  const lines: string[] = [];
  for (let line = startLine; line <= endLine && from <= text.length; line++) {
    const newline = text.indexOf('\n', from);
    const end = newline < 0 ? text.length : newline;
    lines.push(text.slice(from, Math.min(end, from + longestLine)).replace(/\r$/, ''));
    if (newline < 0) break;
    from = newline + 1;
  }
  return lines.join('\n');
}
