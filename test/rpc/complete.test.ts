import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { placesOf } from '../../src/shared/paths.js';
import { makeHome, startDaemon, type TestDaemon } from '../support/daemon.js';
import { makeRepo, type TestRepo } from '../support/git-repo.js';
import { ModelServer } from '../support/model-server.js';
import { Client, type Message } from '../support/rpc.js';

/** The real daemon with a model server, spoken to as an editor does. */
let home: string;
let server: ModelServer;
let daemon: TestDaemon;
let repo: TestRepo;
let client: Client;
let last = 0;
/** Notifications that came while replies were waited for. */
let told: Message[] = [];

beforeAll(async () => {
  server = await ModelServer.start({ kind: 'ollama', models: [{ name: 'qwen2.5-coder:1.5b' }] });
  home = makeHome();
  const { configFile } = placesOf({ ...process.env, LCAD_SOCKET: undefined, LCAD_HOME: home });
  mkdirSync(join(configFile, '..'), { recursive: true, mode: 0o700 });
  const upstream = `name = "test"\nkind = "ollama"\nurl = "${server.url}"\nmodel = "qwen2.5-coder:1.5b"\n`;
  writeFileSync(configFile, `[[inference.upstreams]]\n${upstream}`);
  daemon = await startDaemon({ home, env: { LCAD_VALIDATE_RESULTS: '1' } });
  repo = makeRepo({
    'src/queue.ts':
      '/** Keeps work in order. */\nexport class Queue {\n  drain(limit: number): void {\n    this.step(limit);\n  }\n}\n',
    'src/main.ts':
      "import { Queue } from './queue.js';\n\nexport function main() {\n  const queue = new Queue();\n  queue.\n}\n",
  });
  client = await connect();
  await request('lcad/repos/add', { path: repo.root, wait: true });
});
afterEach(() => {
  told = [];
  server.requests.length = 0;
});
afterAll(async () => {
  client.destroy();
  await daemon.stop();
  await server.close();
  repo.remove();
  rmSync(home, { recursive: true, force: true });
});

async function connect(): Promise<Client> {
  const made = await Client.connect(daemon.places.socket);
  await made.initialize();
  return made;
}

async function reply(id: number, from = client): Promise<Message> {
  for (;;) {
    const message = await from.one();
    if (message.id === id) return message;
    told.push(message);
  }
}

function request(method: string, params: object, from = client): Promise<Message> {
  const id = ++last;
  from.send({ id, method, params });
  return reply(id, from);
}

test('a completion has the context of the repository, is streamed, and says where it came from', async () => {
  server.reply = ['drain', '(3)', ';'];
  const file = join(repo.root, 'src/main.ts');
  const params = { file, line: 5, column: 9, patienceMs: 5_000, progressToken: 'p' };
  const { result, error } = await request('lcad/complete', params);
  expect(error).toBeUndefined();
  expect(result).toMatchObject({
    text: 'drain(3);',
    range: { startLine: 5, startColumn: 9, endLine: 5, endColumn: 9 },
    upstream: 'test',
    model: 'qwen2.5-coder:1.5b',
    source: 'model',
    finishReason: 'stop',
  });
  const values = told.filter(({ method }) => method === '$/progress').map((one) => one.params?.value);
  expect(values[0]).toEqual({ kind: 'begin', upstream: 'test', model: 'qwen2.5-coder:1.5b' });
  const texts = values.slice(1) as { kind: string; text: string }[];
  expect(texts.every(({ kind }) => kind === 'text')).toBe(true);
  expect(texts.map(({ text }) => text).join('')).toBe('drain(3);');
  const prompt = String(server.generations[0]?.body.prompt);
  expect(prompt).toMatch(/^<\|repo_name\|>[^\n]+\n<\|file_sep\|>src\/queue\.ts\n/);
  expect(prompt).toContain('drain(limit: number)');
  expect(prompt.endsWith('  queue.<|fim_suffix|>\n}\n<|fim_middle|>')).toBe(true);
  const plain = await request('lcad/complete', { ...params, useContext: false });
  expect(plain.result).toMatchObject({ source: 'model' });
  expect(String(server.generations[1]?.body.prompt)).toMatch(/^<\|fim_prefix\|>import/);
});

test('an editor gets an inline completion of what it has open', async () => {
  server.reply = ['1;'];
  const editor = await connect();
  const uri = pathToFileURL(join(repo.root, 'src/new.ts')).href;
  const textDocument = { uri, languageId: 'typescript', version: 1, text: 'const a = \n' };
  editor.send({ method: 'textDocument/didOpen', params: { textDocument } });
  const position = { line: 0, character: 10 };
  const asked = { textDocument: { uri }, position, context: { triggerKind: 2 } };
  const { result } = await request('textDocument/inlineCompletion', asked, editor);
  const command = {
    title: expect.any(String),
    command: 'lcad.completionAccepted',
    arguments: [expect.any(String)],
  };
  expect(result).toEqual({
    items: [{ insertText: '1;', range: { start: position, end: position }, command }],
  });
  server.reply = ['.push(1);'];
  const range = { start: { line: 0, character: 6 }, end: { line: 0, character: 7 } };
  const selectedCompletionInfo = { range, text: 'all' };
  const extended = await request(
    'textDocument/inlineCompletion',
    { ...asked, position: range.end, context: { triggerKind: 1, selectedCompletionInfo } },
    editor,
  );
  expect(extended.result).toEqual({
    items: [{ insertText: 'all.push(1);', filterText: 'all.push(1);', range, command }],
  });
  expect(String(server.generations.at(-1)?.body.prompt)).toContain('const all<|fim_suffix|> = \n');
  editor.destroy();
});

