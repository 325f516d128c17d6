import { cut, widthOf } from './width.js';

export interface Column {
  title: string;
  align?: 'left' | 'right';
  /** May be cut when the table is wider than the terminal; the others keep their width. */
  shrink?: boolean;
}

/** One cell: its text, and how to colour it once its width is settled. */
export interface Cell {
  text: string;
  paint?: (text: string) => string;
}

const gap = '  ';
const narrowest = 8;

/**
 * Lines of a table: a title line, then one per row. Columns are as wide as their widest cell; when that is more than
 * `columns`, those that may shrink are cut.
 * @param columns width of the terminal, or Infinity
 */
export function table(
  layout: Column[],
  rows: Cell[][],
  columns: number,
  paintTitle = (text: string) => text,
) {
  const widths = layout.map((column, at) =>
    Math.max(widthOf(column.title), ...rows.map((row) => widthOf(row[at]?.text ?? ''))),
  );
  shrink(layout, widths, columns);
  const line = (cells: Cell[]) =>
    layout
      .map((column, at) => {
        const cell = cells[at] ?? { text: '' };
        const width = widths[at] ?? 0;
        const text = cut(cell.text, width);
        const padding = ' '.repeat(Math.max(0, width - widthOf(text)));
        const painted = cell.paint ? cell.paint(text) : text;
        if (column.align === 'right') return padding + painted;
        return at === layout.length - 1 ? painted : painted + padding;
      })
      .join(gap)
      .trimEnd();
  return [line(layout.map((column) => ({ text: column.title, paint: paintTitle }))), ...rows.map(line)];
}

function shrink(layout: Column[], widths: number[], columns: number): void {
  const total = () => widths.reduce((sum, width) => sum + width, 0) + gap.length * (widths.length - 1);
  while (total() > columns) {
    let widest = -1;
    for (const [at, column] of layout.entries()) {
      const width = widths[at] ?? 0;
      if (column.shrink && width > narrowest && width > (widths[widest] ?? 0)) widest = at;
    }
    if (widest < 0) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
}
