/** Longer declarations are cut. */
const mostLines = 6;

/**
 * How many lines a declaration takes: up to the one in which the brackets that it opened are closed again, without its
 * body. Knows no language: strings and comments in a declaration may hold brackets, which costs a line or two. Pure.
 * @param lines from the declaration's first line on
 * @param named which of them has the name
 */
export function headLength(lines: readonly string[], named: number): number {
  let open = 0;
  for (const [at, line] of lines.slice(0, mostLines).entries()) {
    for (const sign of line) {
      if (sign === '(' || sign === '[') open++;
      else if (sign === ')' || sign === ']') open--;
    }
    if (at >= named && open <= 0) return at + 1;
  }
  return Math.min(lines.length, Math.max(named + 1, mostLines));
}
