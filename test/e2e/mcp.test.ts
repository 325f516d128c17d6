import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stopDaemon } from '../../src/client/stop.js';
import { type LockRecord, runningHolder } from '../../src/shared/lock-record.js';
import { isRunning } from '../../src/shared/processes.js';
import { runCli, until } from '../support/cli.js';
import { mustHold } from '../support/daemon.js';
import { makeRepo } from '../support/git-repo.js';
import { callTool, connectMcp } from '../support/mcp.js';
import { makeProject, type Project } from '../support/project.js';

/** The real `lcad mcp` with the SDK's own client and the real daemon. */
let project: Project;
let client: Client;
let transport: StdioClientTransport;

interface Found {
  results: { path: string; startLine: number; name: string; kind: string; snippet: { text: string } }[];
  repositories: { name: string; root: string; fresh?: boolean; pending: number; files?: number }[];
  notes: string[];
}

const connect = (cwd: string) => connectMcp(cwd, project.env);

const call = (name: string, args: Record<string, unknown>, by = client) =>
  callTool<Found | undefined>(by, name, args);

beforeAll(async () => {
  project = makeProject({
    'src/delay.ts':
      'export function retryDelay(attempt: number): number {\n  // Doubles with each attempt, up to a minute.\n  const base = 100;\n  const delay = base * 2 ** attempt;\n  return Math.min(delay, 60_000);\n}\n',
    'docs/guide.md': '# Guide\n\nHow to install the zeppelin.\n',
  });
  [client, transport] = await connect(project.repo.root);
});
afterAll(async () => {
  await client.close();
  await project.remove();
});

