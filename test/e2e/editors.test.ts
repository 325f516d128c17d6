import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Connection } from '../../src/client/connection.js';
import { startDaemon, type TestDaemon } from '../support/daemon.js';
import { makeRepo, type TestRepo } from '../support/git-repo.js';

/** Editors with the real daemon, whose replies are checked against their schemas. */
let daemon: TestDaemon;
let repo: TestRepo;
const clients: Connection[] = [];

const queue =
  'export class Queue {\n  drain(limit: number): void {\n    step(limit);\n  }\n}\n\nfunction step(limit: number) {\n  return limit;\n}\n';
const main =
  "import { Queue } from './queue.js';\n\nexport function main() {\n  const queue = new Queue();\n  queue.drain(3);\n}\n";

beforeAll(async () => {
  daemon = await startDaemon({ env: { LCAD_VALIDATE_RESULTS: '1' } });
  repo = makeRepo({ 'src/queue.ts': queue, 'src/main.ts': main, 'notes.md': '# Notes\n\n## More\n' });
  const client = await editor();
  await client.request('lcad/repos/add', { path: repo.root, wait: true });
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});
afterAll(async () => {
  await daemon.stop();
  repo.remove();
});

async function editor(): Promise<Connection> {
  const client = await Connection.open(await daemon.connect());
  clients.push(client);
  return client;
}

const uriOf = (path: string) => pathToFileURL(join(repo.root, path)).href;

function open(client: Connection, path: string, text: string): void {
  const textDocument = { uri: uriOf(path), languageId: 'typescript', version: 1, text };
  client.notify('textDocument/didOpen', { textDocument });
}

function change(client: Connection, path: string, contentChanges: object[]): void {
  client.notify('textDocument/didChange', {
    textDocument: { uri: uriOf(path), version: 2 },
    contentChanges: contentChanges as { text: string }[],
  });
}

const at = (line: number, character: number) => ({ line, character });
const span = (line: number, from: number, to: number) => ({ start: at(line, from), end: at(line, to) });
const definition = (client: Connection, path: string, line: number, character: number) =>
  client.request('textDocument/definition', {
    textDocument: { uri: uriOf(path) },
    position: at(line, character),
  });

describe('without open documents', () => {
  test('definitions and references are found by LSP places', async () => {
    const client = await editor();
    const drain = { uri: uriOf('src/queue.ts'), range: span(1, 2, 7) };
    expect(await definition(client, 'src/main.ts', 4, 10)).toEqual([drain]);
    expect(await definition(client, 'src/queue.ts', 1, 2)).toEqual([drain]);
    const textDocument = { uri: uriOf('src/queue.ts') };
    const ask = { textDocument, position: at(1, 7) };
    const used = { uri: uriOf('src/main.ts'), range: span(4, 8, 13) };
    expect(await client.request('textDocument/references', ask)).toEqual([used]);
    expect(
      await client.request('textDocument/references', { ...ask, context: { includeDeclaration: true } }),
    ).toEqual([drain, used]);
  });

  test('references that are too many to be looked at are said to be', async () => {
    const calls = Array.from({ length: 10_500 }, (_, at) => `useOften(${at});`).join('\n');
    const often = makeRepo({
      'often.ts': 'export function useOften(at: number) {\n  return at;\n}\n',
      'a.ts': `import { useOften } from './often.js';\n${calls}\n`,
      'b.ts': `import { useOften } from './often.js';\n${calls}\n`,
    });
    const client = await editor();
    await client.request('lcad/repos/add', { path: often.root, wait: true }, { deadlineMs: 60_000 });
    const told: object[] = [];
    client.on('window/showMessage', (message) => told.push(message));
    const textDocument = { uri: pathToFileURL(join(often.root, 'often.ts')).href };
    const found = await client.request('textDocument/references', { textDocument, position: at(0, 20) });
    expect(found).toHaveLength(20_000);
    const message = expect.stringMatching(/^lcad shows the 20000 references nearest .*: 1002 more places/);
    expect(told).toEqual([{ type: 3, message }]);
    await client.request('lcad/repos/remove', { repo: often.root });
    often.remove();
  });

  test('symbols are found by parts of their names', async () => {
    const client = await editor();
    expect(await client.request('workspace/symbol', { query: 'drain' })).toEqual([
      {
        name: 'drain',
        kind: 6,
        containerName: 'Queue',
        location: { uri: uriOf('src/queue.ts'), range: span(1, 2, 7) },
      },
    ]);
    expect(await client.request('workspace/symbol', { query: ' ' })).toEqual([]);
    expect(await client.request('workspace/symbol', { query: 'zzzzz' })).toEqual([]);
  });

  test('places that mean nothing give nothing', async () => {
    const client = await editor();
    expect(await definition(client, 'src/main.ts', 999, 0)).toBeNull();
    expect(await definition(client, 'src/main.ts', 4, 2 ** 31)).toBeNull();
    expect(await definition(client, 'src/none.ts', 0, 0)).toBeNull();
    expect(await definition(client, 'notes.md', 0, 3)).toBeNull();
    for (const uri of ['file:///nowhere/a.ts', 'untitled:Untitled-1', 'file://host/a.ts', 'nonsense']) {
      const ask = { textDocument: { uri }, position: at(0, 0) };
      expect(await client.request('textDocument/definition', ask)).toBeNull();
      expect(await client.request('textDocument/references', ask)).toEqual([]);
      expect(await client.request('textDocument/documentSymbol', ask)).toEqual([]);
    }
  });
});

