import { expect, test } from 'vitest';
import { returnedType } from '../../../src/daemon/graph/returned-type.js';

test('what a function returns is read from behind its parameters', () => {
  expect(returnedType('export function make(): Queue')).toBe('Queue');
  expect(returnedType('async function a(b: (c: D) => E): Promise<Client | null>')).toBe('Client');
  expect(returnedType('const f = (a: B): work.C | undefined =>')).toBe('work.C');
  expect(returnedType('def x(self, a: int = 3) -> Foo:')).toBe('Foo');
  expect(returnedType('fn open(path: &str) -> store::Store')).toBe('store::Store');
});

test('what is not one named type is none', () => {
  for (const signature of [
    'function a()',
    'f(): Foo[]',
    'f(): A | B',
    'f(): T',
    'f(): [A, B]',
    'f(a: B',
    'f',
  ])
    expect(returnedType(signature)).toBeNull();
});