test('a newer request supersedes the older; cancelling and going away free the server', async () => {
  const file = join(repo.root, 'src/main.ts');
  const at = (text: string) => ({ file, line: 1, column: text.length + 1, text });
  server.fault({ is: 'hang-after-headers' });
  const older = ++last;
  client.send({ id: older, method: 'lcad/complete', params: at('const older = ') });
  await server.until(({ open }) => open === 1);
  server.reply = ['2;'];
  const newer = ++last;
  client.send({ id: newer, method: 'lcad/complete', params: at('const newer = ') });
  expect((await reply(older)).error).toMatchObject({
    code: -32800,
    data: { kind: 'REQUEST_CANCELLED', superseded: true },
  });
  expect((await reply(newer)).result).toMatchObject({ text: '2;' });
  await server.until(({ open }) => open === 0);

  server.fault({ is: 'hang-after-headers' }, { is: 'hang-after', tokens: 1 });
  const cancelled = ++last;
  client.send({ id: cancelled, method: 'lcad/complete', params: at('let cancelled = ') });
  await server.until(({ open }) => open === 1);
  client.send({ method: '$/cancelRequest', params: { id: cancelled } });
  expect((await reply(cancelled)).error?.data.kind).toBe('REQUEST_CANCELLED');
  await server.until(({ open }) => open === 0);

  const leaving = await connect();
  leaving.send({ id: 1, method: 'lcad/complete', params: at('let leaving = ') });
  await server.until(({ open }) => open === 1);
  leaving.destroy();
  await server.until(({ open }) => open === 0);
});

test('bad requests have an error of the catalogue', async () => {
  const file = join(repo.root, 'src/main.ts');
  const kindOf = async (params: object) => (await request('lcad/complete', params)).error?.data.kind;
  expect(await kindOf({ file, line: 70, column: 1 })).toBe('LINE_NOT_FOUND');
  expect(await kindOf({ file: 'src/main.ts', line: 1, column: 1 })).toBe('INVALID_PARAMS');
  expect(await kindOf({ file, line: 1, column: 1, lines: 'many' })).toBe('INVALID_PARAMS');
  expect(await kindOf({ file, line: 1, column: 1, upstream: 'nobody' })).toBe('MODEL_UNKNOWN');
  expect(server.generations).toHaveLength(0);
});

const counted = async () => {
  const { result } = await request('lcad/metrics', {});
  return result?.completions as Record<string, number>;
};

test('what became of a completion is counted', async () => {
  server.reply = ['3;'];
  const file = join(repo.root, 'src/main.ts');
  const { result } = await request('lcad/complete', { file, line: 1, column: 15, text: 'const other = ' });
  const id = result?.id;
  const { shown } = await counted();
  client.send({ method: 'lcad/completion/feedback', params: { id, event: 'shown' } });
  client.send({ method: 'lcad/completion/feedback', params: { id, event: 'accepted' } });
  client.send({ method: 'lcad/completion/feedback', params: { id, event: 'nonsense' } });
  expect(await counted()).toMatchObject({ shown: (shown ?? 0) + 1, accepted: 1 });
});

test('a client of LSP, with a document that is no file, runs a command to say that it accepted a completion', async () => {
  const editor = await Client.connect(daemon.places.socket);
  const opened = await request('initialize', {}, editor);
  expect(opened.result?.capabilities).toMatchObject({
    executeCommandProvider: { commands: ['lcad.completionAccepted'] },
  });
  const before = await counted();
  const uri = 'untitled:Untitled-1';
  const textDocument = { uri, languageId: 'typescript', version: 1, text: 'const x = ' };
  editor.send({ method: 'textDocument/didOpen', params: { textDocument } });
  server.reply = ['call(1);'];
  const ask = async (character: number) => {
    const position = { line: 0, character };
    const { result } = await request('textDocument/inlineCompletion', { textDocument, position }, editor);
    return result?.items as { insertText: string; command: { command: string; arguments: string[] } }[];
  };
  await ask(10);
  const contentChanges = [{ text: 'const x = c' }];
  editor.send({ method: 'textDocument/didChange', params: { textDocument, contentChanges } });
  const [item] = await ask(11);
  expect(item?.insertText).toBe('all(1);');
  expect(await counted()).toMatchObject({ shown: (before.shown ?? 0) + 1, accepted: before.accepted });
  const run = () => request('workspace/executeCommand', { ...item?.command }, editor);
  expect((await run()).result).toBeNull();
  expect((await run()).result).toBeNull();
  expect(await counted()).toMatchObject({ accepted: (before.accepted ?? 0) + 1 });
  const unknown = { command: 'lcad.other', arguments: [] };
  const refused = await request('workspace/executeCommand', unknown, editor);
  expect(refused.error?.data.kind).toBe('INVALID_PARAMS');
  editor.destroy();
});

test('an editor that asks with every key hears of a broken server only where its user asks', async () => {
  const uri = pathToFileURL(join(repo.root, 'src/main.ts')).href;
  const ask = (triggerKind: number, line: number) =>
    request('textDocument/inlineCompletion', {
      textDocument: { uri },
      position: { line, character: 0 },
      context: { triggerKind },
    });
  const broken = { is: 'status', status: 500 } as const;
  server.fault(broken, broken, broken, broken);
  expect((await ask(2, 1)).result).toBeNull();
  expect((await ask(1, 5)).error?.data.kind).toMatch(/^PROVIDER_/);
});
