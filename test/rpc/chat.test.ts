import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openClient } from '../../src/client/api.js';
import type { Connection } from '../../src/client/connection.js';
import type { ChatParams, ChatProgress } from '../../src/protocol/chat.js';
import { placesOf } from '../../src/shared/paths.js';
import { homeEnv, makeHome, startDaemon, type TestDaemon } from '../support/daemon.js';
import { makeRepo, type TestRepo } from '../support/git-repo.js';
import { ModelServer } from '../support/model-server.js';

/** Clients of the real daemon, and a model server that says what it is told to. */
let home: string;
let daemon: TestDaemon;
let repo: TestRepo;
let server: ModelServer;
let client: Connection;

const start = () => startDaemon({ home, env: { LCAD_VALIDATE_RESULTS: '1' } });

beforeAll(async () => {
  server = await ModelServer.start({
    kind: 'openai',
    models: [{ name: 'test-coder' }, { name: 'other-coder' }],
  });
  home = makeHome();
  const { config, configFile } = placesOf(homeEnv(home));
  mkdirSync(config, { recursive: true });
  writeFileSync(
    configFile,
    `[chat]\ntoolSteps = 2\n[[inference.upstreams]]\nname = "test"\nkind = "openai"\nurl = "${server.url}"\nmodel = "test-coder"\n`,
  );
  daemon = await start();
  repo = makeRepo({ 'src/refund.ts': 'export function refundTotal(): number {\n  return 41;\n}\n' });
  client = await openClient({ places: daemon.places });
  await client.request('lcad/repos/add', { path: repo.root, wait: true }, { deadlineMs: 60_000 });
});
afterEach(() => {
  server.reply = ['ok'];
  server.requests.length = 0;
});
afterAll(async () => {
  client.close();
  await daemon.stop();
  await server.close();
  repo.remove();
  rmSync(home, { recursive: true, force: true });
});

const ask = (message: string, more: Partial<ChatParams> = {}) =>
  client.request('lcad/chat', { message, contextTokens: 0, ...more });
const messagesOf = (at: number) =>
  server.generations[at]?.body.messages as { role: string; content: string }[];
const lookUp = { name: 'read_lines', arguments: { path: 'src/refund.ts' } };

describe('lcad/chat', () => {
  test('streams what becomes the answer, with the code that goes with it', async () => {
    server.answer({ thinking: ['hm'], tokens: ['It is ', '41: src/refund.ts:2'] });
    const seen: ChatProgress[] = [];
    const params = { message: 'what is the refund total' };
    const result = await client.request('lcad/chat', params, { onProgress: (one) => seen.push(one) });
    expect(seen.slice(0, 2).map(({ kind }) => kind)).toEqual(['context', 'begin']);
    expect(seen[0]).toMatchObject({ session: result.session, snippets: result.context.length });
    const text = seen.flatMap((one) => (one.kind === 'text' ? [one.text] : [])).join('');
    expect(text).toBe(result.text);
    expect(result).toMatchObject({ model: 'test-coder', upstream: 'test', finishReason: 'stop', steps: [] });
    expect(result.citations).toMatchObject([{ path: 'src/refund.ts', startLine: 2, endLine: 2 }]);
    expect(result.context).toMatchObject([{ path: 'src/refund.ts', startLine: 1 }]);
  });

  test('never cites what the model was not shown', async () => {
    server.answer(['src/refund.ts:2 and src/made-up.ts:7-9']);
    const result = await ask('what');
    expect(result.citations).toEqual([]);
    expect(result.notes.join()).toContain('src/refund.ts:2, src/made-up.ts:7-9');
  });

  test('ends the rounds of tools at the limit, with an answer', async () => {
    server.answer({ tokens: ['Let me see.'], tools: [lookUp] }, { tools: [lookUp], tokens: [] }, [
      'It is 41.',
    ]);
    const result = await ask('what');
    expect(server.generations).toHaveLength(3);
    expect(server.generations.map(({ body }) => body.tools !== undefined)).toEqual([true, true, false]);
    expect(result.text).toBe('Let me see.\n\nIt is 41.');
    expect(result.steps).toHaveLength(2);
    expect(result.window.tokens).toBeLessThanOrEqual(result.window.budget);
  });

  test('tells the model of wrong calls', async () => {
    const wrong = [
      { name: 'read_lines', arguments: { path: 7 } },
      { name: 'remove_file', arguments: { path: 'src/refund.ts' } },
      { name: 'read_lines', arguments: { path: 'src/refund.ts', startLine: 9, endLine: 3 } },
      { name: 'read_lines', arguments: { path: '../../etc/passwd' } },
      { name: 'search_code', arguments: {} },
    ];
    server.answer({ tokens: [], tools: wrong }, ['Well.']);
    const { steps, text } = await ask('what');
    expect(text).toBe('Well.');
    const answers = messagesOf(1).filter(({ role }) => role === 'tool');
    expect(answers.map(({ content }) => content.slice(0, 7))).toEqual(wrong.map(() => 'Error: '));
    expect(answers[1]?.content).toContain('there are search_code, read_lines, definition, callers');
    expect(steps.every(({ error }) => error !== null)).toBe(true);
  });

  test('asks a model that refuses tools again without, and from then on at once', async () => {
    const model = 'other-coder';
    server.fault({ is: 'status', status: 400, message: 'other-coder does not support tools' });
    server.answer(['First.'], ['Second.']);
    expect((await ask('one', { model })).text).toBe('First.');
    expect((await ask('two', { model })).text).toBe('Second.');
    expect(server.generations.map(({ body }) => body.tools !== undefined)).toEqual([true, false, false]);
  });

  test('does not ask again what was refused in the middle of an answer: half of it was shown', async () => {
    server.fault({ is: 'error-in-stream', tokens: 1, code: 400 });
    server.answer(['Half', ' of it.'], ['All of it.']);
    await expect(ask('one')).rejects.toMatchObject({ kind: 'PROVIDER_REFUSED' });
    expect(server.generations).toHaveLength(1);
    expect((await ask('two')).text).toBe('All of it.');
  });

  test('offers no tools where the request says so', async () => {
    await ask('what', { tools: false });
    expect(server.generations[0]?.body.tools).toBeUndefined();
  });

  test('shows what was sent', async () => {
    const { sent } = await ask('what', { showSent: true });
    expect(sent?.map(({ role }) => role)).toEqual(['system', 'user']);
    expect((await ask('what')).sent).toBeNull();
  });

  test('is refused by kind', async () => {
    await expect(ask('  ')).rejects.toMatchObject({ kind: 'INVALID_PARAMS' });
    await expect(ask('a', { session: 'abcdefghij' })).rejects.toMatchObject({ kind: 'SESSION_UNKNOWN' });
    await expect(ask('a', { session: '../../../x' })).rejects.toMatchObject({ kind: 'SESSION_UNKNOWN' });
    await expect(ask('a', { session: 'abcdefghij', keep: false })).rejects.toMatchObject({
      kind: 'INVALID_PARAMS',
    });
    await expect(ask('a', { repos: ['nowhere'], contextTokens: 1000 })).rejects.toMatchObject({
      kind: 'REPO_NOT_REGISTERED',
    });
    await expect(ask('word '.repeat(20_000))).rejects.toMatchObject({ kind: 'BUDGET_TOO_SMALL' });
    expect(server.generations).toHaveLength(0);
  });
});

