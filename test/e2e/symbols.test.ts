import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeProject, type Project } from '../support/project.js';

/** The real commands with the real daemon in a private home. */
let project: Project;

beforeAll(async () => {
  project = makeProject({
    'src/queue.ts':
      '/** Keeps work in order. */\nexport class Queue {\n  drain(limit: number): void {\n    step(limit);\n  }\n}\n\nfunction step(limit: number) {\n  return limit;\n}\n',
    'src/main.ts':
      "import { Queue } from './queue.js';\nimport fs from 'node:fs';\n\nexport function main() {\n  const queue = new Queue();\n  queue.drain(3);\n}\n",
    'notes.md': '# Notes\n',
  });
  expect((await lcad('add', '.')).code).toBe(0);
});
afterAll(() => project.remove());

const lcad: Project['lcad'] = (...words) => project.lcad(...words);
const json: Project['json'] = (...words) => project.json(...words);

describe('symbols on the command line', () => {
  test('are found by parts of their names', async () => {
    const { code, stdout, stderr } = await lcad('symbols', 'que');
    expect(code).toBe(0);
    expect(stdout).toBe('src/queue.ts\n     2 class Queue\n       export class Queue\n');
    expect(stderr).toContain('1 symbol in ');
  });

  test('lead to their definitions, by place and by name', async () => {
    const byPlace = await json('def', 'src/main.ts:6:9');
    expect(byPlace).toMatchObject({
      symbols: [{ path: 'src/queue.ts', line: 3, name: 'drain', scope: 'Queue', kind: 'method' }],
      confidence: 'imported',
    });
    expect(await json('def', 'Queue.drain')).toMatchObject({ symbols: [{ line: 3 }], confidence: null });
    const { stdout } = await lcad('def', 'Queue');
    expect(stdout).toContain('     2 class Queue\n       export class Queue\n');
  });

  test('lead to references, callers and callees', async () => {
    const refs = await lcad('refs', 'Queue');
    expect(refs.code).toBe(0);
    expect(refs.stdout).toBe(
      "src/main.ts\n     1 import { Queue } from './queue.js';  [import, imported]\n     5 const queue = new Queue();  [imported]\n",
    );
    expect(refs.stderr).toContain('2 references to class Queue');
    const callers = await lcad('callers', 'src/queue.ts:3');
    expect(callers.stdout).toBe(
      'src/main.ts\n     4 function main  [imported]\n        6: queue.drain(3);\n',
    );
    const callees = await json('callees', 'main');
    expect(callees.relations.map(({ symbol }: { symbol: { name: string } }) => symbol.name)).toEqual([
      'Queue',
      'drain',
    ]);
  });

  test('files tell what they import and what imports them', async () => {
    const { stdout } = await lcad('deps', 'src/main.ts');
    expect(stdout).toContain('     1 ./queue.js  src/queue.ts\n     2 node:fs  external: node:fs\n');
    expect((await lcad('deps', 'src/queue.ts')).stdout).toContain('src/main.ts:1  ./queue.js');
    expect((await lcad('deps', 'notes.md')).code).toBe(4);
  });

  test('what is not there is said, with names that are alike', async () => {
    const unknown = await lcad('def', 'Quueue');
    expect(unknown.code).toBe(4);
    expect(unknown.stderr).toContain('Nothing is defined as Quueue.');
    expect(unknown.stderr).toContain('Queue');
    expect((await json('refs', 'src/main.ts:99')).error.kind).toBe('LINE_NOT_FOUND');
    expect((await json('callers', 'src/none.ts:1')).error.kind).toBe('FILE_NOT_INDEXED');
    expect((await lcad('symbols', 'zzzz')).code).toBe(4);
    expect((await lcad('callers', 'main')).code).toBe(4);
  });

  test('what was just written is seen', async () => {
    writeFileSync(
      join(project.repo.root, 'src/late.ts'),
      "import { Queue } from './queue.js';\nexport function late(queue: Queue) {\n  queue.drain(1);\n}\n",
    );
    const { relations } = await json('callers', 'Queue.drain', '--wait');
    expect(relations.map(({ symbol }: { symbol: { name: string } }) => symbol.name)).toEqual([
      'late',
      'main',
    ]);
  });
});
