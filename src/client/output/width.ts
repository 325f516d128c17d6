/** Widths in terminal columns. Text is expected to hold no control characters (see printable.ts). */

import { stripVTControlCharacters } from 'node:util';

const zeroWidth = /^[\p{Mn}\p{Me}\p{Cf}]$/u;

// Ranges of Unicode's East Asian Width "W" and "F" that matter: Hangul, CJK, kana, full-width forms, emoji.
const wideRanges: readonly [number, number][] = [
  [0x1100, 0x115f],
  [0x2e80, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

function columnsOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (zeroWidth.test(character)) return 0;
  return wideRanges.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
}

/** Columns that a text takes, colour sequences not counted. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text)) width += columnsOf(character);
  return width;
}

/** The text cut to a number of columns, with "…" where something was cut. For text without colours. */
export function cut(text: string, columns: number): string {
  if (text.length <= columns && widthOf(text) <= columns) return text;
  let width = 0;
  let kept = '';
  for (const character of text) {
    width += columnsOf(character);
    if (width > columns - 1) return columns > 0 ? `${kept}…` : '';
    kept += character;
  }
  return kept;
}

/** Tabs replaced by blanks up to the next multiple of `size`. */
export function expandTabs(text: string, size = 4): string {
  if (!text.includes('\t')) return text;
  let width = 0;
  let result = '';
  for (const character of text) {
    const step = character === '\t' ? size - (width % size) : columnsOf(character);
    result += character === '\t' ? ' '.repeat(step) : character;
    width += step;
  }
  return result;
}

/** A text of words in lines of at most so many columns; a word that is longer has a line of its own. */
export function wrap(text: string, columns: number): string[] {
  if (!Number.isFinite(columns)) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && widthOf(longer) > columns) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}
