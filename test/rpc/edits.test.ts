import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Edits } from '../../src/daemon/edits/edits.js';
import { editHandlers } from '../../src/daemon/rpc/handlers/edits.js';
import { type Client, handlersWith, type Message, startServer, type TestServer } from '../support/rpc.js';

let folder: string;
let root: string;
let server: TestServer;
let client: Client;

beforeEach(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'lcad-edits-')));
  root = join(folder, 'shop');
  mkdirSync(root);
  writeFileSync(join(root, 'a.ts'), 'one\ntwo\n');
  const repo = { id: 'r1', name: 'shop', root };
  const surroundings = { repos: () => [repo], select: () => repo, includeSecrets: () => false };
  const nothing = () => undefined;
  const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  const edits = new Edits({ folder: join(folder, 'kept'), surroundings, log });
  server = await startServer({ handlers: { ...handlersWith(), ...editHandlers(edits) } });
  client = await server.connect();
  await client.initialize();
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

let next = 1;
async function ask(method: string, params: object): Promise<Message> {
  client.send({ id: next, method, params });
  const id = next++;
  for (;;) {
    const message = await client.one();
    if (message.id === id) return message;
  }
}

const answer = 'a.ts\n<<<<<<< SEARCH\ntwo\n=======\nzwei\n>>>>>>> REPLACE\n';
const read = () => readFileSync(join(root, 'a.ts'), 'utf8');

test('a preview, applied by its id, and undone', async () => {
  const preview = await ask('lcad/edits/preview', { text: answer, repo: root });
  expect(preview.result).toMatchObject({ files: [{ path: 'a.ts', kind: 'change' }], problems: [] });
  expect(read()).toBe('one\ntwo\n');
  const applied = await ask('lcad/edits/apply', { id: preview.result?.id });
  expect(applied.result).toMatchObject({ id: preview.result?.id, files: [{ added: 1, removed: 1 }] });
  expect(read()).toBe('one\nzwei\n');
  expect((await ask('lcad/edits/undo', {})).result).toMatchObject({ id: preview.result?.id });
  expect(read()).toBe('one\ntwo\n');
  expect((await ask('lcad/edits/undo', {})).error?.data.kind).toBe('EDIT_UNKNOWN');
});

test('a conflict tells every problem, and changes nothing', async () => {
  const { error } = await ask('lcad/edits/apply', { text: answer.replace('two', 'three') });
  expect(error?.code).toBe(1702);
  expect(error?.data).toMatchObject({ kind: 'EDIT_CONFLICT', problems: [{ path: 'a.ts', block: 0 }] });
  expect(read()).toBe('one\ntwo\n');
});

test('what this client has open and not saved is not written over, until it is saved', async () => {
  const uri = pathToFileURL(join(root, 'a.ts')).href;
  const { result } = await ask('lcad/edits/preview', { text: answer });
  client.send({
    method: 'textDocument/didOpen',
    params: { textDocument: { uri, languageId: 'typescript', version: 1, text: 'one\ntwo\nthree\n' } },
  });
  const refusal = await ask('lcad/edits/apply', { id: result?.id });
  expect(refusal.error?.data.kind).toBe('EDIT_CONFLICT');
  expect(refusal.error?.data.next).toContain('Save');
  expect((await ask('lcad/edits/preview', { text: answer })).result).toMatchObject({
    files: [],
    problems: [{ kind: 'EDIT_CONFLICT' }],
  });
  writeFileSync(join(root, 'a.ts'), 'one\ntwo\nthree\n');
  client.send({ method: 'textDocument/didSave', params: { textDocument: { uri } } });
  await ask('lcad/edits/apply', { text: answer });
  expect(read()).toBe('one\nzwei\nthree\n');
});

test('nor is what another client has open and not saved, as long as it is there', async () => {
  const uri = pathToFileURL(join(root, 'a.ts')).href;
  const editor = await server.connect();
  await editor.initialize();
  const open = { uri, languageId: 'typescript', version: 1, text: 'one\ntwo\n' };
  editor.send({ method: 'textDocument/didOpen', params: { textDocument: open } });
  editor.send({ id: 1, method: 'lcad/status', params: {} });
  await editor.one();
  expect((await ask('lcad/edits/preview', { text: answer })).result).toMatchObject({ problems: [] });
  const contentChanges = [{ text: 'one\ntwo\nthree\n' }];
  editor.send({
    method: 'textDocument/didChange',
    params: { textDocument: { uri, version: 2 }, contentChanges },
  });
  editor.send({ id: 2, method: 'lcad/status', params: {} });
  await editor.one();
  const { error } = await ask('lcad/edits/apply', { text: answer });
  expect(error?.data.kind).toBe('EDIT_CONFLICT');
  expect(error?.message).toContain('another editor');
  expect(read()).toBe('one\ntwo\n');
  editor.destroy();
  await vi.waitFor(async () => {
    expect((await ask('lcad/edits/preview', { text: answer })).result).toMatchObject({ problems: [] });
  });
  await ask('lcad/edits/apply', { text: answer });
  expect(read()).toBe('one\nzwei\n');
});

test('params are checked', async () => {
  for (const params of [{}, { text: 'a', edits: [] }, { text: 'a', files: [{ path: 'a', hash: 'x' }] }]) {
    expect((await ask('lcad/edits/preview', params)).error?.data.kind).toBe('INVALID_PARAMS');
  }
  expect((await ask('lcad/edits/apply', { id: '../../../etc' })).error?.data.kind).toBe('INVALID_PARAMS');
});
