import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Connection } from '../../src/client/connection.js';
import { makeHome, startDaemon, type TestDaemon } from '../support/daemon.js';
import { EmbeddingServer } from '../support/embedding-server.js';
import { makeRepo, type TestRepo } from '../support/git-repo.js';

let server: EmbeddingServer;
let url: string;
let home: string;
let repo: TestRepo;
let daemon: TestDaemon;
let client: Connection;

beforeEach(async () => {
  server = await EmbeddingServer.start({ small: 16, large: 32 });
  url = server.url;
  home = makeHome();
  const functions = Array.from(
    { length: 30 },
    (_, i) => `def thing_${i}(value):\n    a = value\n    b = a + ${i}\n    c = b * 2\n    return c\n`,
  );
  repo = makeRepo({
    'things.py': functions.join('\n\n'),
    'zebra.py': 'def zebra(value):\n    a = value\n    b = a\n    c = b\n    return c\n',
  });
  daemon = await startDaemon({ home, env: { LCAD_VALIDATE_RESULTS: '1' } });
  client = await Connection.open(await daemon.connect());
});
afterEach(async () => {
  client.close();
  await daemon.stop();
  await server.stop();
  repo.remove();
  rmSync(home, { recursive: true, force: true });
});

async function configure(lines: string): Promise<void> {
  mkdirSync(daemon.places.config, { recursive: true });
  writeFileSync(daemon.places.configFile, `[embedding]\nurl = "${url}"\nbatchSize = 4\n${lines}\n`);
  await client.request('lcad/config/reload', {});
}

async function embedding() {
  return (await client.request('lcad/status', { repo: repo.root })).repos[0]?.embedding;
}

const search = () => client.request('lcad/search', { query: 'zebra', explain: true });
const patient = { timeout: 30_000 };

describe('embeddings', () => {
  test('are built in without any setting, and there as soon as a file is indexed', async () => {
    await client.request('lcad/repos/add', { path: repo.root, wait: true });
    const status = await embedding();
    expect(status).toMatchObject({ provider: 'builtin', dimensions: 256, state: 'ready', message: null });
    expect(status?.embedded).toBe(status?.total);
    expect(status?.total).toBeGreaterThan(20);
    const { tried, hits } = await search();
    expect(tried.vectors).toBe('used');
    expect(hits[0]?.path).toBe('zebra.py');
    expect(server.requests).toEqual([]);
  });

  test('are there when the daemon starts again', async () => {
    await client.request('lcad/repos/add', { path: repo.root, wait: true });
    client.close();
    await daemon.stop();
    daemon = await startDaemon({ home, env: { LCAD_VALIDATE_RESULTS: '1' } });
    client = await Connection.open(await daemon.connect());
    await expect.poll(async () => (await search()).tried.vectors, patient).toBe('used');
    expect(await embedding()).toMatchObject({ provider: 'builtin', state: 'ready' });
  });

  test('can be turned off and on', async () => {
    await client.request('lcad/repos/add', { path: repo.root, wait: true });
    await configure('provider = "none"');
    expect((await search()).tried.vectors).toBe('off');
    expect(await embedding()).toMatchObject({ provider: 'none', state: 'off', model: null, total: 0 });
    await configure('provider = "builtin"');
    await expect.poll(async () => (await embedding())?.state, patient).toBe('ready');
    expect((await search()).tried.vectors).toBe('used');
  });

  test('of a server are built in the background, in small batches one at a time, and take part in the search', async () => {
    await configure('provider = "none"');
    await client.request('lcad/repos/add', { path: repo.root, wait: true });
    await configure('provider = "ollama"\nmodel = "small"');
    await expect.poll(async () => (await embedding())?.state, patient).toBe('ready');
    const status = await embedding();
    expect(status).toMatchObject({ provider: 'ollama', model: 'small', dimensions: 16 });
    expect(status?.embedded).toBe(status?.total);
    expect(Math.max(...server.requests.map(({ body }) => body.input?.length ?? 0))).toBeLessThanOrEqual(4);
    expect(server.mostOpen).toBe(1);
    const { tried, hits } = await search();
    expect(tried.vectors).toBe('used');
    expect(hits[0]?.path).toBe('zebra.py');
    expect(hits[0]?.evidence?.map(({ signal }) => signal).join()).toMatch(/vec|cos/i);
  });

  test('of a new model are built beside the old, which answers until they are complete', async () => {
    await configure('provider = "openai"\nmodel = "small"');
    await client.request('lcad/repos/add', { path: repo.root, wait: true });
    await expect.poll(async () => (await embedding())?.state, patient).toBe('ready');
    // The new model is overloaded for a while: the old vectors must be in use meanwhile.
    server.faults.push({ kind: 'status', status: 503 });
    await configure('provider = "openai"\nmodel = "large"');
    await expect.poll(async () => (await embedding())?.state, patient).toBe('unreachable');
    expect((await search()).tried.vectors).toBe('used');
    await expect.poll(async () => (await embedding())?.state, patient).toBe('ready');
    expect(await embedding()).toMatchObject({ model: 'large', dimensions: 32 });
  });

  test('resume when a server that was down is back, and the search works meanwhile', async () => {
    const { port } = server;
    await server.stop();
    await configure('provider = "ollama"\nmodel = "small"');
    await client.request('lcad/repos/add', { path: repo.root, wait: true });
    await expect.poll(async () => (await embedding())?.state, patient).toBe('unreachable');
    const { hits, tried } = await search();
    expect(hits[0]?.path).toBe('zebra.py');
    expect(tried.vectors).not.toBe('used');
    const { repos } = await client.request('lcad/status', {});
    expect(repos[0]?.degraded.map(({ kind }) => kind)).toContain('embedding');
    server = await EmbeddingServer.start({ small: 16 }, port);
    await expect.poll(async () => (await embedding())?.state, patient).toBe('ready');
  });

  test('of a server need the name of a model', async () => {
    await configure('provider = "openai"');
    await client.request('lcad/repos/add', { path: repo.root, wait: true });
    const status = await embedding();
    expect(status?.state).toBe('refused');
    expect(status?.message).toMatch(/embedding\.model is empty.*lcad config set embedding\.model/);
  });

  test('of a model that the server lacks are refused with what to do', async () => {
    await configure('provider = "ollama"\nmodel = "absent"');
    await client.request('lcad/repos/add', { path: repo.root, wait: true });
    await expect.poll(async () => (await embedding())?.state, patient).toBe('refused');
    expect((await embedding())?.message).toContain('ollama pull absent');
  });

  test('a text that the server refuses keeps no other from its vector', async () => {
    server.longestText = 200;
    repo.write('long.py', `def long_one(value):\n${'    value = value + 1\n'.repeat(30)}    return value\n`);
    await configure('provider = "openai"\nmodel = "small"');
    await client.request('lcad/repos/add', { path: repo.root, wait: true });
    await expect.poll(async () => (await embedding())?.state, patient).toBe('ready');
    const status = await embedding();
    expect(status?.embedded).toBe((status?.total ?? 0) - 1);
  });
});
