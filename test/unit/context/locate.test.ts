import { describe, expect, test } from 'vitest';
import { headLength } from '../../../src/daemon/context/heads.js';
import { locate } from '../../../src/daemon/context/locate.js';

describe('lines of a saved file in its unsaved text', () => {
  const text = ['new', 'one', 'two', 'three', '', 'one', 'two', 'three'];

  test('are found where they moved to, the nearest if there are several', () => {
    expect(locate(['one', 'two', 'three'], 1, text)).toEqual({ from: 2, to: 4 });
    expect(locate(['one', 'two', 'three'], 6, text)).toEqual({ from: 6, to: 8 });
  });

  test('are found when something between was changed', () => {
    expect(locate(['one', '2', 'three'], 1, text)).toEqual({ from: 2, to: 4 });
    expect(locate(['f() {', 'a', '}'], 1, ['f() {', 'b', 'c', '}', '', 'g() {', '}'])).toEqual({
      from: 1,
      to: 4,
    });
  });

  test('are not found when they are gone', () => {
    expect(locate(['gone', 'two'], 1, text)).toBeNull();
    expect(locate(['', 'two'], 1, text)).toBeNull();
    expect(locate([], 1, text)).toBeNull();
    expect(locate(['one', 'last'], 1, text)).toBeNull();
  });
});

describe('the head of a definition', () => {
  test('ends where the brackets are closed', () => {
    expect(headLength(['def f(', '    a,', '    b', ') -> int:', '    return a'], 0)).toBe(4);
    expect(headLength(['class A {', '  x;'], 0)).toBe(1);
  });

  test('holds the line with the name, and ends at some time', () => {
    expect(headLength(['static int', 'main(void)', '{'], 1)).toBe(2);
    expect(
      headLength(
        Array.from({ length: 20 }, () => '((('),
        0,
      ),
    ).toBe(6);
    expect(headLength(['f('], 0)).toBe(1);
  });
});
