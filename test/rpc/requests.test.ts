import { afterEach, expect, test } from 'vitest';
import { LcadError } from '../../src/shared/errors.js';
import {
  type Client,
  handlersWith,
  type Message,
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
  const client = await server.connect();
  await client.initialize();
  return client;
}

const search = (id: number | string, query = 'x') => ({
  jsonrpc: '2.0',
  id,
  method: 'lcad/search',
  params: { query },
});
const cancel = (id: number | string) => ({ jsonrpc: '2.0', method: '$/cancelRequest', params: { id } });

/** `lcad/search` that answers unless the query is "wait"; what aborted it is collected. */
function waitingHandlers(aborts: unknown[] = []) {
  return handlersWith(async ({ query }, { signal }) => {
    if (query !== 'wait') return searchResult(query);
    return untilAborted(signal).catch((reason) => {
      aborts.push(reason instanceof LcadError ? reason.kind : reason);
      throw reason;
    });
  });
}

test('a cancelled request is answered with REQUEST_CANCELLED and its work is aborted', async () => {
  const aborts: unknown[] = [];
  const client = await serve({ handlers: waitingHandlers(aborts) });
  client.send(search('a', 'wait'));
  client.send(search('b'));
  client.send(cancel('a'));
  expect((await client.one()).id).toBe('a');
  expect((await client.one()).id).toBe('b');
  client.send(cancel('a'));
  client.send(cancel('b'));
  client.send(search('a', 'the id is free again'));
  expect((await client.one()).result).toMatchObject({ notes: ['the id is free again'] });
  expect(aborts).toEqual(['REQUEST_CANCELLED']);
});

test('a handler that does not heed the cancellation delays no reply, but keeps its place', async () => {
  let release: () => void = () => undefined;
  const stubborn = new Promise<void>((resolve) => {
    release = resolve;
  });
  const handlers = handlersWith(async ({ query }) => {
    if (query === 'wait') await stubborn;
    return searchResult(query);
  });
  const client = await serve({ handlers, limits: { inFlight: 1 } });
  client.send(search(1, 'wait'));
  client.send(cancel(1));
  expect(await client.one()).toMatchObject({ id: 1, error: { data: { kind: 'REQUEST_CANCELLED' } } });
  client.send(search(2));
  expect(await client.one()).toMatchObject({
    id: 2,
    error: { data: { kind: 'TOO_MANY_REQUESTS', limit: 1 } },
  });
  release();
  client.send(search(3));
  expect((await client.one()).result).toMatchObject({ notes: ['x'] });
});

test('whatever an aborted handler throws, the reply names the cancellation and nothing is logged as an error', async () => {
  const handlers = handlersWith(async (_params, { signal }) => {
    await untilAborted(signal).catch(() => undefined);
    throw new Error('thrown late');
  });
  const client = await serve({ handlers });
  client.send(search(1));
  client.send(cancel(1));
  expect((await client.one()).error?.data.kind).toBe('REQUEST_CANCELLED');
  client.send({ id: 2, method: 'lcad/repos/list' });
  await client.one();
  expect(server?.logged.filter((line) => line.startsWith('error'))).toEqual([]);
});

test('requests beyond the limit are refused one by one, the others go on', async () => {
  const client = await serve({ handlers: waitingHandlers(), limits: { inFlight: 3 } });
  for (let id = 1; id <= 5; id++) client.send(search(id, 'wait'));
  expect(await client.one()).toMatchObject({ id: 4, error: { code: 1304 } });
  expect(await client.one()).toMatchObject({ id: 5, error: { code: 1304 } });
  client.send(cancel(2));
  expect((await client.one()).id).toBe(2);
});

test('an id that is under way cannot be used again', async () => {
  const client = await serve({ handlers: waitingHandlers() });
  client.send(search(1, 'wait'));
  client.send(search(1));
  const refused = await client.one();
  expect(refused).toMatchObject({ id: 1, error: { code: -32600 } });
  expect(refused.error?.message).toContain('under way');
});

test('a batch is answered by one array when all is done; one of notifications not at all', async () => {
  const client = await serve({ handlers: waitingHandlers() });
  client.write(`${JSON.stringify([cancel(9), { jsonrpc: '2.0', method: 'initialized' }])}\n`);
  client.write(
    `${JSON.stringify([search(1), 7, search(2, 'wait'), cancel(2), search(3), search(3, 'wait')])}\n`,
  );
  const batch = (await client.next()) as Message[];
  expect(Array.isArray(batch)).toBe(true);
  const outcomes = batch.map(({ id, error }) => [id, error?.data.kind]);
  expect(outcomes).toHaveLength(5);
  expect(outcomes).toEqual(
    expect.arrayContaining([
      [1, undefined],
      [null, 'INVALID_REQUEST'],
      [2, 'REQUEST_CANCELLED'],
      [3, undefined],
      [3, 'INVALID_REQUEST'],
    ]),
  );
});

test('a batch of one is answered by an array', async () => {
  const client = await serve();
  client.write(`${JSON.stringify([search(1)])}\n`);
  expect(await client.next()).toMatchObject([{ id: 1 }]);
});

test('an empty batch and one that is too large are refused whole', async () => {
  let calls = 0;
  const handlers = handlersWith(() => {
    calls++;
    return searchResult('');
  });
  const client = await serve({ handlers, limits: { batchSize: 2 } });
  client.write(`[]\n${JSON.stringify([search(1), search(2), search(3)])}\n`);
  expect(await client.one()).toMatchObject({ id: null, error: { code: -32600 } });
  expect(await client.one()).toMatchObject({ id: null, error: { code: 1303, data: { limit: 2 } } });
  expect(calls).toBe(0);
});

test('a handler can send progress and other notifications on its connection alone', async () => {
  const handlers = handlersWith((_params, context) => {
    context.notify('$/progress', { token: 't', value: { done: 1 } });
    return searchResult('');
  });
  const client = await serve({ handlers });
  const other = await (server as TestServer).connect();
  await other.initialize();
  client.send(search(1));
  expect(await client.one()).toMatchObject({
    method: '$/progress',
    params: { token: 't', value: { done: 1 } },
  });
  expect((await client.one()).id).toBe(1);
  other.send({ id: 2, method: 'lcad/repos/list' });
  expect((await other.one()).id).toBe(2);
});

test('a reply that cannot be written as JSON is an INTERNAL_ERROR', async () => {
  const handlers = handlersWith(() => ({ ...searchResult(''), extra: 1n }));
  const client = await serve({ handlers, validateResults: false });
  client.send(search(1));
  expect(await client.one()).toMatchObject({ id: 1, error: { data: { kind: 'INTERNAL_ERROR' } } });
});

test('a reply beyond what may wait for the client is replaced by an error', async () => {
  const handlers = handlersWith(({ query }) => searchResult(query.repeat(100)));
  const client = await serve({ handlers, limits: { backlogBytes: 10_000 } });
  client.send(search(1, 'x'.repeat(200)));
  client.send(search(2));
  expect(await client.one()).toMatchObject({ id: 1, error: { data: { kind: 'MESSAGE_TOO_LARGE' } } });
  expect(await client.one()).toMatchObject({ id: 2, result: {} });
});