describe('conversations', () => {
  const kept = async (session: string) => client.request('lcad/chat/get', { session });

  test('take one question at a time', async () => {
    const { session } = await ask('one');
    server.answer({ tokens: ['a', 'b'], delayMs: 200 });
    const more = { session: session ?? '' };
    const both = await Promise.allSettled([ask('two', more), ask('three', more)]);
    const kinds = both.map((one) => (one.status === 'fulfilled' ? 'answered' : one.reason.kind));
    expect(kinds.sort()).toEqual(['BUSY', 'answered']);
  });

  test('keep what was shown of an answer that was cancelled', async () => {
    const { session } = await ask('one');
    const more = { session: session ?? '' };
    server.answer({ tokens: Array.from({ length: 500 }, () => 'word '), delayMs: 20 });
    const ending = new AbortController();
    const params = { message: 'two', contextTokens: 0, ...more };
    const onProgress = ({ kind }: ChatProgress) => {
      if (kind === 'text') ending.abort();
    };
    await expect(
      client.request('lcad/chat', params, { signal: ending.signal, onProgress }),
    ).rejects.toMatchObject({ kind: 'REQUEST_CANCELLED' });
    await server.until(({ requests }) => requests.some(({ abortedAt }) => abortedAt !== null));
    await expect
      .poll(async () => (await kept(more.session)).turns.map(({ interrupted }) => interrupted))
      .toEqual([false, true]);
    expect((await kept(more.session)).turns[1]?.answer).toMatch(/^(word )+$/);
    expect((await ask('three', more)).window.turns).toBe(2);
  });

  test('of one question are not kept', async () => {
    const before = await client.request('lcad/chat/list', {});
    expect((await ask('lone', { keep: false })).session).toBeNull();
    expect(await client.request('lcad/chat/list', {})).toEqual(before);
  });

  test('survive a daemon that is killed', async () => {
    server.answer({ tokens: [], tools: [lookUp] }, ['It is 41: src/refund.ts:2']);
    const { session } = await ask('one');
    client.close();
    await daemon.kill9();
    daemon = await start();
    client = await openClient({ places: daemon.places });
    server.answer(['As I said: src/refund.ts:2']);
    const again = await ask('two', { session: session ?? '' });
    const sent = messagesOf(2);
    expect(sent.map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'tool',
      'assistant',
      'user',
    ]);
    expect(again.citations).toMatchObject([{ path: 'src/refund.ts', startLine: 2 }]);
    expect((await kept(session ?? '')).turns).toHaveLength(2);
    await client.request('lcad/chat/delete', { session: session ?? '' });
    await expect(kept(session ?? '')).rejects.toMatchObject({ kind: 'SESSION_UNKNOWN' });
  });
});
