import { NumberReader } from '../varints.js';

/** Numbers of a definition before its signature, and behind its documentation (see compact.ts). */
const before = 3;
const behind = 6;

/** Where the parts of a packed outline begin: text of its strings, numbers, lines. */
export function partsOf(packed: Uint8Array): { text: number; numbers: number; lines: number } {
  const sizes = new NumberReader(packed, 0);
  const [textSize, numbersSize] = [sizes.read(), sizes.read()];
  const numbers = sizes.at + textSize;
  return { text: sizes.at, numbers, lines: numbers + numbersSize };
}

/** Where signature and documentation of each definition begin in a packed outline, one after the other. */
export function definitionTexts(packed: Uint8Array): Int32Array {
  const parts = partsOf(packed);
  const starts: number[] = [parts.text];
  // Strings are short: looking at each byte here is faster than calling what looks for the next end.
  for (let at = parts.text; at < parts.numbers; at++) if (packed[at] === 10) starts.push(at + 1);
  const reader = new NumberReader(packed, parts.numbers);
  reader.read();
  const count = countIn(packed, reader);
  reader.read();
  reader.read();
  const texts = new Int32Array(count * 2);
  for (let index = 0; index < count; index++) {
    for (let skipped = 0; skipped < before; skipped++) reader.read();
    texts[index * 2] = starts[reader.read()] ?? 0;
    texts[index * 2 + 1] = starts[reader.read()] ?? 0;
    for (let skipped = 0; skipped < behind; skipped++) reader.read();
  }
  return texts;
}

/** The string that begins at a place that `definitionTexts` gave. */
export function textAt(packed: Uint8Array, at: number): string {
  return decoded(packed, at, packed.indexOf(10, at));
}

/** The lines that hold references: each with the place where its text ends in the packed outline, from the first one's begin. */
export function linesIn(packed: Uint8Array): Int32Array {
  const reader = new NumberReader(packed, partsOf(packed).lines);
  const count = countIn(packed, reader);
  const lines = new Int32Array(count * 2 + 1);
  let [line, end] = [0, 0];
  for (let index = 0; index < count; index++) {
    line += reader.read();
    end += reader.read();
    lines[index * 2] = line;
    lines[index * 2 + 1] = end;
  }
  for (let index = 0; index < count; index++) lines[index * 2 + 1] = (lines[index * 2 + 1] ?? 0) + reader.at;
  lines[count * 2] = reader.at;
  return lines;
}

/** The text of a line, without blanks around it. @param lines as `linesIn` gave them */
export function lineAt(packed: Uint8Array, lines: Int32Array, line: number): string {
  const count = (lines.length - 1) / 2;
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle * 2] ?? 0) < line) low = middle + 1;
    else high = middle;
  }
  if (low === count || lines[low * 2] !== line) return '';
  const from = low === 0 ? lines[count * 2] : lines[low * 2 - 1];
  return decoded(packed, from ?? 0, lines[low * 2 + 1] ?? 0);
}

/** A number of things, each of which takes a byte at least: bytes that are none of an outline end soon. */
function countIn(packed: Uint8Array, reader: NumberReader): number {
  return Math.min(reader.read(), packed.length);
}

function decoded(packed: Uint8Array, from: number, to: number): string {
  return Buffer.from(packed.buffer, packed.byteOffset + from, to - from).toString('utf8');
}
