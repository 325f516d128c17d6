import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printable, printableLine } from '../../../src/client/output/printable.js';
import { cut, expandTabs, widthOf, wrap } from '../../../src/client/output/width.js';

describe('text from files on a terminal', () => {
  test.each([
    ['\x1b]0;title\x07', '␛]0;title␇'],
    ['\x1b[2J', '␛[2J'],
    ['a\x9b31mb', 'a<U+009B>31mb'],
    ['one\rtwo', 'one␍two'],
    ['one\r\ntwo\n', 'one\ntwo\n'],
    ['\x7f', '␡'],
    ['if (a\u202e)', 'if (a<U+202E>)'],
    ['a\tb', 'a\tb'],
    ['ünï — 漢字 🙂', 'ünï — 漢字 🙂'],
  ])('printable(%j)', (text, shown) => expect(printable(text)).toBe(shown));

  test('a path stays on one line', () => {
    expect(printableLine('a\nb\tc\x1b[31m')).toBe('a␊b␉c␛[31m');
  });

  test('no control character but tab and newline is ever left', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const left = [...printable(text)].filter(
          (one) => /\p{Cc}/u.test(one) && one !== '\t' && one !== '\n',
        );
        return left.length === 0 && !/\p{Cc}/u.test(printableLine(text));
      }),
    );
  });
});

describe('widths', () => {
  test.each([
    ['abc', 3],
    ['漢字', 4],
    ['🙂', 2],
    ['e\u0301', 1],
    ['\x1b[31mred\x1b[39m', 3],
    ['', 0],
  ])('widthOf(%j)', (text, width) => expect(widthOf(text)).toBe(width));

  test('cuts by columns, not by characters', () => {
    expect(cut('abcdef', 6)).toBe('abcdef');
    expect(cut('abcdef', 5)).toBe('abcd…');
    expect(cut('漢字漢字', 5)).toBe('漢字…');
    expect(cut('漢字漢字', 4)).toBe('漢…');
    expect(cut('abc', 0)).toBe('');
  });

  test('never longer than asked', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, columns) => {
        const shown = printableLine(text);
        return widthOf(cut(shown, columns)) <= columns;
      }),
    );
  });

  test('wraps between words', () => {
    expect(wrap('one two three four', 9)).toEqual(['one two', 'three', 'four']);
    expect(wrap('incomprehensible, no', 6)).toEqual(['incomprehensible,', 'no']);
    expect(wrap('\x1b[31mone\x1b[39m two', 7)).toEqual(['\x1b[31mone\x1b[39m two']);
    expect(wrap('one two', Number.POSITIVE_INFINITY)).toEqual(['one two']);
  });

  test('tabs reach to the next stop', () => {
    expect(expandTabs('\ta\tb')).toBe('    a   b');
    expect(expandTabs('漢\tb')).toBe('漢  b');
  });
});
