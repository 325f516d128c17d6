import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openClient } from '../../src/client/api.js';
import type { Connection } from '../../src/client/connection.js';
import type { ChatParams, ChatProgress } from '../../src/protocol/chat.js';
import { placesOf } from '../../src/shared/paths.js';
import { homeEnv, makeHome, startDaemon, type TestDaemon } from '../support/daemon.js';
import { makeRepo, type TestRepo } from '../support/git-repo.js';
import { ModelServer, type ServerKind } from '../support/model-server.js';

/** The real daemon with a model server of each protocol. */
const kinds: ServerKind[] = ['ollama', 'openai', 'llama-server'];
const servers = new Map<ServerKind, ModelServer>();
const toolSteps = 3;
let home: string;
let daemon: TestDaemon;
let repo: TestRepo;
let client: Connection;

beforeAll(async () => {
  home = makeHome();
  const { config, configFile } = placesOf(homeEnv(home));
  mkdirSync(config, { recursive: true });
  let text = `[chat]\ntoolSteps = ${toolSteps}\n`;
  for (const kind of kinds) {
    const server = await ModelServer.start({ kind });
    servers.set(kind, server);
    text += `[[inference.upstreams]]\nname = "${kind}"\nkind = "${kind}"\nurl = "${server.url}"\nmodel = "test-coder"\n`;
  }
  const { url } = serverOf('openai');
  text += `[[inference.upstreams]]\nname = "small"\nkind = "openai"\nurl = "${url}"\nmodel = "test-coder"\ncontextTokens = 5000\n`;
  writeFileSync(configFile, text);
  daemon = await startDaemon({ home, env: { LCAD_VALIDATE_RESULTS: '1' } });
  const entry = (at: number) =>
    `/** The ledger balance of account ${at}. */\nexport function ledgerBalance${at}(account: number): number {\n  return account + ${at};\n}\n`;
  repo = makeRepo({
    'src/refund.ts': 'export function refundTotal(): number {\n  return 41;\n}\n',
    'src/ledger.ts': Array.from({ length: 200 }, (_, at) => entry(at)).join('\n'),
  });
  client = await openClient({ places: daemon.places });
  await client.request('lcad/repos/add', { path: repo.root, wait: true }, { deadlineMs: 60_000 });
});
afterAll(async () => {
  client.close();
  await daemon.stop();
  for (const server of servers.values()) await server.close();
  repo.remove();
  rmSync(home, { recursive: true, force: true });
});

function serverOf(kind: ServerKind): ModelServer {
  const server = servers.get(kind);
  if (!server) throw new Error(`there is no ${kind}`);
  return server;
}

async function ask(upstream: string, message: string, more: Partial<ChatParams> = {}) {
  const seen: ChatProgress[] = [];
  const params = { message, upstream, contextTokens: 0, keep: false, ...more };
  const result = await client.request('lcad/chat', params, { onProgress: (one) => seen.push(one) });
  return { result, seen };
}

const toolAnswers = (server: ModelServer) =>
  ((server.generations.at(-1)?.body.messages ?? []) as { role: string; content: string }[])
    .filter(({ role }) => role === 'tool')
    .map(({ content }) => content);

describe.each(kinds)('a conversation over the protocol of %s', (kind) => {
  test('streams text, answers tools that come in pieces, and cites what they showed', async () => {
    const server = serverOf(kind);
    const lookUp = { name: 'read_lines', arguments: { path: 'src/refund.ts', startLine: 1, endLine: 3 } };
    server.answer({ tokens: ['Let me ', 'see.'], tools: [lookUp] }, ['It is 41: ', 'src/refund.ts:2']);
    const { result, seen } = await ask(kind, 'what is the refund total');
    expect(result.text).toBe('Let me see.\n\nIt is 41: src/refund.ts:2');
    expect(result.upstream).toBe(kind);
    expect(result.steps).toMatchObject([{ tool: 'read_lines', error: null, arguments: { startLine: 1 } }]);
    expect(result.citations).toMatchObject([{ path: 'src/refund.ts', startLine: 2, endLine: 2 }]);
    expect(toolAnswers(server)[0]).toContain('2:   return 41;');
    const text = seen.flatMap((one) => (one.kind === 'text' ? [one.text] : [])).join('');
    expect(text).toBe(result.text);
    expect(seen.filter((one) => one.kind === 'tool')).toMatchObject([{ name: 'read_lines' }]);
  });

  test('tells the model of a tool that there is not, and of arguments that are no JSON', async () => {
    const server = serverOf(kind);
    const tools = [
      { name: 'delete_everything', arguments: {} },
      { name: 'read_lines', arguments: '{"path": "src/refund.ts", "startLi' },
      { name: 'search_code', arguments: '["refund"]' },
    ];
    server.answer({ tokens: [], tools }, ['Well.']);
    const { result } = await ask(kind, 'what');
    expect(result.text).toBe('Well.');
    const [unknown, ...malformed] = toolAnswers(server);
    expect(unknown).toContain('There is no tool "delete_everything"');
    for (const answer of malformed) expect(answer).toContain('Error: Wrong arguments');
    expect(result.steps.map(({ error }) => error !== null)).toEqual([true, true, true]);
  });

  test('ends with a model that only ever calls tools', async () => {
    const server = serverOf(kind);
    const before = server.generations.length;
    server.reply = { tokens: [], tools: [{ name: 'search_code', arguments: { query: 'refund' } }] };
    const { result } = await ask(kind, 'what');
    server.reply = ['ok'];
    expect(server.generations.length - before).toBe(toolSteps + 1);
    expect(result.steps).toHaveLength(toolSteps);
    expect(result.notes).toContain('The model answered nothing.');
  });
});

test('code and tools leave room for each other in a small context', async () => {
  const server = serverOf('openai');
  const { result } = await ask('small', 'how is the ledger balance made', { contextTokens: 4000 });
  expect(server.generations.at(-1)?.body.tools).toBeDefined();
  expect(result.context.length).toBeGreaterThan(0);
  expect(result.window.tokens).toBeLessThanOrEqual(result.window.budget);
});
