import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callTool, connectMcp } from '../support/mcp.js';
import { makeProject, type Project } from '../support/project.js';

interface Found {
  changed: { change: string; name: string; path: string }[];
  symbols: { name: string; path: string; confidence: string; via: string[] }[];
  tests: { path: string; tests: string[] }[];
  map: string;
  tokens: number;
  files: { path: string; symbols: string[] }[];
  notes: string[];
}

let project: Project;
let client: Client;

beforeAll(async () => {
  project = makeProject({
    'src/queue.ts': 'export function drain(limit: number) {\n  return limit;\n}\n',
    'src/main.ts': "import { drain } from './queue.js';\n\nexport function main() {\n  return drain(3);\n}\n",
    'test/main.test.ts': "import { main } from '../src/main.js';\ntest('it runs', () => {\n  main();\n});\n",
  });
  expect((await project.lcad('add', '.')).code).toBe(0);
  [client] = await connectMcp(project.repo.root, project.env);
});
afterAll(async () => {
  await client.close();
  await project.remove();
});

const call = (name: string, args: Record<string, unknown>) => callTool<Found>(client, name, args);

test('the map: whole, of some tokens, of a folder and about a word', async () => {
  const { structuredContent: whole, text } = await call('repository_map', {});
  expect(text).toContain('function drain(limit: number)');
  expect(whole.files.map(({ path }) => path)).toContain(join(project.repo.root, 'src/queue.ts'));
  const small = await call('repository_map', { tokens: 100 });
  expect(small.structuredContent.tokens).toBeLessThanOrEqual(100);
  const part = await call('repository_map', { paths: ['src/main.ts'] });
  expect(part.structuredContent.files).toMatchObject([{ symbols: ['main'] }]);
  const about = await call('repository_map', { focus: ['main', 'zeppelin'] });
  expect(about.structuredContent.notes.join()).toContain('zeppelin names no file or symbol');
  expect((await call('repository_map', { paths: ['nowhere'] })).isError).toBe(true);
});

test('the impact of a symbol, a line and a file', async () => {
  const { structuredContent: found, text } = await call('impact_of_change', { symbol: 'drain' });
  expect(found.symbols).toMatchObject([{ name: 'main', path: join(project.repo.root, 'src/main.ts') }]);
  expect(found.symbols[0]?.via[0]).toContain('call of function drain');
  expect(found.tests).toMatchObject([
    { path: join(project.repo.root, 'test/main.test.ts'), tests: ['it runs'] },
  ]);
  expect(text).toContain('src/main.ts:3 function main [1, imported] <- call drain (line 4)');
  for (const where of [{ file: 'src/queue.ts', line: 2 }, { file: 'src/queue.ts' }]) {
    const { structuredContent } = await call('impact_of_change', where);
    expect(structuredContent.symbols.map(({ name }) => name)).toEqual(['main']);
  }
});

test('the impact of changes', async () => {
  project.repo.write('src/queue.ts', 'export function drain(limit: string) {\n  return limit;\n}\n');
  const { structuredContent: found } = await call('impact_of_change', { diff: 'worktree' });
  expect(found.changed).toMatchObject([{ change: 'modified', name: 'drain' }]);
  expect(found.symbols.map(({ name }) => name)).toEqual(['main']);
  const staged = await call('impact_of_change', { diff: 'staged' });
  expect(staged.structuredContent.notes.join()).toContain('Nothing is changed');
  const unknown = await call('impact_of_change', { diff: 'nowhere' });
  expect(unknown.isError).toBe(true);
  expect(unknown.text).toContain('nowhere is no commit');
  expect((await call('impact_of_change', { diff: 'worktree', symbol: 'drain' })).isError).toBe(true);
});
