import { afterEach, describe, expect, test } from 'vitest';
import type { OpenBuffer, View } from '../../src/daemon/overlay/contract.js';
import type { RequestContext } from '../../src/daemon/rpc/contract.js';
import type { RpcServerOptions } from '../../src/daemon/rpc/options.js';
import { lspCapabilities } from '../../src/protocol/lsp.js';
import {
  type Client,
  handlersWith,
  searchResult,
  startServer,
  type TestServer,
  testOverlays,
} from '../support/rpc.js';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
let server: TestServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

interface Seen {
  buffers: readonly OpenBuffer[];
  views: readonly View[];
  capabilities: RequestContext['clientCapabilities'];
}

/** A server whose search keeps what it sees of its client, under the query's words. */
async function serve(options: Partial<RpcServerOptions> = {}) {
  const seen = new Map<string, Seen>();
  const handlers = handlersWith(({ query }, { overlay, clientCapabilities }) => {
    const { buffers, views } = overlay;
    seen.set(query, { buffers, views, capabilities: clientCapabilities });
    return searchResult(query);
  });
  const overlays = testOverlays(silent);
  const started = await startServer({ handlers, overlays, capabilities: lspCapabilities, ...options });
  server = started;
  /** What the client's next request sees. */
  const look = async (client: Client, query = 'now'): Promise<Seen> => {
    client.send({ id: query, method: 'lcad/search', params: { query } });
    expect(await client.one()).toMatchObject({ id: query });
    return seen.get(query) as Seen;
  };
  return { overlays, look, connect: started.connect, started };
}

