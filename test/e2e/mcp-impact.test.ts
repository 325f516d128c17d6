import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stopDaemon } from '../../src/client/stop.js';
import { placesOf } from '../../src/shared/paths.js';
import { cliProgram, runCli } from '../support/cli.js';
import { homeEnv, makeHome } from '../support/daemon.js';
import { makeRepo, type TestRepo } from '../support/git-repo.js';

interface Reply {
  isError?: boolean;
  text: string;
  structuredContent: {
    changed: { change: string; name: string; path: string }[];
    symbols: { name: string; path: string; confidence: string; via: string[] }[];
    tests: { path: string; tests: string[] }[];
    map: string;
    tokens: number;
    files: { path: string; symbols: string[] }[];
    notes: string[];
  };
}

let home: string;
let repo: TestRepo;
let client: Client;

beforeAll(async () => {
  home = makeHome();
  repo = makeRepo({
    'src/queue.ts': 'export function drain(limit: number) {\n  return limit;\n}\n',
    'src/main.ts': "import { drain } from './queue.js';\n\nexport function main() {\n  return drain(3);\n}\n",
    'test/main.test.ts': "import { main } from '../src/main.js';\ntest('it runs', () => {\n  main();\n});\n",
  });
  const { code } = await runCli(['add', '.'], { env: homeEnv(home), cwd: repo.root });
  expect(code).toBe(0);
  const env = Object.fromEntries(
    Object.entries(homeEnv(home)).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]])),
  );
  client = new Client({ name: 'test', version: '1' });
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [cliProgram, 'mcp'], env, cwd: repo.root }),
  );
});
afterAll(async () => {
  await client.close();
  await stopDaemon(placesOf(homeEnv(home)));
  repo.remove();
  rmSync(home, { recursive: true, force: true });
});

async function call(name: string, args: Record<string, unknown>): Promise<Reply> {
  const reply = (await client.callTool({ name, arguments: args })) as unknown as Omit<Reply, 'text'> & {
    content: { text: string }[];
  };
  return { ...reply, text: reply.content.map(({ text }) => text).join('\n') };
}

test('the map: whole, of some tokens, of a folder and about a word', async () => {
  const { structuredContent: whole, text } = await call('repository_map', {});
  expect(text).toContain('function drain(limit: number)');
  expect(whole.files.map(({ path }) => path)).toContain(join(repo.root, 'src/queue.ts'));
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
  expect(found.symbols).toMatchObject([{ name: 'main', path: join(repo.root, 'src/main.ts') }]);
  expect(found.symbols[0]?.via[0]).toContain('call of function drain');
  expect(found.tests).toMatchObject([{ path: join(repo.root, 'test/main.test.ts'), tests: ['it runs'] }]);
  expect(text).toContain('src/main.ts:3 function main [1, imported] <- call drain (line 4)');
  for (const where of [{ file: 'src/queue.ts', line: 2 }, { file: 'src/queue.ts' }]) {
    const { structuredContent } = await call('impact_of_change', where);
    expect(structuredContent.symbols.map(({ name }) => name)).toEqual(['main']);
  }
});

test('the impact of changes', async () => {
  repo.write('src/queue.ts', 'export function drain(limit: string) {\n  return limit;\n}\n');
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
