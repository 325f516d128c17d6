import { describe, expect, test } from 'vitest';
import { linesWanted } from '../../../src/daemon/fim/lines.js';
import { syntaxAround } from '../../../src/daemon/fim/syntax.js';
import { aroundPlace } from '../../../src/workers/around-task.js';
import { ampleMs } from '../../support/chunks.js';

const halves = (marked: string) => {
  const at = marked.indexOf('|');
  return { prefix: marked.slice(0, at), suffix: marked.slice(at + 1) };
};

async function wanted(language: string, marked: string) {
  const { prefix, suffix } = halves(marked);
  const task = { type: 'around', language, text: prefix + suffix, at: prefix.length } as const;
  const syntax = await aroundPlace({ ...task, parseDeadlineMs: ampleMs });
  return linesWanted({ prefix, suffix, language }, syntax);
}

describe('by the syntax tree', () => {
  test.each([
    ['typescript', 'function f() {\n  |\n}\n', 'multiple'],
    ['typescript', 'function f() {|}\n', 'multiple'],
    ['typescript', 'function f() {\n  a();\n  |\n  b();\n}\n', 'multiple'],
    ['typescript', 'class A {\n  |\n}\n', 'multiple'],
    ['typescript', 'const a = |\n', 'single'],
    ['typescript', 'call(\n  |\n);\n', 'single'],
    ['typescript', 'const list = [\n  one,\n  |\n];\n', 'single'],
    ['typescript', '// the |\nf();\n', 'single'],
    ['typescript', 'const a = `\n  |\n`;\n', 'single'],
    ['typescript', '/*\n  {|\n*/\n', 'single'],
    ['python', 'def f():\n    |\n', 'multiple'],
    ['python', 'x = |\n', 'single'],
    ['go', 'func f() {\n\t|\n}\n', 'multiple'],
    ['rust', 'fn f() {\n    |\n}\n', 'multiple'],
  ])('%s: %j: %s', async (language, marked, expected) => {
    expect(await wanted(language, marked)).toBe(expected);
  });
});

describe('by the text alone', () => {
  test.each([
    ['if (a) {|\n', 'multiple'],
    ['if (a) {\n  |\n}\n', 'multiple'],
    ['  |\n', 'multiple'],
    ['a();\n|\n', 'single'],
    ['f(|, b);\n', 'single'],
    ['  |b();\n', 'single'],
    ['const a = 1|\n', 'single'],
  ])('%j: %s', (marked, expected) => {
    expect(linesWanted({ ...halves(marked), language: 'typescript' }, null)).toBe(expected);
  });
});

test('a thread that does not answer at once, or cannot, is not waited for', async () => {
  const place = { language: 'typescript', ...halves('a|b') };
  let asked = 0;
  const silent = syntaxAround({
    around: () => {
      asked++;
      return new Promise(() => undefined);
    },
  });
  for (let count = 0; count < 6; count++) expect(await silent(place)).toBeNull();
  expect(asked).toBe(4);
  const failing = syntaxAround({ around: () => Promise.reject(new Error('the thread has ended')) });
  expect(await failing(place)).toBeNull();
});
