import { expect, test } from 'vitest';
import { valuePath } from '../../../src/workers/outline/value-path.js';

const pathOf = (text: string) => valuePath(text, 0, text.length);

test('a value is a path of members and of what is called', () => {
  expect(pathOf('f(a, "x)")')).toBe('f()');
  expect(pathOf('await a.b((c) => c.d).e')).toBe('a>b()>e');
  expect(pathOf('this.#x.y')).toBe('this>#x>y');
  expect(pathOf('a\n  ?.b!.c([{}])')).toBe('a>b>c()');
});

test('anything else is none', () => {
  for (const text of ['new X()', 'a[0].b', '(await x).y', 'x`a`', 'f(/\\)/)', 'f(', "f('", 'a.b.c.d.e.f', ''])
    expect(pathOf(text)).toBeNull();
});