describe('unsaved documents', () => {
  test('are seen by the client that has them, each in its own way, and not by the index', async () => {
    const [one, other, third] = [await editor(), await editor(), await editor()];
    const added = 'export function fresh() {\n  return 1;\n}\n';
    open(one, 'src/queue.ts', queue);
    change(one, 'src/queue.ts', [{ range: { start: at(0, 0), end: at(0, 0) }, text: `// 🙂\r\n${added}` }]);
    open(other, 'src/queue.ts', queue);
    change(other, 'src/queue.ts', [{ range: span(1, 2, 7), text: 'empty' }]);
    open(other, 'src/main.ts', main.replace('drain', 'empty'));

    const find = (client: Connection, name: string) =>
      client.request('lcad/symbols', { name, match: 'exact' }).then(({ symbols }) => symbols);
    expect(await find(one, 'fresh')).toMatchObject([{ path: 'src/queue.ts', line: 2, kind: 'function' }]);
    expect(await find(one, 'drain')).toMatchObject([{ line: 6 }]);
    expect(await find(other, 'fresh')).toEqual([]);
    expect(await find(other, 'drain')).toEqual([]);
    expect(await find(other, 'empty')).toMatchObject([{ line: 2, scope: 'Queue' }]);
    expect(await find(third, 'fresh')).toEqual([]);
    expect(await find(third, 'drain')).toMatchObject([{ line: 2 }]);

    // From a file on disk into a document that is not saved, and between two of those.
    expect(await definition(one, 'src/main.ts', 4, 10)).toMatchObject([{ range: span(5, 2, 7) }]);
    expect(await definition(other, 'src/main.ts', 4, 10)).toMatchObject([{ range: span(1, 2, 7) }]);
    const { references } = await other.request('lcad/references', { symbol: 'empty' });
    expect(references).toMatchObject([{ path: 'src/main.ts', line: 5, text: 'queue.empty(3);' }]);
    expect((await other.request('lcad/callers', { symbol: 'empty' })).relations).toMatchObject([
      { path: 'src/main.ts', symbol: { name: 'main' } },
    ]);
    expect((await third.request('lcad/search', { query: 'fresh' })).hits).toEqual([]);

    one.notify('textDocument/didClose', { textDocument: { uri: uriOf('src/queue.ts') } });
    expect(await find(one, 'fresh')).toEqual([]);
    other.close();
    expect(await find(third, 'drain')).toMatchObject([{ line: 2 }]);
  });

  test('may be of files that are not there yet', async () => {
    const client = await editor();
    open(client, 'src/late.ts', "import { Queue } from './queue.js';\nexport const late = new Queue();\n");
    expect(await definition(client, 'src/late.ts', 1, 26)).toMatchObject([{ uri: uriOf('src/queue.ts') }]);
    const { importedBy } = await client.request('lcad/dependencies', {
      file: join(repo.root, 'src/queue.ts'),
    });
    expect(importedBy.map(({ path }) => path)).toEqual(['src/late.ts', 'src/main.ts']);
  });

  test('are as the client last changed them, however fast', async () => {
    const client = await editor();
    open(client, 'src/main.ts', main);
    for (let count = 1; count <= 50; count++) {
      change(client, 'src/main.ts', [{ range: span(0, 0, 0), text: '\n' }]);
      const found = await definition(client, 'src/main.ts', 4 + count, 10);
      expect(found).toMatchObject([{ uri: uriOf('src/queue.ts') }]);
    }
  });

  test('that are saved are as the index has them', async () => {
    const client = await editor();
    const text = 'export function saved() {}\n';
    open(client, 'src/saved.ts', text);
    writeFileSync(join(repo.root, 'src/saved.ts'), text);
    client.notify('textDocument/didSave', { textDocument: { uri: uriOf('src/saved.ts') } });
    const ask = { name: 'saved', match: 'exact' as const, waitFresh: true };
    expect((await client.request('lcad/symbols', ask)).symbols).toHaveLength(1);
    expect((await (await editor()).request('lcad/symbols', ask)).symbols).toHaveLength(1);
    rmSync(join(repo.root, 'src/saved.ts'));
    expect((await (await editor()).request('lcad/symbols', ask)).symbols).toEqual([]);
  });

  test('have the name that the client gives them, through symbolic links', async () => {
    const link = join(dirname(repo.root), `link-${process.pid}`);
    symlinkSync(repo.root, link);
    try {
      const client = await editor();
      const textDocument = { uri: pathToFileURL(join(link, 'src/main.ts')).href };
      client.notify('textDocument/didOpen', {
        textDocument: { ...textDocument, languageId: 'typescript', version: 1, text: `\n${main}` },
      });
      expect(await client.request('textDocument/definition', { textDocument, position: at(5, 10) })).toEqual([
        { uri: pathToFileURL(join(link, 'src/queue.ts')).href, range: span(1, 2, 7) },
      ]);
    } finally {
      rmSync(link);
    }
  });
});

