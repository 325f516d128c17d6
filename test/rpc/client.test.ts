import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Connection } from '../../src/client/connection.js';
import type { RequestContext } from '../../src/daemon/rpc/contract.js';
import { LcadError } from '../../src/shared/errors.js';
import { productVersion } from '../../src/shared/versions.js';
import { handlersWith, searchResult, startServer, type TestServer, untilAborted } from '../support/rpc.js';

let server: TestServer | undefined;
const connections: Connection[] = [];

afterEach(async () => {
  for (const connection of connections.splice(0)) connection.close();
  await server?.close();
  server = undefined;
});

async function open(...options: Parameters<typeof startServer>): Promise<Connection> {
  server = await startServer(...options);
  return another();
}

async function another(): Promise<Connection> {
  const connection = await Connection.connect((server as TestServer).path);
  connections.push(connection);
  return connection;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Counts the searches under way; a search for "wait" ends when it is aborted. */
function countingHandlers() {
  const counts = { running: 0, most: 0, aborted: 0 };
  const handlers = handlersWith(async ({ query }, { signal }) => {
    counts.running++;
    counts.most = Math.max(counts.most, counts.running);
    try {
      if (query === 'wait') await untilAborted(signal);
      await new Promise((resolve) => setTimeout(resolve, 1));
      return searchResult(query);
    } finally {
      counts.running--;
      if (signal.aborted) counts.aborted++;
    }
  });
  return { counts, handlers };
}

test('open makes the handshake and shows what the daemon is', async () => {
  const connection = await open();
  expect(connection.server).toMatchObject({
    serverInfo: { name: 'lcad', version: productVersion },
    pid: process.pid,
  });
});

test('a request returns its result, and an error of the daemon is an LcadError of the same kind', async () => {
  const connection = await open();
  expect((await connection.request('lcad/search', { query: 'é' })).notes).toEqual(['é']);
  const error = await connection.request('lcad/search', { query: 'x', limit: -1 }).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(LcadError);
  expect(error).toMatchObject({ kind: 'INVALID_PARAMS', details: { issues: [{ path: 'limit' }] } });
  await expect(connection.call('lcad/nothing', {})).rejects.toMatchObject({ kind: 'METHOD_NOT_FOUND' });
});

test('aborting the signal rejects at once and stops the work in the daemon', async () => {
  const { counts, handlers } = countingHandlers();
  const connection = await open({ handlers });
  const controller = new AbortController();
  const request = connection.request('lcad/search', { query: 'wait' }, { signal: controller.signal });
  await until(() => counts.running === 1);
  controller.abort();
  await expect(request).rejects.toMatchObject({ kind: 'REQUEST_CANCELLED' });
  await until(() => counts.aborted === 1);
  const options = { signal: controller.signal };
  await expect(connection.request('lcad/repos/list', {}, options)).rejects.toMatchObject({
    kind: 'REQUEST_CANCELLED',
  });
});

test('past its deadline a request rejects, and its work in the daemon stops', async () => {
  const { counts, handlers } = countingHandlers();
  const connection = await open({ handlers });
  const request = connection.request('lcad/search', { query: 'wait' }, { deadlineMs: 30 });
  await expect(request).rejects.toMatchObject({ kind: 'DEADLINE_EXCEEDED' });
  await until(() => counts.aborted === 1);
  expect((await connection.request('lcad/search', { query: 'next' })).notes).toEqual(['next']);
});

test('progress reaches the request that asked for it, and puts its deadline off', async () => {
  const progress = { repo: 'r', phase: 'hash' as const, total: 5 };
  const handlers = {
    ...handlersWith(),
    'lcad/repos/add': async (
      params: { progressToken?: string | number | undefined },
      context: RequestContext,
    ) => {
      const token = params.progressToken ?? 'none';
      for (let done = 1; done <= 5; done++) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        context.notify('$/progress', { token, value: { ...progress, done } });
      }
      throw new LcadError('REPO_BARE', 'That is the end.');
    },
  };
  const connection = await open({ handlers });
  const seen: number[] = [];
  const options = { onProgress: ({ done }: { done: number }) => seen.push(done), deadlineMs: 400 };
  await expect(connection.request('lcad/repos/add', { path: '/x' }, options)).rejects.toMatchObject({
    kind: 'REPO_BARE',
  });
  expect(seen).toEqual([1, 2, 3, 4, 5]);
});

test('notifications reach every listener until it ends', async () => {
  const contexts: RequestContext[] = [];
  const handlers = {
    ...handlersWith(),
    'lcad/index/subscribe': (_params: unknown, context: RequestContext) => {
      contexts.push(context);
      return { subscription: 's' };
    },
  };
  const connection = await open({ handlers });
  const seen: string[] = [];
  const end = connection.on('lcad/index/changed', ({ generation }) => seen.push(`a${generation}`));
  connection.on('lcad/index/changed', ({ generation }) => seen.push(`b${generation}`));
  await connection.request('lcad/index/subscribe', {});
  const changed = {
    subscription: 's',
    repo: 'r',
    epoch: 'e',
    head: null,
    changed: [],
    removed: [],
    complete: true,
  };
  contexts[0]?.notify('lcad/index/changed', { ...changed, generation: 1 });
  await until(() => seen.length === 2);
  end();
  contexts[0]?.notify('lcad/index/changed', { ...changed, generation: 2 });
  await until(() => seen.length === 3);
  expect(seen).toEqual(['a1', 'b1', 'b2']);
});

