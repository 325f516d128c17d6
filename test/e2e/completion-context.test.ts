import { afterAll, beforeAll, expect, test } from 'vitest';
import { CompletionContextResult } from '../../src/protocol/completion-context.js';
import { makeProject, type Project } from '../support/project.js';

const main =
  "import { Queue } from './queue.js';\n\nexport function main() {\n  const queue = new Queue();\n  queue.drain(3);\n}\n";

let project: Project;

beforeAll(async () => {
  project = makeProject({
    'src/queue.ts':
      'export class Queue {\n  drain(limit: number): void {\n    this.step(limit);\n  }\n\n  step(limit: number) {\n    return limit;\n  }\n}\n',
    'src/main.ts': main,
    'notes.txt': 'nothing to see\n',
  });
  expect((await lcad('add', '.')).code).toBe(0);
});
afterAll(() => project.remove());

const lcad: Project['lcad'] = (...words) => project.lcad(...words);

test('prints the text around a place and the code that helps there', async () => {
  const { code, stdout, stderr } = await lcad('completion-context', 'src/main.ts:5:9', '--wait');
  expect(code).toBe(0);
  expect(stdout).toContain('step(limit: number)');
  expect(stdout).toContain('src/queue.ts');
  expect(stderr).toMatch(/\d+ items, \d+ tokens/);
});

test('as one JSON document, within the budgets that are given', async () => {
  const words = ['src/main.ts:5:9', '--json', '--tokens', '60', '--prefix', '8', '--suffix', '3'];
  const { code, stdout } = await lcad('completion-context', ...words);
  expect(code).toBe(0);
  const result = CompletionContextResult.parse(JSON.parse(stdout));
  expect(result).toMatchObject({ path: 'src/main.ts', source: 'index', language: 'typescript', notes: [] });
  expect(result.prefix.text.endsWith('  queue.')).toBe(true);
  expect(result.prefix.tokens).toBeLessThanOrEqual(8);
  expect(result.suffix.tokens).toBeLessThanOrEqual(3);
  expect(result.tokens).toBeLessThanOrEqual(60);
  expect(result.items.length).toBeGreaterThan(0);
});

test('where there is nothing that helps, and where the place is none', async () => {
  const nothing = await lcad('completion-context', 'notes.txt:1:8');
  expect(nothing.code).toBe(4);
  expect(nothing.stderr).toContain('0 items');
  const noLine = await lcad('completion-context', 'src/main.ts');
  expect(noLine.code).toBe(2);
  expect(noLine.stderr).toContain('file:line:column');
  const beyond = await lcad('completion-context', 'src/main.ts:70:1');
  expect(beyond.code).not.toBe(0);
  expect(beyond.stderr).toContain('no line 70');
});