function inHeaders(message: object): string {
  const body = JSON.stringify({ jsonrpc: '2.0', ...message });
  return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** As editors send them: VS Code's client library and Neovim's, shortened where they repeat themselves. */
const initializations = {
  'VS Code': {
    processId: 4711,
    clientInfo: { name: 'Visual Studio Code', version: '1.104.2' },
    locale: 'en',
    rootPath: '/home/me/code',
    rootUri: 'file:///home/me/code',
    capabilities: {
      workspace: {
        applyEdit: true,
        workspaceEdit: { documentChanges: true, resourceOperations: ['create', 'rename', 'delete'] },
        symbol: {
          dynamicRegistration: true,
          symbolKind: { valueSet: [1, 2, 3] },
          tagSupport: { valueSet: [1] },
        },
        configuration: true,
        workspaceFolders: true,
      },
      textDocument: {
        synchronization: {
          dynamicRegistration: true,
          willSave: true,
          willSaveWaitUntil: true,
          didSave: true,
        },
        documentSymbol: { dynamicRegistration: true, hierarchicalDocumentSymbolSupport: true },
        definition: { dynamicRegistration: true, linkSupport: true },
      },
      window: {
        showMessage: { messageActionItem: { additionalPropertiesSupport: true } },
        workDoneProgress: true,
      },
      general: {
        staleRequestSupport: { cancel: true, retryOnContentModified: ['textDocument/semanticTokens/full'] },
        regularExpressions: { engine: 'ECMAScript', version: 'ES2020' },
        positionEncodings: ['utf-16'],
      },
      notebookDocument: { synchronization: { dynamicRegistration: true, executionSummarySupport: true } },
    },
    initializationOptions: { anything: [null, 1, 'x'] },
    trace: 'off',
    workspaceFolders: [{ uri: 'file:///home/me/code', name: 'code' }],
  },
  Neovim: {
    processId: 4712,
    clientInfo: { name: 'Neovim', version: '0.11.4+g1234567' },
    rootPath: null,
    rootUri: null,
    workspaceFolders: null,
    capabilities: {
      general: { positionEncodings: ['utf-8', 'utf-16', 'utf-32'] },
      textDocument: { documentSymbol: { hierarchicalDocumentSymbolSupport: true } },
    },
    trace: 'off',
    workDoneToken: '1',
  },
  'a client that says nothing of itself': { processId: null, rootUri: null, capabilities: {} },
};

describe('clients of other makes', () => {
  test.each(Object.entries(initializations))('%s opens a session and works in it', async (_name, params) => {
    const { connect } = await serve();
    const client = await connect();
    client.write(inHeaders({ id: 1, method: 'initialize', params }));
    expect((await client.one()).result).toMatchObject({
      serverInfo: { name: 'lcad' },
      capabilities: {
        positionEncoding: 'utf-16',
        textDocumentSync: { openClose: true, change: 2, save: { includeText: false } },
        definitionProvider: true,
        referencesProvider: true,
        workspaceSymbolProvider: true,
        documentSymbolProvider: true,
      },
    });
    const textDocument = { uri: 'file:///a.ts' };
    for (const [method, its] of Object.entries({
      initialized: {},
      '$/setTrace': { value: 'verbose' },
      'workspace/didChangeConfiguration': { settings: null },
      'workspace/didChangeWatchedFiles': { changes: [{ uri: 'file:///a.ts', type: 2 }] },
      'workspace/didChangeWorkspaceFolders': { event: { added: [], removed: [] } },
      'textDocument/willSave': { textDocument, reason: 1 },
      'notebookDocument/didOpen': { notebookDocument: {} },
      'window/workDoneProgress/cancel': { token: 1 },
    }))
      client.write(inHeaders({ method, params: its }));
    client.write(inHeaders({ id: 2, method: 'lcad/search', params: { query: 'x' } }));
    expect(await client.one()).toMatchObject({ id: 2, result: { notes: ['x'] } });
    client.write(inHeaders({ id: 3, method: 'shutdown' }));
    expect(await client.one()).toEqual({ jsonrpc: '2.0', id: 3, result: null });
    client.write(inHeaders({ method: 'exit' }));
    await client.whenEnded();
    expect(server?.logged.filter((line) => /^(warn|error)/.test(line))).toEqual([]);
  });

  test('a request of LSP that is not offered is refused as LSP says', async () => {
    const { connect } = await serve();
    const client = await connect();
    await client.initialize();
    client.send({ id: 1, method: 'textDocument/hover', params: {} });
    client.send({ id: 2, method: 'textDocument/didOpen', params: {} });
    client.send({
      id: 3,
      method: 'textDocument/definition',
      params: { textDocument: { uri: 'file:///a.ts' } },
    });
    expect((await client.one()).error?.code).toBe(-32601);
    expect((await client.one()).error?.code).toBe(-32601);
    expect((await client.one()).error?.code).toBe(-32602);
  });
});

const open = (uri: string, text: string) => ({
  method: 'textDocument/didOpen',
  params: { textDocument: { uri, languageId: 'typescript', version: 1, text } },
});
const change = (uri: string, contentChanges: unknown) => ({
  method: 'textDocument/didChange',
  params: { textDocument: { uri, version: 2 }, contentChanges },
});
const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };

