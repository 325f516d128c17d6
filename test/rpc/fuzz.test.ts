import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { initializeLine, startServer, type TestServer } from '../support/rpc.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ limits: { messageBytes: 2000, batchSize: 4, inFlight: 8, lingerMs: 50 } });
});

afterAll(() => server.close());

const words = [
  '{"jsonrpc":"2.0","id":1,"method":"lcad/search","params":{"query":"x"}}\n',
  '{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":1}}\n',
  '[{"jsonrpc":"2.0","id":2,"method":"lcad/repos/list"}]\n',
  '{"jsonrpc":"2.0","id":3,"method":"__proto__","params":{"__proto__":null}}\n',
  initializeLine,
  'Content-Length: 2\r\n\r\n{}',
  'Content-Length: 99999\r\n\r\n',
  '\r\n\r\n',
  '[[[',
  '\\"',
  '\n',
];
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
  fc.constantFrom(...words).map((word) => Buffer.from(word)),
  fc.json().map((json) => Buffer.from(`${json}\n`)),
);

/** The server must survive whatever was sent, end the connection when the client does, and serve the next one. */
async function survives(pieces: Buffer[], initialized: boolean): Promise<void> {
  const client = await server.connect();
  if (initialized) await client.initialize();
  for (const piece of pieces) client.write(piece);
  client.socket.end();
  await client.whenEnded();
  const next = await server.connect();
  next.write(initializeLine);
  expect((await next.one()).result).toBeDefined();
  next.destroy();
}

test.each([
  ['a new connection', false],
  ['an initialized connection', true],
])('any bytes on %s neither crash nor hang the server', async (_name, initialized) => {
  const runs = fc.asyncProperty(fc.array(bytes, { maxLength: 8 }), (pieces) => survives(pieces, initialized));
  await fc.assert(runs, { numRuns: 150 });
  expect(server.logged.filter((line) => line.startsWith('error'))).toEqual([]);
});

test('any JSON in the place of a request, its method, id and params is answered or ignored', async () => {
  const message = fc.record(
    {
      jsonrpc: fc.constant('2.0'),
      id: fc.oneof(fc.integer(), fc.string(), fc.jsonValue()),
      method: fc.oneof(fc.constantFrom('lcad/search', 'lcad/repos/add', 'rpc.discover'), fc.jsonValue()),
      params: fc.jsonValue(),
    },
    { requiredKeys: ['jsonrpc'] },
  );
  const client = await server.connect();
  await client.initialize();
  await fc.assert(
    fc.asyncProperty(message, async (sent) => {
      client.write(`${JSON.stringify(sent)}\n{"jsonrpc":"2.0","id":"last","method":"lcad/repos/list"}\n`);
      let reply = await client.one();
      while (reply.id !== 'last') {
        expect(reply.error ?? reply.result).toBeDefined();
        reply = await client.one();
      }
    }),
    { numRuns: 300 },
  );
});
