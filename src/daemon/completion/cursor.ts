import { LcadError } from '../../shared/errors.js';

/** A place in a text, between two characters. */
export interface Cursor {
  /** From 1. */
  line: number;
  offset: number;
  /** Where its line begins and ends, without the line end. */
  lineStart: number;
  lineEnd: number;
}

/**
 * Finds a place in a text.
 * @param line from 1; the empty line behind a last line end is one
 * @param column from 1, in UTF-16 units; one more than the line has is its end
 * @throws LINE_NOT_FOUND with the last line, or the last column of the line
 */
export function cursorAt(text: string, line: number, column: number, file: string): Cursor {
  let lineStart = 0;
  for (let at = 1; at < line; at++) {
    const end = text.indexOf('\n', lineStart);
    if (end < 0) {
      throw new LcadError('LINE_NOT_FOUND', `${file} has no line ${line}: its text ends at line ${at}.`, {
        details: { last: at },
      });
    }
    lineStart = end + 1;
  }
  const newline = text.indexOf('\n', lineStart);
  const end = newline < 0 ? text.length : newline;
  const lineEnd = newline > lineStart && text.charCodeAt(newline - 1) === 13 ? end - 1 : end;
  const most = lineEnd - lineStart + 1;
  if (column > most) {
    const message = `Line ${line} of ${file} has no column ${column}: it ends at column ${most}.`;
    throw new LcadError('LINE_NOT_FOUND', message, {
      next: 'Give a column that the line has.',
      details: { lastColumn: most },
    });
  }
  return { line, offset: lineStart + column - 1, lineStart, lineEnd };
}
