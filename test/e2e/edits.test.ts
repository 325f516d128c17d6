import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { EditsApplyResult, EditsPreviewResult } from '../../src/protocol/edits.js';
import { runCli } from '../support/cli.js';
import { makeProject, type Project } from '../support/project.js';

const answer =
  'Done:\n\nsrc/a.ts\n```ts\n<<<<<<< SEARCH\nexport const a = 1;\n=======\nexport const a = 2;\n>>>>>>> REPLACE\n```\n\nsrc/new.ts\n<<<<<<< SEARCH\n=======\nexport {};\n>>>>>>> REPLACE\n';

let project: Project;
const path = (name: string) => join(project.repo.root, name);
const read = (name: string) => readFileSync(path(name), 'utf8');

beforeAll(async () => {
  project = makeProject({ 'src/a.ts': 'export const a = 1;\n' });
  expect((await project.lcad('add', '.')).code).toBe(0);
});
afterAll(() => project.remove());
beforeEach(() => {
  writeFileSync(path('src/a.ts'), 'export const a = 1;\n');
  writeFileSync(path('answer.md'), answer);
});

test('shows what an answer would change, applies it, and undoes it', async () => {
  const shown = await project.lcad('edits', 'answer.md');
  expect(shown.code).toBe(0);
  expect(shown.stdout).toContain('-export const a = 1;\n+export const a = 2;');
  expect(shown.stdout).toContain('src/new.ts new +1 -0');
  expect(shown.stderr).toContain('--apply');
  expect(read('src/a.ts')).toBe('export const a = 1;\n');

  const applied = await project.lcad('edits', 'answer.md', '--apply');
  expect(applied.code).toBe(0);
  expect(applied.stdout).toContain('2 files applied');
  expect(read('src/a.ts')).toBe('export const a = 2;\n');
  expect(read('src/new.ts')).toBe('export {};\n');

  const undone = await project.lcad('edits', '--undo', '--json');
  expect(undone.code).toBe(0);
  expect(EditsApplyResult.parse(JSON.parse(undone.stdout)).files.map(({ kind }) => kind)).toEqual([
    'change',
    'delete',
  ]);
  expect(read('src/a.ts')).toBe('export const a = 1;\n');
  expect(existsSync(path('src/new.ts'))).toBe(false);
});

test('from standard input, as JSON', async () => {
  const { env, repo } = project;
  const { code, stdout } = await runCli(['edits', '--json'], { env, cwd: repo.root, input: answer });
  expect(code).toBe(0);
  expect(EditsPreviewResult.parse(JSON.parse(stdout)).files).toHaveLength(2);
  const none = await runCli(['edits'], { env, cwd: repo.root, input: 'no edits here' });
  expect([none.code, none.stdout]).toEqual([4, '']);
});

test('a conflict is told with its place, and nothing is changed', async () => {
  writeFileSync(path('src/a.ts'), 'export const a = 3;\n');
  const shown = await project.lcad('edits', 'answer.md');
  expect(shown.code).toBe(1);
  expect(shown.stderr).toContain('src/a.ts: The searched line is not in the file.');
  expect(shown.stderr).toContain('line 5 of the answer');
  const applied = await project.lcad('edits', 'answer.md', '--apply', '--json');
  expect(applied.code).toBe(1);
  expect(JSON.parse(applied.stdout)).toMatchObject({ error: { kind: 'EDIT_CONFLICT' } });
  expect(existsSync(path('src/new.ts'))).toBe(false);

  const partial = await project.lcad('edits', 'answer.md', '--apply', '--partial');
  expect(partial.code).toBe(0);
  expect(existsSync(path('src/new.ts'))).toBe(true);
  expect((await project.lcad('edits', '--undo')).code).toBe(0);
  const again = await project.lcad('edits', '--undo');
  expect([again.code, again.stderr.includes('no edits to undo')]).toEqual([1, true]);
});

test('wrong usage', async () => {
  expect((await project.lcad('edits', 'none.md')).code).toBe(2);
  expect((await project.lcad('edits', 'answer.md', '--undo', 'x', '--apply')).code).toBe(2);
  expect((await project.lcad('edits', 'answer.md', '--partial')).code).toBe(2);
});
