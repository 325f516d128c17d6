import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openClient } from '../../src/client/api.js';
import type { Connection } from '../../src/client/connection.js';
import { makeHome, startDaemon, type TestDaemon } from '../support/daemon.js';
import { makeRepo, type TestRepo } from '../support/git-repo.js';

/** Two clients of the real daemon. */
let daemon: TestDaemon;
let repo: TestRepo;
let one: Connection;
let other: Connection;

const saved = 'export function refundTotal(items: number[]): number {\n  return items.length;\n}\n';

beforeAll(async () => {
  daemon = await startDaemon({ env: { LCAD_VALIDATE_RESULTS: '1' } });
  repo = makeRepo({ 'src/refund.ts': saved, 'src/other.ts': 'export const other = 1;\n' });
  one = await openClient({ places: daemon.places });
  other = await openClient({ places: daemon.places });
  await one.request('lcad/repos/add', { path: repo.root, wait: true }, { deadlineMs: 60_000 });
});
afterAll(async () => {
  one.close();
  other.close();
  await daemon.stop();
  repo.remove();
});

const ask = (client: Connection, more: object = {}) =>
  client.request('lcad/context', { question: 'how is the refund total computed', ...more });

test('a reply has snippets, the prompt, token counts and freshness', async () => {
  const reply = await ask(one, { tokens: 1000, waitFresh: true });
  expect(reply.snippets[0]).toMatchObject({ path: 'src/refund.ts', root: repo.root, text: saved.trimEnd() });
  expect(reply.prompt).toContain(saved);
  expect(reply.tokens).toMatchObject({ budget: 1000, counting: 'estimate' });
  expect(reply.tokens.prompt).toBeLessThanOrEqual(1000);
  expect(reply.freshness[0]).toMatchObject({ root: repo.root, fresh: true });
  expect((await ask(one)).nonce).not.toBe(reply.nonce);
});

test('unsaved text is seen by its own client alone', async () => {
  const path = join(repo.root, 'src/refund.ts');
  const text = `// edited\n${saved.replace('items.length', 'items.length + 41')}`;
  one.notify('textDocument/didOpen', {
    textDocument: { uri: `file://${path}`, languageId: 'typescript', version: 1, text },
  });
  const own = await ask(one);
  expect(own.snippets[0]).toMatchObject({ path: 'src/refund.ts', unsaved: true, stale: false });
  expect(own.prompt).toContain('return items.length + 41;');
  const selection = { startLine: 1, endLine: 1 };
  const selected = await ask(one, { file: path, selection });
  expect(selected.prompt).toContain('// edited');
  expect((await ask(other)).prompt).not.toContain('length + 41');
  await expect(ask(other, { file: path, line: 400 })).rejects.toMatchObject({ kind: 'LINE_NOT_FOUND' });
});

test('code that only one client has in its editor is found for that client alone', async () => {
  const uri = `file://${join(repo.root, 'src/wombat.ts')}`;
  const text = '/** Excavates the burrow of a wombat. */\nexport function excavate() {\n  return 4711;\n}\n';
  one.notify('textDocument/didOpen', {
    textDocument: { uri, languageId: 'typescript', version: 1, text },
  });
  const question = 'how is the wombat burrow excavated';
  const own = await ask(one, { question });
  expect(own.snippets[0]).toMatchObject({ path: 'src/wombat.ts', unsaved: true, stale: false });
  expect((await ask(other, { question })).prompt).not.toContain('4711');
  one.notify('textDocument/didClose', { textDocument: { uri } });
  expect((await ask(one, { question })).prompt).not.toContain('4711');
});

test('what is wrong with a request is said by kind', async () => {
  await expect(ask(one, { tokens: 10 })).rejects.toMatchObject({ kind: 'BUDGET_TOO_SMALL' });
  await expect(ask(one, { question: '' })).rejects.toMatchObject({ kind: 'QUERY_EMPTY' });
  await expect(ask(one, { line: 3 })).rejects.toMatchObject({ kind: 'INVALID_PARAMS' });
  await expect(ask(one, { file: 'src/refund.ts' })).rejects.toMatchObject({ kind: 'INVALID_PARAMS' });
  const outside = makeHome();
  writeFileSync(join(outside, 'a.ts'), 'const a = 1;\n');
  await expect(ask(one, { file: join(outside, 'a.ts') })).rejects.toMatchObject({
    kind: 'REPO_NOT_REGISTERED',
  });
  rmSync(outside, { recursive: true });
  const file = join(repo.root, 'src/none.ts');
  await expect(ask(one, { file, line: 1 })).rejects.toMatchObject({ kind: 'FILE_NOT_INDEXED' });
});
