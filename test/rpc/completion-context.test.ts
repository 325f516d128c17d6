import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CompletionContextResult } from '../../src/protocol/completion-context.js';
import { startDaemon, type TestDaemon } from '../support/daemon.js';
import { makeRepo, type TestRepo } from '../support/git-repo.js';
import { Client } from '../support/rpc.js';

/** The real daemon, spoken to as an editor does. */
let daemon: TestDaemon;
let repo: TestRepo;
let client: Client;
let last = 0;

beforeAll(async () => {
  daemon = await startDaemon({ env: { LCAD_VALIDATE_RESULTS: '1' } });
  repo = makeRepo({
    'src/queue.ts':
      '/** Keeps work in order. */\nexport class Queue {\n  drain(limit: number): void {\n    this.step(limit);\n  }\n\n  step(limit: number) {\n    return limit;\n  }\n}\n',
    'src/main.ts':
      "import { Queue } from './queue.js';\n\nexport function main() {\n  const queue = new Queue();\n  queue.drain(3);\n}\n",
  });
  client = await connect();
  await request('lcad/repos/add', { path: repo.root, wait: true });
});
afterAll(async () => {
  client.destroy();
  await daemon.stop();
  repo.remove();
});

async function connect(): Promise<Client> {
  const made = await Client.connect(daemon.places.socket);
  await made.initialize();
  return made;
}

async function request(method: string, params: object, from = client) {
  const id = ++last;
  from.send({ id, method, params });
  for (;;) {
    const message = await from.one();
    if (message.id === id) return message;
  }
}

async function contextOf(params: object, from = client): Promise<CompletionContextResult> {
  const { result, error } = await request('lcad/completionContext', { patienceMs: 5_000, ...params }, from);
  expect(error).toBeUndefined();
  return result as unknown as CompletionContextResult;
}

const textOf = ({ items }: CompletionContextResult) => items.map(({ text }) => text).join('\n');
const isWithoutSymbols = ({ notes }: CompletionContextResult) =>
  notes.some((note) => note.includes('symbols of this file are not known'));

test('a file is named by its path or its URI, and its text is what is indexed', async () => {
  const file = `${repo.root}/src/main.ts`;
  const byPath = await contextOf({ file, line: 5, column: 9 });
  expect(byPath).toMatchObject({ path: 'src/main.ts', source: 'index', language: 'typescript' });
  expect(byPath.prefix.text.endsWith('  queue.')).toBe(true);
  expect(byPath.suffix.text).toBe('drain(3);\n}\n');
  expect(byPath.freshness).toMatchObject([{ root: repo.root, state: 'ready' }]);
  expect(textOf(byPath)).toContain('step(limit: number)');
  const byUri = await contextOf({ file: pathToFileURL(file).href, line: 5, column: 9 });
  expect(byUri.items).toEqual(byPath.items);
});

test('an open document is seen by its own client only, as it is typed', async () => {
  const file = `${repo.root}/src/new.ts`;
  const uri = pathToFileURL(file).href;
  const editor = await connect();
  const open = (version: number, text: string) => ({
    textDocument: { uri, languageId: 'typescript', version, text },
  });
  editor.send({
    method: 'textDocument/didOpen',
    params: open(1, "import { Queue } from './queue.js';\nconst q = new Queue();\nq"),
  });
  const change = { range: { start: { line: 2, character: 1 }, end: { line: 2, character: 1 } }, text: '.' };
  editor.send({
    method: 'textDocument/didChange',
    params: { textDocument: { uri, version: 2 }, contentChanges: [change] },
  });
  const ask = () => contextOf({ file, line: 3, column: 3 }, editor);
  let reply = await ask();
  // The outline of what was typed is made meanwhile.
  for (let tries = 0; tries < 200 && isWithoutSymbols(reply); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    reply = await ask();
  }
  expect(reply).toMatchObject({ source: 'buffer', path: 'src/new.ts' });
  expect(reply.prefix.text.endsWith('\nq.')).toBe(true);
  expect(isWithoutSymbols(reply)).toBe(false);
  expect(textOf(reply)).toContain('drain(limit: number)');
  const other = await request('lcad/completionContext', { file, line: 3, column: 3 });
  expect(other.error?.data.kind).toBe('FILE_NOT_INDEXED');
  editor.destroy();
});

test('bad requests have an error of the catalogue, or say what is left out', async () => {
  const file = `${repo.root}/src/main.ts`;
  const kindOf = async (params: object) => (await request('lcad/completionContext', params)).error?.data.kind;
  expect(await kindOf({ file, line: 70, column: 1 })).toBe('LINE_NOT_FOUND');
  expect(await kindOf({ file, line: 1, column: 700 })).toBe('LINE_NOT_FOUND');
  expect(await kindOf({ file: 'src/main.ts', line: 1, column: 1 })).toBe('INVALID_PARAMS');
  expect(await kindOf({ file: 'untitled:Untitled-1', line: 1, column: 1 })).toBe('INVALID_PARAMS');
  expect(await kindOf({ file, line: 0, column: 1 })).toBe('INVALID_PARAMS');
  const outside = await contextOf({ file: '/nowhere/a.ts', text: 'const a = 1;', line: 1, column: 7 });
  expect(outside).toMatchObject({ repo: null, items: [], freshness: [], prefix: { text: 'const ' } });
  expect(outside.notes).toHaveLength(1);
});
