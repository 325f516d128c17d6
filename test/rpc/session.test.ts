import { afterEach, expect, test } from 'vitest';
import { productVersion, protocolVersion } from '../../src/shared/versions.js';
import {
  type Client,
  handlersWith,
  initializeLine,
  searchResult,
  startServer,
  type TestServer,
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

const search = (id: number | string, query = 'x') => ({ id, method: 'lcad/search', params: { query } });

test('initialize tells versions, limits and the process', async () => {
  const client = await serve({ limits: { inFlight: 7 } });
  client.write(initializeLine);
  expect((await client.one()).result).toEqual({
    serverInfo: { name: 'lcad', version: productVersion },
    protocolVersion,
    capabilities: {},
    limits: { messageBytes: 8_388_608, messageDepth: 64, batchSize: 64, inFlight: 7 },
    pid: process.pid,
  });
});

test('before initialize only rpc.discover is answered', async () => {
  const client = await serve();
  client.send(search(1));
  client.send({ id: 2, method: 'lcad/nothing' });
  client.send({ id: 3, method: 'rpc.discover' });
  expect((await client.one()).error?.data.kind).toBe('NOT_INITIALIZED');
  expect((await client.one()).error?.data.kind).toBe('NOT_INITIALIZED');
  expect((await client.one()).result).toMatchObject({ openrpc: '1.3.2' });
});

test('requests in the same packet as initialize find the session open', async () => {
  const client = await serve();
  client.write(`${initializeLine}${JSON.stringify({ jsonrpc: '2.0', ...search(1, 'at once') })}\n`);
  await client.one();
  expect((await client.one()).result).toMatchObject({ notes: ['at once'] });
});

test('another protocol version is refused with both versions, and the session stays closed', async () => {
  const client = await serve();
  client.send({ id: 1, method: 'initialize', params: { protocolVersion: protocolVersion + 1 } });
  const { error } = await client.one();
  expect(error).toMatchObject({
    code: 1205,
    data: { kind: 'DAEMON_VERSION', version: productVersion, protocolVersion },
  });
  expect(error?.message).toContain(String(protocolVersion + 1));
  client.send(search(2));
  expect((await client.one()).error?.data.kind).toBe('NOT_INITIALIZED');
});

test('initialize is answered once, and nothing but exit follows shutdown', async () => {
  const client = await serve();
  await client.initialize();
  client.write(initializeLine);
  expect((await client.one()).error?.data.kind).toBe('INVALID_REQUEST');
  client.send({ id: 1, method: 'shutdown', params: null });
  expect(await client.one()).toEqual({ jsonrpc: '2.0', id: 1, result: null });
  client.send(search(2));
  expect((await client.one()).error?.data.kind).toBe('INVALID_REQUEST');
  client.send({ method: 'exit' });
  await client.whenEnded();
});

test('a bad member of the params is named by its path, and the handler is not called', async () => {
  let called = false;
  const handlers = handlersWith(() => {
    called = true;
    return searchResult('');
  });
  const client = await serve({ handlers });
  await client.initialize();
  client.send({ id: 1, method: 'lcad/search', params: { query: 'x', limit: 0, repos: ['a', ''] } });
  client.send({ id: 2, method: 'lcad/search', params: ['x'] });
  client.send({ id: 3, method: 'lcad/search' });
  const { error } = await client.one();
  expect(error).toMatchObject({ code: -32602, data: { kind: 'INVALID_PARAMS' } });
  expect(error?.message).toContain('limit: ');
  expect(error?.message).toContain('repos[1]: ');
  expect(error?.data.issues).toHaveLength(2);
  expect((await client.one()).error?.message).toContain('params: ');
  expect((await client.one()).error?.message).toContain('query: ');
  expect(called).toBe(false);
});

test.each([
  ['unknown', 'lcad/nothing'],
  ['of the language itself', 'constructor'],
  ['unknown and optional', '$/nothing'],
  ['a notification', 'exit'],
  ['a notification for clients', 'lcad/index/changed'],
])('a request for a method that is %s is METHOD_NOT_FOUND', async (_name, method) => {
  const client = await serve();
  await client.initialize();
  client.send({ id: 'a', method });
  expect(await client.one()).toMatchObject({
    id: 'a',
    error: { code: -32601, data: { kind: 'METHOD_NOT_FOUND' } },
  });
});

test('notifications are never answered, whatever they are', async () => {
  const client = await serve();
  await client.initialize();
  client.send({ method: 'initialized', params: {} });
  client.send({ method: '$/setTrace', params: { value: 'off' } });
  client.send({ method: 'lcad/nothing' });
  client.send({ method: 'lcad/search', params: { query: 'x' } });
  client.send({ method: '$/cancelRequest', params: { id: 99 } });
  client.send({ method: '$/cancelRequest', params: 'nonsense' });
  client.send({ id: 5, result: 'of nothing' });
  client.send(search(1));
  expect((await client.one()).id).toBe(1);
});

test.each([
  ['a number', '5', null],
  ['null', 'null', null],
  ['another version', '{"jsonrpc":"1.0","id":4,"method":"x"}', 4],
  ['no method', '{"jsonrpc":"2.0","id":4}', 4],
  ['a method that is a number', '{"jsonrpc":"2.0","id":4,"method":1}', 4],
  ['a null id', '{"jsonrpc":"2.0","id":null,"method":"lcad/status"}', null],
  ['a fractional id', '{"jsonrpc":"2.0","id":1.5,"method":"lcad/status"}', null],
  ['an object as id', '{"jsonrpc":"2.0","id":{},"method":"lcad/status"}', null],
])('a message that is %s is an INVALID_REQUEST', async (_name, json, id) => {
  const client = await serve();
  await client.initialize();
  client.write(`${json}\n`);
  expect(await client.one()).toMatchObject({
    id,
    error: { code: -32600, data: { kind: 'INVALID_REQUEST' } },
  });
});

test('ids are kept as they are: 1 and "1" are two', async () => {
  const client = await serve();
  await client.initialize();
  client.send(search(1, 'number'));
  client.send(search('1', 'string'));
  expect(await client.one()).toMatchObject({ id: 1, result: { notes: ['number'] } });
  expect(await client.one()).toMatchObject({ id: '1', result: { notes: ['string'] } });
});

test('an error that is not of the catalogue tells the client nothing and the log everything', async () => {
  const handlers = handlersWith(() => {
    throw new Error('secret detail');
  });
  const client = await serve({ handlers });
  await client.initialize();
  client.send(search(1));
  const { error } = await client.one();
  expect(error).toMatchObject({ code: -32603, data: { kind: 'INTERNAL_ERROR' } });
  expect(JSON.stringify(error)).not.toContain('secret');
  expect(server?.logged).toContain('error a request failed unexpectedly');
});

test('a result that does not fit its schema is an INTERNAL_ERROR that names the member', async () => {
  const handlers = handlersWith(() => ({ ...searchResult(''), tookMs: -1 }));
  const client = await serve({ handlers });
  await client.initialize();
  client.send(search(1));
  const { error } = await client.one();
  expect(error?.data.kind).toBe('INTERNAL_ERROR');
  expect(error?.message).toContain('tookMs');
});

test('onRequestDone is told of each request of a known method', async () => {
  const done: unknown[] = [];
  const client = await serve({ onRequestDone: (method, ms, ok) => done.push([method, ms >= 0, ok]) });
  await client.initialize();
  client.send(search(1));
  client.send({ id: 2, method: 'lcad/status', params: {} });
  client.send({ id: 3, method: 'lcad/nothing' });
  for (let i = 0; i < 3; i++) await client.one();
  expect(done).toEqual([
    ['initialize', true, true],
    ['lcad/search', true, true],
    ['lcad/status', true, false],
  ]);
});
