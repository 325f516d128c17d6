import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeProject, type Project } from '../support/project.js';

/** The real command with the real daemon in a private home. */
let project: Project;

beforeAll(async () => {
  project = makeProject({
    'src/queue.ts':
      "import { step } from './step.js';\n\n/** Keeps retries in order. */\nexport class Queue {\n  /** Computes the retry delay. */\n  retryDelay(limit: number): number {\n    return step(limit) * 2;\n  }\n}\n",
    'src/step.ts': 'export function step(limit: number): number {\n  return limit + 1;\n}\n',
    'notes.md': '# Notes\n\nThe retry delay grows.\n',
  });
  expect((await lcad('add', '.')).code).toBe(0);
});
afterAll(() => project.remove());

const lcad: Project['lcad'] = (...words) => project.lcad(...words);
const json: Project['json'] = (...words) => project.json('context', ...words);

describe('lcad context', () => {
  test('prints the prompt and nothing else', async () => {
    const { code, stdout, stderr } = await lcad('context', 'how is the retry delay computed');
    expect(code).toBe(0);
    expect(stderr).toBe('');
    const [, nonce = ''] = /^<system_instructions-(\d{12})>\n/.exec(stdout) ?? [];
    expect(nonce).not.toBe('');
    expect(stdout).toContain(
      `<retrieved_snippet-${nonce} index="1" score="1.00" path="src/queue.ts" lines="`,
    );
    expect(stdout).toContain('    return step(limit) * 2;\n');
    expect(
      stdout.endsWith(`<user_query-${nonce}>\nhow is the retry delay computed\n</user_query-${nonce}>\n`),
    ).toBe(true);
  });

  test('keeps to its budget, and says what did not fit', async () => {
    const whole = await json('retry delay');
    expect(whole.tokens).toMatchObject({ budget: 4000, counting: 'estimate' });
    const tight = await json('retry delay', '--tokens', String(whole.tokens.fixed + 110));
    expect(tight.tokens.prompt).toBeLessThanOrEqual(whole.tokens.fixed + 110);
    expect(tight.snippets.length).toBeLessThan(whole.snippets.length);
    expect(tight.omitted[0]).toMatchObject({ omitted: 'budget' });
    const { code, stderr } = await lcad('context', 'retry delay', '--tokens', '10');
    expect(code).toBe(2);
    expect(stderr).toContain('of 10.\n');
  });

  test('prints snippets to be read', async () => {
    const { stdout } = await lcad('context', 'retry delay', '--format', 'snippets');
    expect(stdout).toMatch(/^src\/queue\.ts:\d+-\d+ 1\.00 retrieved/);
    expect(stdout).not.toContain('<retrieved_snippet');
  });

  test('is about a place, and a selection', async () => {
    const cursor = await json('what does this do', '--file', 'src/step.ts:2');
    expect(cursor.snippets[0]).toMatchObject({ path: 'src/step.ts', score: 1 });
    expect(cursor.snippets[0].why).toContainEqual({ reason: 'cursor', of: '' });
    const selected = await json('what does this do', '--file', 'src/queue.ts', '--select', '6-8');
    expect(selected.snippets.flatMap(({ why }: { why: unknown[] }) => why)).toContainEqual({
      reason: 'selection',
      of: '',
    });
  });

  test('refuses a place outside of the file, and a file outside of every repository', async () => {
    const past = await lcad('context', 'what', '--file', 'src/step.ts:99');
    expect(past).toMatchObject({ code: 2, stdout: '' });
    expect(past.stderr).toContain('src/step.ts has no line 99: its text ends at line 3.');
    writeFileSync(join(project.home, 'outside.ts'), 'const a = 1;\n');
    const outside = await lcad('context', 'what', '--file', join(project.home, 'outside.ts'));
    expect(outside).toMatchObject({ code: 5, stdout: '' });
    expect((await lcad('context', 'what', '--select', '3-1')).code).toBe(2);
  });

  test('holds the changes that are not committed', async () => {
    project.repo.write(
      'src/step.ts',
      'export function step(limit: number): number {\n  return limit + 2;\n}\n',
    );
    const { snippets, prompt } = await json('review this', '--source', 'diff', '--wait');
    const diff = snippets.find(({ why }: { why: { reason: string }[] }) => why[0]?.reason === 'source');
    expect(diff.text).toContain('+  return limit + 2;');
    expect(prompt).toContain('-  return limit + 1;');
  });

  test('follows the configuration, which must have a template that can be filled', async () => {
    const set = (value: string) => lcad('config', 'set', 'context.template', value);
    const wrong = await set('{{system}} {{snippets}}');
    expect(wrong.code).not.toBe(0);
    expect(wrong.stderr).toContain('it lacks {{query}}, {{nonce}}');
    expect((await set('{{nonce}}|{{system}}|{{snippets}}|{{query}}')).code).toBe(0);
    expect((await lcad('config', 'set', 'context.systemText', 'Be brief.')).code).toBe(0);
    expect((await lcad('config', 'reload')).code).toBe(0);
    const { stdout } = await lcad('context', 'retry delay');
    expect(stdout).toMatch(/^\d{12}\|Be brief\.\|<retrieved_snippet-/);
    expect(stdout.endsWith('|retry delay')).toBe(true);
  });
});
