import { printable } from './printable.js';
import type { Colors } from './terminal.js';

/** The text of a map, with its paths in colour. */
export function mapView(text: string, colors: Colors): string {
  return printable(text)
    .split('\n')
    .map((line) => {
      if (/^\S.*:$/.test(line)) return colors.magenta(line);
      return line.trim() === '⋮' ? colors.dim(line) : line;
    })
    .join('\n');
}