describe('an agent', () => {
  test('is told what the tools are for', async () => {
    expect(client.getServerVersion()).toMatchObject({ name: 'lcad' });
    expect(client.getInstructions()).toContain('search_code');
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      'search_code',
      'code_context',
      'grep_code',
      'related_code',
      'find_symbols',
      'symbol_definition',
      'find_references',
      'find_callers',
      'find_callees',
      'file_dependencies',
      'impact_of_change',
      'repository_map',
      'index_status',
    ]);
    for (const tool of tools) {
      expect(tool.description?.length).toBeGreaterThan(100);
      expect(tool.annotations?.readOnlyHint).toBe(true);
      expect(tool.outputSchema).toBeDefined();
    }
  });

  test('learns how to register a repository while there is none', async () => {
    const { isError, text } = await call('search_code', { query: 'retry delay' });
    expect(isError).toBe(true);
    expect(text).toBe('No repository is registered yet.\nRegister one in a shell with: lcad add <path>');
    expect((await call('index_status', {})).text).toContain('lcad add <path>');
  });

  test('finds code, with freshness, as text and as data', async () => {
    await runCli(['add', project.repo.root], { env: project.env });
    const { isError, text, structuredContent } = await call('search_code', {
      query: 'delay of the next attempt',
    });
    expect(isError).toBeUndefined();
    const name = project.repo.root.split('/').at(-1);
    expect(text).toContain(`in ${name} (main at `);
    expect(text).toContain('up to date)');
    expect(text).toContain(`paths are relative to ${project.repo.root}`);
    expect(text).toContain('src/delay.ts:1-6 function retryDelay\n1: export function retryDelay(');
    expect(structuredContent?.results[0]).toMatchObject({
      path: join(project.repo.root, 'src/delay.ts'),
      startLine: 1,
      kind: 'function',
      name: 'retryDelay',
    });
    expect(structuredContent?.repositories).toMatchObject([
      { root: project.repo.root, fresh: true, pending: 0 },
    ]);
  });

  test('sees what it wrote just before', async () => {
    project.repo.write(
      'src/kite.ts',
      'export function flyKite(metres: number): number {\n  return metres;\n}\n',
    );
    const { structuredContent } = await call('search_code', { query: 'flyKite' });
    expect(structuredContent?.results[0]?.path).toBe(join(project.repo.root, 'src/kite.ts'));
  });

  test('finds lines', async () => {
    const { text, structuredContent } = await call('grep_code', { pattern: 'return metres;' });
    expect(text).toContain('1 line of 1 file in ');
    expect(text).toContain('\n\nsrc/kite.ts\n2:   return metres;');
    expect(structuredContent).toMatchObject({
      files: [{ path: join(project.repo.root, 'src/kite.ts'), lines: [{ line: 2, match: true }] }],
      matches: 1,
      more: null,
    });
    const regex = await call('grep_code', {
      pattern: 'FLY\\w+\\(',
      regex: true,
      ignoreCase: true,
      contextLines: 1,
    });
    expect(regex.text).toContain('1: export function flyKite(metres: number): number {\n2-   return metres;');
    expect((await call('grep_code', { pattern: 'return', limit: 1 })).text).toContain('At least 1 more line');
    const wrong = await call('grep_code', { pattern: 'a(', regex: true });
    expect(wrong.isError).toBe(true);
    expect(wrong.text).toContain('unclosed group');
  });

  test('finds code that is like a place', async () => {
    const { text, structuredContent } = await call('related_code', { file: 'src/kite.ts', line: 1 });
    expect(text).toMatch(/^Like .*\/src\/kite\.ts:1-3 flyKite:\n/);
    expect(structuredContent?.results.map(({ path }) => path)).toContain(
      join(project.repo.root, 'src/delay.ts'),
    );
    expect((await call('related_code', { file: 'src/none.ts' })).isError).toBe(true);
  });

  test('filters', async () => {
    const { structuredContent } = await call('search_code', {
      query: 'delay zeppelin kite',
      path: '!docs/**',
      language: 'typescript',
      kind: 'function',
      limit: 1,
    });
    expect(structuredContent?.results).toHaveLength(1);
    const none = await call('search_code', { query: 'zeppelin', path: 'lib/**' });
    expect(none.isError).toBeUndefined();
    expect(none.text).toMatch(/^0 results in [\s\S]*Try other words/);
  });

  test('gets errors as results that say what to do', async () => {
    const { isError, text } = await call('search_code', { query: 'x', language: 'klingon' });
    expect(isError).toBe(true);
    expect(text).toContain('klingon');
    expect((await call('search_code', { query: 'x', repo: 'nowhere' })).text).toContain('lcad add');
    expect((await call('search_code', { query: '' })).isError).toBe(true);
  });

  test('asks for the state of the index', async () => {
    const { text, structuredContent } = await call('index_status', {});
    expect(text).toContain(`${project.repo.root}: ready, 3 files, 0 pending, main at`);
    expect(structuredContent?.repositories).toMatchObject([{ root: project.repo.root, files: 3 }]);
  });

  test('in a checkout that is not registered is told so, beside results from elsewhere', async () => {
    const other = makeRepo({ 'a.txt': 'nothing\n' });
    const [elsewhere] = await connect(other.root);
    try {
      const { text } = await call('search_code', { query: 'retryDelay' }, elsewhere);
      expect(text).toContain(`run \`lcad add ${other.root}\``);
      expect(text).toContain('retryDelay');
      expect((await call('search_code', { query: 'retryDelay', repo: '*' }, elsewhere)).text).not.toContain(
        'lcad add',
      );
    } finally {
      await elsewhere.close();
      other.remove();
    }
  });
});

describe('lcad mcp', () => {
  test('outlives the daemon: the next call starts another', async () => {
    const { pid } = mustHold(project.places);
    await stopDaemon(project.places);
    expect((await call('search_code', { query: 'retryDelay' })).text).toContain('retryDelay');
    process.kill(mustHold(project.places).pid, 'SIGKILL');
    expect((await call('search_code', { query: 'retryDelay' })).text).toContain('retryDelay');
    expect(mustHold(project.places).pid).not.toBe(pid);
  });

  test('ends with its client, and leaves the daemon', async () => {
    const [own, pipe] = await connect(project.repo.root);
    const { pid } = pipe;
    if (pid === null) throw new Error('The server has no process.');
    await own.close();
    await until(() => !isAlive(pid), 'the end of the server');
    const holder: LockRecord | null = runningHolder(project.places.lockFile);
    expect(holder && isRunning(holder.pid, holder.identity)).toBe(true);
    expect(transport.pid).not.toBe(pid);
  });

  test('writes nothing but the protocol', async () => {
    const line = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 't', version: '1' } },
    });
    const { code, stdout, stderr } = await runCli(['mcp'], { env: project.env, input: `${line}\n` });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(
      stdout
        .trim()
        .split('\n')
        .map((one) => JSON.parse(one).jsonrpc),
    ).toEqual(['2.0']);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // No such process.
    return false;
  }
}