describe('symbols of a document', () => {
  const ask = (path: string) => ({ textDocument: { uri: uriOf(path) } });

  test('are of its text as the client has it, or as it is on disk', async () => {
    const client = await editor();
    const flat = await client.request('textDocument/documentSymbol', ask('src/queue.ts'));
    expect(flat).toMatchObject([
      { name: 'Queue', kind: 5, location: { range: { start: at(0, 0), end: at(5, 0) } } },
      { name: 'drain', kind: 6, containerName: 'Queue' },
      { name: 'step', kind: 12 },
    ]);
    open(client, 'src/queue.ts', `\n${queue.replace('step', 'stride')}`);
    expect(await client.request('textDocument/documentSymbol', ask('src/queue.ts'))).toMatchObject([
      { name: 'Queue', location: { range: { start: at(1, 0) } } },
      { name: 'drain' },
      { name: 'step' },
    ]);
  });

  test('are in each other for clients that can show that, in documents without a grammar too', async () => {
    const client = await Connection.open(await daemon.connect(), {
      capabilities: { textDocument: { documentSymbol: { hierarchicalDocumentSymbolSupport: true } } },
    });
    clients.push(client);
    const [found] = await client.request('textDocument/documentSymbol', ask('src/queue.ts'));
    expect(found).toMatchObject({
      name: 'Queue',
      range: { start: at(0, 0), end: at(5, 0) },
      selectionRange: span(0, 13, 18),
      children: [{ name: 'drain', selectionRange: span(1, 2, 7), children: [] }],
    });
    open(client, 'notes.md', '# Notes\n\n## More\n');
    expect(await client.request('textDocument/documentSymbol', ask('notes.md'))).toMatchObject([
      { name: 'Notes', kind: 15, children: [{ name: 'More' }] },
    ]);
  });
});
