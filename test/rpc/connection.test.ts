import { afterEach, expect, test } from 'vitest';
import {
  type Client,
  handlersWith,
  initializeLine,
  searchResult,
  startServer,
  type TestServer,
  untilAborted,
} from '../support/rpc.js';

let server: TestServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function serve(...options: Parameters<typeof startServer>): Promise<Client> {
  server = await startServer(...options);
  return server.connect();
}

const search = (id: number, query = 'x') => ({
  jsonrpc: '2.0',
  id,
  method: 'lcad/search',
  params: { query },
});
const headed = (message: object) => {
  const body = JSON.stringify(message);
  return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
};
const initialize = { jsonrpc: '2.0', id: 0, method: 'initialize', params: {} };

/** Resolves once a condition holds; the test's own time limit ends it otherwise. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('a connection that begins with headers is answered with headers', async () => {
  const client = await serve();
  let raw = '';
  client.socket.on('data', (bytes) => {
    raw += bytes.toString('utf8');
  });
  client.write(headed(initialize) + headed(search(1, 'é')));
  await client.one();
  expect((await client.one()).result).toMatchObject({ notes: ['é'] });
  expect(raw.match(/Content-Length: \d+\r\n\r\n\{/g)).toHaveLength(2);
});

test.each([
  ['lines', `${initializeLine}${JSON.stringify(search(1, 'é😀'))}\n`],
  ['headers', headed(initialize) + headed(search(1, 'é😀'))],
])('requests may arrive byte by byte: %s', async (_framing, text) => {
  const client = await serve();
  client.socket.setNoDelay(true);
  for (const byte of Buffer.from(text)) {
    await new Promise<void>((resolve) => client.socket.write(Buffer.from([byte]), () => resolve()));
  }
  await client.one();
  expect((await client.one()).result).toMatchObject({ notes: ['é😀'] });
});

test('garbage is answered with an error, and then the connection is closed', async () => {
  const client = await serve();
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(await client.one()).toMatchObject({
    id: null,
    error: { code: -32700, data: { kind: 'PARSE_ERROR' } },
  });
  await client.whenEnded();
  await until(() => server?.rpc.connections === 0);
});

test('an initialized client may make a mistake and go on', async () => {
  const client = await serve({ limits: { messageBytes: 500, messageDepth: 5 } });
  await client.initialize();
  client.write(
    `{"jsonrpc":\n${'['.repeat(9)}${']'.repeat(9)}\n"${'x'.repeat(600)}"\n${JSON.stringify(search(1))}\n`,
  );
  expect((await client.one()).error?.data.kind).toBe('PARSE_ERROR');
  expect((await client.one()).error?.data).toMatchObject({ kind: 'MESSAGE_TOO_DEEP', limit: 5 });
  expect((await client.one()).error?.data).toMatchObject({ kind: 'MESSAGE_TOO_LARGE', limit: 500 });
  expect((await client.one()).id).toBe(1);
});

test('a Content-Length beyond the limit is answered in headers, and the connection closed', async () => {
  const client = await serve({ limits: { messageBytes: 500 } });
  client.write(`${headed(initialize)}Content-Length: 501\r\n\r\n`);
  const replies = [await client.one(), await client.one()];
  expect(replies.find(({ id }) => id === 0)?.result).toBeDefined();
  expect(replies.find(({ id }) => id === null)?.error?.data.kind).toBe('MESSAGE_TOO_LARGE');
  await client.whenEnded();
});

test('a client that says nothing is closed after the time for initialize', async () => {
  const client = await serve({ limits: { handshakeMs: 50 } });
  expect((await client.one()).error?.data.kind).toBe('NOT_INITIALIZED');
  await client.whenEnded();
});

test('a client that goes away has its work aborted and its close callbacks called', async () => {
  const seen: string[] = [];
  const handlers = handlersWith(async (_params, { signal, onClose, connection }) => {
    onClose(() => seen.push(`closed ${connection}`));
    seen.push('started');
    return untilAborted(signal).catch((reason) => {
      seen.push(reason.kind);
      throw reason;
    });
  });
  const client = await serve({ handlers });
  await client.initialize();
  client.send(search(1));
  await until(() => seen.length === 1);
  client.destroy();
  await until(() => seen.length === 3);
  expect(seen.toSorted()).toEqual(['CONNECTION_LOST', 'closed c1', 'started']);
  await until(() => server?.rpc.connections === 0);
});

test('a client that closes only its sending side gets its replies, then the connection ends', async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const handlers = handlersWith(async ({ query }) => {
    await held;
    return searchResult(query);
  });
  const client = await serve({ handlers });
  client.socket.end(`${initializeLine}${JSON.stringify(search(1))}`);
  await client.one();
  // Longer than the time between two looks whether the client is still there.
  setTimeout(release, 600);
  expect((await client.one()).result).toMatchObject({ notes: ['x'] });
  await client.whenEnded();
});

test('a client that closes its sending side and then goes away has its work aborted', async () => {
  let aborted = false;
  const handlers = handlersWith((_params, { signal }) =>
    untilAborted(signal).catch((reason) => {
      aborted = true;
      throw reason;
    }),
  );
  const client = await serve({ handlers });
  await client.initialize();
  client.socket.end(JSON.stringify(search(1)));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(aborted).toBe(false);
  client.destroy();
  await until(() => aborted);
});

test('exit lets open requests finish and ignores what follows', async () => {
  const handlers = handlersWith(async ({ query }) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return searchResult(query);
  });
  const client = await serve({ handlers });
  const lines = [search(1), { jsonrpc: '2.0', method: 'exit' }, search(2)].map((message) =>
    JSON.stringify(message),
  );
  client.write(`${initializeLine}${lines.join('\n')}\n`);
  await client.one();
  expect((await client.one()).id).toBe(1);
  await client.whenEnded();
  await expect(client.next()).rejects.toThrow('ended');
});

test('a connection beyond the limit is told so; a place is free again when one closes', async () => {
  const first = await serve({ limits: { connections: 1 } });
  await first.initialize();
  const second = await (server as TestServer).connect();
  expect(await second.one()).toMatchObject({ id: null, error: { code: 1404 } });
  await second.whenEnded();
  first.destroy();
  await until(() => server?.rpc.connections === 0);
  const third = await (server as TestServer).connect();
  await third.initialize();
});

test('a client that does not read is dropped, and another one is served meanwhile', async () => {
  const handlers = handlersWith(({ query }) => searchResult(query.repeat(100)));
  const slow = await serve({ handlers, limits: { backlogBytes: 8 * 1024 * 1024, drainMs: 300 } });
  const other = await (server as TestServer).connect();
  await slow.initialize();
  await other.initialize();
  slow.socket.pause();
  for (let id = 1; id <= 100; id++) slow.send(search(id, 'x'.repeat(10_000)));
  for (let id = 1; id <= 20; id++) {
    other.send(search(id));
    expect((await other.one()).id).toBe(id);
  }
  await until(() => server?.rpc.connections === 1);
  expect(server?.logged).toContain('warn connection dropped');
  other.send(search(99));
  expect((await other.one()).id).toBe(99);
});

test('a client that reads slowly but reads gets everything', async () => {
  const handlers = handlersWith(({ query }) => searchResult(query.repeat(100)));
  const client = await serve({ handlers, limits: { backlogBytes: 8 * 1024 * 1024, drainMs: 300 } });
  await client.initialize();
  const pausing = setInterval(() => {
    if (client.socket.isPaused()) client.socket.resume();
    else client.socket.pause();
  }, 20);
  for (let id = 1; id <= 30; id++) client.send(search(id, 'x'.repeat(10_000)));
  for (let id = 1; id <= 30; id++) expect((await client.one()).id).toBe(id);
  clearInterval(pausing);
});

test('notifications to a client that does not read are dropped, with false for whoever sent them', async () => {
  let sent = 0;
  let dropped = 0;
  const handlers = handlersWith((_params, { notify }) => {
    for (let i = 0; i < 100; i++) {
      if (notify('$/progress', { token: i, value: 'x'.repeat(10_000) })) sent++;
      else dropped++;
    }
    return searchResult('');
  });
  const client = await serve({ handlers, limits: { backlogBytes: 1_000_000, drainMs: 60_000 } });
  await client.initialize();
  client.socket.pause();
  for (let id = 1; id <= 5; id++) client.send(search(id));
  await until(() => sent + dropped >= 100);
  expect(dropped).toBeGreaterThan(0);
  client.socket.resume();
  for (let i = 0; i < sent; i++) expect((await client.one()).method).toBe('$/progress');
  expect((await client.one()).id).toBe(1);
});

test('close refuses new requests and connections, answers what is open, and aborts what is late', async () => {
  const handlers = handlersWith(async ({ query }, { signal }) => {
    if (query === 'forever') return untilAborted(signal);
    await new Promise((resolve) => setTimeout(resolve, 50));
    return searchResult(query);
  });
  const client = await serve({ handlers });
  const idle = await (server as TestServer).connect();
  await client.initialize();
  await idle.initialize();
  client.send(search(1, 'soon'));
  client.send(search(2, 'forever'));
  client.send({ id: 3, method: 'lcad/repos/list' });
  await client.one();
  const closed = server?.rpc.close(150);
  client.send(search(4));
  expect(await client.one()).toMatchObject({ id: 4, error: { code: 1207, data: { kind: 'SHUTTING_DOWN' } } });
  const late = await (server as TestServer).connect();
  expect(await late.one()).toMatchObject({ id: null, error: { data: { kind: 'SHUTTING_DOWN' } } });
  expect(await client.one()).toMatchObject({ id: 1, result: { notes: ['soon'] } });
  expect(await client.one()).toMatchObject({ id: 2, error: { data: { kind: 'SHUTTING_DOWN' } } });
  await idle.whenEnded();
  await client.whenEnded();
  await closed;
  expect(server?.rpc.connections).toBe(0);
});

test('close does not wait for a client that never closes its side', async () => {
  const client = await serve();
  await client.initialize();
  client.socket.pause();
  await server?.rpc.close(0);
  expect(server?.rpc.connections).toBe(0);
});