describe('documents', () => {
  test('are seen by the requests behind them, of their own client alone', async () => {
    const { connect, look } = await serve();
    const [one, other] = [await connect(), await connect()];
    await one.initialize();
    await other.initialize();
    one.send(open('file:///a.ts', 'abc'));
    other.send(open('file:///a.ts', 'other'));
    one.send(
      change('file:///a.ts', [
        { range, text: '🙂' },
        { range: null, text: 'new' },
        { range, text: 'N' },
      ]),
    );
    one.send({ method: 'lcad/didView', params: { uri: 'file:///b.ts', line: 7 } });
    const { buffers, views } = await look(one);
    expect(buffers).toMatchObject([{ path: '/a.ts', text: 'New', version: 2, unsaved: true }]);
    expect(views).toMatchObject([{ path: '/b.ts', line: 7 }]);
    expect(await look(other)).toMatchObject({ buffers: [{ text: 'other' }], views: [] });
    one.send({ method: 'textDocument/didSave', params: { textDocument: { uri: 'file:///a.ts' } } });
    expect((await look(one)).buffers).toMatchObject([{ text: 'New', unsaved: false }]);
    one.send({ method: 'textDocument/didClose', params: { textDocument: { uri: 'file:///a.ts' } } });
    expect((await look(one)).buffers).toEqual([]);
    expect((await look(other)).buffers).toHaveLength(1);
  });

  test('may come in a batch, in its order', async () => {
    const { connect, look } = await serve();
    const client = await connect();
    await client.initialize();
    const batch = [open('file:///a.ts', 'a'), change('file:///a.ts', [{ text: 'b' }])];
    client.write(`${JSON.stringify(batch.map((one) => ({ jsonrpc: '2.0', ...one })))}\n`);
    expect((await look(client)).buffers).toMatchObject([{ text: 'b' }]);
  });

  test('go with their connection', async () => {
    const { connect, look, overlays } = await serve();
    const client = await connect();
    await client.initialize();
    client.send(open('file:///a.ts', 'abc'));
    await look(client);
    expect(overlays.chars).toBe(3);
    client.destroy();
    await expect.poll(() => overlays.chars).toBe(0);
  });

  test('are not taken before the session, nor after it', async () => {
    const { connect, overlays, look } = await serve();
    const client = await connect();
    client.send(open('file:///a.ts', 'abc'));
    await client.initialize();
    expect((await look(client)).buffers).toEqual([]);
    client.send({ id: 1, method: 'shutdown' });
    client.send(open('file:///a.ts', 'abc'));
    await client.one();
    expect(overlays.chars).toBe(0);
  });

  test('whose text is not known any more are given up, and the client is told', async () => {
    const { connect, look } = await serve();
    const client = await connect();
    await client.initialize();
    client.send(open('file:///a.ts', 'abc'));
    client.send(change('file:///a.ts', [{ range: { start: 5 }, text: 'x' }]));
    expect(await client.one()).toMatchObject({
      method: 'window/logMessage',
      params: {
        type: 2,
        message: expect.stringMatching(/^file:\/\/\/a\.ts is seen as it is saved.*contentChanges/),
      },
    });
    expect((await look(client)).buffers).toEqual([]);
  });

  test('that are too large are left, and the client is told', async () => {
    const overlays = testOverlays(silent, { limits: { bufferChars: 5 } });
    const { connect } = await serve({ overlays });
    const client = await connect();
    client.write(inHeaders({ id: 0, method: 'initialize', params: {} }));
    await client.one();
    client.write(inHeaders(open('file:///a.ts', 'x'.repeat(6))));
    expect(await client.one()).toMatchObject({ method: 'window/logMessage', params: { type: 2 } });
    client.write(inHeaders({ id: 'now', method: 'lcad/search', params: { query: 'now' } }));
    await client.one();
    expect(overlays.chars).toBe(0);
  });

  test('of nonsense do no harm', async () => {
    const { connect, look } = await serve();
    const client = await connect();
    await client.initialize();
    for (const params of [
      undefined,
      null,
      3,
      'x',
      [],
      {},
      { textDocument: null },
      { textDocument: { uri: 3 } },
    ])
      for (const method of ['didOpen', 'didChange', 'didSave', 'didClose'])
        client.send({ method: `textDocument/${method}`, params });
    client.send({ method: 'lcad/didView', params: { uri: '' } });
    client.send(change('file:///never-opened.ts', [{ text: 'x' }]));
    expect(await look(client)).toMatchObject({ buffers: [], views: [] });
  });

  test('what the client can do is known to its requests', async () => {
    const { connect, look } = await serve();
    const client = await connect();
    client.send({ id: 0, method: 'initialize', params: initializations.Neovim });
    await client.one();
    expect((await look(client)).capabilities).toEqual(initializations.Neovim.capabilities);
  });
});
