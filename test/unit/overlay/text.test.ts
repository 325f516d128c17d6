import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EditableText, type Position, type TextChange } from '../../../src/daemon/overlay/text.js';

/** Lines without their ends, and where each begins: by a pattern, over the whole text each time. */
function linesOf(text: string): { start: number; end: number }[] {
  const lines: { start: number; end: number }[] = [];
  let start = 0;
  for (const found of text.matchAll(/\r\n|\n|\r/g)) {
    lines.push({ start, end: found.index });
    start = found.index + found[0].length;
  }
  return [...lines, { start, end: text.length }];
}

function offsetIn(text: string, { line, character }: Position): number {
  if (line < 0) return 0;
  const found = linesOf(text)[line];
  return found ? Math.min(found.end, found.start + Math.max(0, character)) : text.length;
}

function changed(text: string, change: TextChange): string {
  if (!change.range) return change.text;
  const [from = 0, to = 0] = [change.range.start, change.range.end]
    .map((position) => offsetIn(text, position))
    .sort((a, b) => a - b);
  return text.slice(0, from) + change.text + text.slice(to);
}

const piece = fc.oneof(
  fc.constantFrom('\n', '\r\n', '\r', '\r\r\n', 'ab', '🙂', '\ud83d', '\ude42', 'é', '\u2028', '\t', ''),
  fc.string({ maxLength: 4 }),
);
const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
const position = fc.record({
  line: fc.oneof(fc.integer({ min: -1, max: 12 }), fc.constant(2 ** 31 - 1)),
  character: fc.oneof(fc.integer({ min: -1, max: 12 }), fc.constant(2 ** 32 - 1)),
});
const change: fc.Arbitrary<TextChange> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ range: fc.record({ start: position, end: position }), text }) },
  { weight: 1, arbitrary: fc.record({ text }) },
);

test('any changes one after the other give the text and the lines that a plain reading gives', () => {
  fc.assert(
    fc.property(
      text,
      fc.array(change, { maxLength: 20 }),
      fc.array(position),
      (first, changes, positions) => {
        const edited = new EditableText(first);
        let expected = first;
        for (const one of changes) {
          const before = expected;
          expected = changed(expected, one);
          const lines = edited.apply(one);
          expect(edited.text).toBe(expected);
          expect(edited.lineCount).toBe(linesOf(expected).length);
          if (lines === null) {
            expect(expected).toBe(before);
            continue;
          }
          // What is not said to have changed has not.
          const [old, now] = [linesOf(before), linesOf(expected)];
          expect(lines.newEndLine - lines.oldEndLine).toBe(now.length - old.length);
          const head = old[lines.startLine - 1]?.start ?? 0;
          expect(expected.slice(0, head)).toBe(before.slice(0, head));
          const tail = before.length - (old[lines.oldEndLine]?.start ?? before.length);
          expect(expected.slice(expected.length - tail)).toBe(before.slice(before.length - tail));
        }
        for (const one of positions) expect(edited.offsetAt(one)).toBe(offsetIn(expected, one));
      },
    ),
    { numRuns: 2000 },
  );
});

describe('places', () => {
  const at = (line: number, character: number): Position => ({ line, character });

  test('are counted in UTF-16 units', () => {
    const edited = new EditableText('a🙂b\n');
    edited.apply({ range: { start: at(0, 1), end: at(0, 3) }, text: '-' });
    expect(edited.text).toBe('a-b\n');
  });

  test('behind a line mean its end, whatever ends it', () => {
    const edited = new EditableText('one\r\ntwo\rthree');
    expect(
      [at(0, 3), at(0, 4), at(0, 99), at(1, 99), at(2, 99), at(9, 0)].map((one) => edited.offsetAt(one)),
    ).toEqual([3, 3, 3, 8, 14, 14]);
  });

  test('in the wrong order are put in the right one', () => {
    const edited = new EditableText('abc');
    expect(edited.apply({ range: { start: at(0, 3), end: at(0, 1) }, text: '' })).toEqual({
      startLine: 1,
      oldEndLine: 1,
      newEndLine: 1,
    });
    expect(edited.text).toBe('a');
  });
});

test('a whole text in place of another counts as a change of the lines that differ', () => {
  const edited = new EditableText('a\nb\nc\nd\n');
  expect(edited.apply({ text: 'a\nx\ny\nc\nd\n' })).toEqual({ startLine: 2, oldEndLine: 2, newEndLine: 3 });
  expect(edited.apply({ text: 'a\nx\ny\nc\nd\n' })).toBeNull();
});