test('when the daemon goes, requests under way reject with CONNECTION_LOST, and so do later ones', async () => {
  const sockets: Socket[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'lcad-rpc-'));
  const reply = {
    serverInfo: { name: 'lcad', version: '1' },
    protocolVersion: 1,
    limits: { inFlight: 5 },
    pid: 1,
  };
  const brittle = createServer((socket) => {
    sockets.push(socket);
    socket.once('data', () => socket.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, result: reply })}\n`));
  });
  await new Promise<void>((resolve) => brittle.listen(join(folder, 's'), resolve));
  const connection = await Connection.connect(join(folder, 's'));
  const reasons: string[] = [];
  connection.onClose(({ kind }) => reasons.push(kind));
  const request = connection.request('lcad/search', { query: 'x' });
  sockets[0]?.destroy();
  await expect(request).rejects.toMatchObject({ kind: 'CONNECTION_LOST' });
  await expect(connection.request('lcad/repos/list', {})).rejects.toMatchObject({ kind: 'CONNECTION_LOST' });
  await until(() => reasons.length === 1);
  await new Promise<void>((resolve) => brittle.close(() => resolve()));
  rmSync(folder, { recursive: true });
});

test('closing the connection stops the work of its requests in the daemon', async () => {
  const { counts, handlers } = countingHandlers();
  const connection = await open({ handlers });
  const request = connection.request('lcad/search', { query: 'wait' });
  await until(() => counts.running === 1);
  connection.close();
  await expect(request).rejects.toMatchObject({ kind: 'CONNECTION_LOST' });
  await until(() => counts.aborted === 1 && server?.rpc.connections === 0);
});

test('a daemon that is full or shutting down says so', async () => {
  await open({ limits: { connections: 1 } });
  await expect(another()).rejects.toMatchObject({ kind: 'BUSY' });
});

test('nothing at the path is DAEMON_NOT_RUNNING', async () => {
  const path = join(tmpdir(), 'lcad-no-such-socket');
  await expect(Connection.connect(path)).rejects.toMatchObject({ kind: 'DAEMON_NOT_RUNNING' });
});

test('a server that never answers is given up at the deadline', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lcad-rpc-'));
  const silent = createServer((socket) => socket.resume());
  await new Promise<void>((resolve) => silent.listen(join(folder, 's'), resolve));
  await expect(Connection.connect(join(folder, 's'), { deadlineMs: 30 })).rejects.toMatchObject({
    kind: 'DEADLINE_EXCEEDED',
  });
  await new Promise<void>((resolve) => silent.close(() => resolve()));
  rmSync(folder, { recursive: true });
});

test('more requests than the daemon allows at a time wait for their turn', async () => {
  const { counts, handlers } = countingHandlers();
  const connection = await open({ handlers, limits: { inFlight: 4 } });
  const queries = Array.from({ length: 100 }, (_, i) => `q${i}`);
  const results = await Promise.all(queries.map((query) => connection.request('lcad/search', { query })));
  expect(results.map(({ notes }) => notes[0])).toEqual(queries);
  expect(counts.most).toBe(4);
});

test('a hundred clients at once each get their own replies', async () => {
  await open();
  const clients = await Promise.all(Array.from({ length: 99 }, another));
  expect(server?.rpc.connections).toBe(100);
  const replies = await Promise.all(
    clients.flatMap((client, c) =>
      Array.from({ length: 20 }, async (_, r) => {
        const { notes } = await client.request('lcad/search', { query: `${c}/${r}` });
        return notes[0] === `${c}/${r}`;
      }),
    ),
  );
  expect(replies.every(Boolean)).toBe(true);
  expect(replies).toHaveLength(99 * 20);
});

test('notifications keep their place among the requests, and are refused when the connection has ended', async () => {
  const texts: (string | undefined)[] = [];
  const handlers = handlersWith(async ({ query }, { overlay }) => {
    texts.push(overlay.buffers[0]?.text);
    await new Promise((resolve) => setTimeout(resolve, 1));
    return searchResult(query);
  });
  const connection = await open({ handlers, limits: { inFlight: 1 } });
  const textDocument = { uri: 'file:///a.ts', version: 1 };
  connection.notify('textDocument/didOpen', { textDocument: { ...textDocument, text: 'one' } });
  const first = connection.request('lcad/search', { query: 'x' });
  const second = connection.request('lcad/search', { query: 'x' });
  connection.notify('textDocument/didChange', { textDocument, contentChanges: [{ text: 'two' }] });
  await Promise.all([first, second, connection.request('lcad/search', { query: 'x' })]);
  expect(texts).toEqual(['one', 'one', 'two']);
  connection.close();
  expect(() => connection.notify('initialized', {})).toThrow(LcadError);
});
