import { dirname } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openClient, placesOf } from '../../src/client/api.js';
import { startServer, type TestServer } from '../support/rpc.js';

let server: TestServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

test('a script opens a client at a daemon that runs, and searches', async () => {
  server = await startServer();
  const places = placesOf({ LCAD_HOME: dirname(server.path), LCAD_SOCKET: server.path });
  const client = await openClient({ places, clientInfo: { name: 'test' } });
  expect((await client.request('lcad/search', { query: 'x' })).notes).toEqual(['x']);
  client.close();
});

test('with start: false a daemon that does not run is an error', async () => {
  server = await startServer();
  const places = placesOf({ LCAD_HOME: dirname(server.path), LCAD_SOCKET: `${server.path}-no` });
  await expect(openClient({ places, start: false })).rejects.toMatchObject({ kind: 'DAEMON_NOT_RUNNING' });
});
