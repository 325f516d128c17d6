import { expect, test } from 'vitest';
import { syntaxOfText } from '../../../src/workers/syntax-task.js';

const parse = (path: string, text: string) =>
  syntaxOfText({ type: 'syntax', path, text, parseDeadlineMs: 5000 });

test('tells whether a text parses in the language of its name', async () => {
  expect(await parse('a.ts', 'const a: number = 1;\n')).toEqual({ language: 'typescript', valid: true });
  expect(await parse('a.ts', 'const a: = ;\n')).toEqual({ language: 'typescript', valid: false });
  expect(await parse('a.py', 'def f(x):\n    return x\n')).toEqual({ language: 'python', valid: true });
  expect((await parse('notes.txt', 'anything (')).valid).toBeNull();
});
