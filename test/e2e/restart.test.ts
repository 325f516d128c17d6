import { appendFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { Connection } from '../../src/client/connection.js';
import { homeEnv, makeHome, startDaemon, type TestDaemon } from '../support/daemon.js';
import { makeRepo, type TestRepo } from '../support/git-repo.js';

const cleanUp: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

function makeSources(count: number): Record<string, string> {
  const files: Record<string, string> = {};
  for (let i = 0; i < count; i++) {
    files[`pkg${i % 7}/file${i}.py`] = Array.from(
      { length: 12 },
      (_, j) =>
        `def function_${i}_${j}(value):\n    """Does thing ${j} of ${i}."""\n    x = value + ${j}\n    y = x * 2\n    return y\n`,
    ).join('\n\n');
  }
  return files;
}

async function start(
  home: string,
  env: NodeJS.ProcessEnv = {},
): Promise<{ daemon: TestDaemon; client: Connection }> {
  const daemon = await startDaemon({ home, env: { LCAD_VALIDATE_RESULTS: '1', ...env } });
  const client = await Connection.open(await daemon.connect());
  cleanUp.push(() => daemon.stop());
  cleanUp.push(() => client.close());
  return { daemon, client };
}

function newHome(): string {
  const home = makeHome();
  cleanUp.push(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

function newRepo(files: Record<string, string>): TestRepo {
  const repo = makeRepo(files);
  cleanUp.push(() => repo.remove());
  return repo;
}

async function statusOf(client: Connection, root: string) {
  const { repos } = await client.request('lcad/status', { repo: root });
  const [repo] = repos;
  if (!repo) throw new Error('no such repository');
  return repo;
}

async function settled(client: Connection, root: string) {
  await client.request('lcad/repos/reindex', { repo: root, wait: true }, { deadlineMs: 60_000 });
  return await statusOf(client, root);
}

describe('a restart', () => {
  test('leaves a folder that is registered on its own to that registration, whichever opens first', async () => {
    const home = newHome();
    const repo = newRepo({
      'outer.py': 'def outer_part(value):\n    return value\n',
      'sub/inner.py': 'def inner_part(value):\n    return value\n',
    });
    const inner = join(repo.root, 'sub');
    const first = await start(home);
    await first.client.request('lcad/repos/add', { path: repo.root, wait: true });
    await first.client.request('lcad/repos/add', { path: inner, exact: true, wait: true });
    await settled(first.client, repo.root);
    const filesOf = async (client: Connection) => [
      (await statusOf(client, repo.root)).files,
      (await statusOf(client, inner)).files,
    ];
    const before = await filesOf(first.client);
    const { generation } = await statusOf(first.client, repo.root);
    first.client.close();
    await first.daemon.stop();

    const second = await start(home);
    const { hits } = await second.client.request('lcad/search', { query: 'inner_part', waitFresh: true });
    expect(hits[0]).toMatchObject({ root: inner, path: 'inner.py', otherPaths: [] });
    expect(hits.map(({ path }) => path)).not.toContain('sub/inner.py');
    expect(await filesOf(second.client)).toEqual(before);
    // It was not taken in for a moment either.
    expect((await statusOf(second.client, repo.root)).generation).toBe(generation);
  });

  test('finds everything again, with what changed meanwhile', async () => {
    const home = newHome();
    const repo = newRepo(makeSources(20));
    const first = await start(home);
    await first.client.request('lcad/repos/add', { path: repo.root, wait: true });
    const before = await statusOf(first.client, repo.root);
    first.client.close();
    await first.daemon.stop();

    appendFileSync(join(repo.root, 'pkg0/file0.py'), '\n\ndef while_away(value):\n    return value\n');
    rmSync(join(repo.root, 'pkg1/file1.py'));
    const second = await start(home);
    const { hits } = await second.client.request('lcad/search', { query: 'while_away', waitFresh: true });
    expect(hits[0]?.path).toBe('pkg0/file0.py');
    const after = await statusOf(second.client, repo.root);
    expect(after).toMatchObject({ epoch: before.epoch, files: 19, state: 'ready' });
    expect(after.generation).toBeGreaterThan(before.generation);
  });

  test('after a crash in the middle of indexing completes what was left', async () => {
    const home = newHome();
    const repo = newRepo(makeSources(400));
    const first = await start(home);
    await first.client.request('lcad/repos/add', { path: repo.root });
    await new Promise((resolve) => setTimeout(resolve, 300));
    first.client.close();
    await first.daemon.kill9();

    const second = await start(home);
    const { files, chunks, state, pending } = await settled(second.client, repo.root);
    expect({ files, state, pending }).toEqual({ files: 400, state: 'ready', pending: 0 });
    expect(chunks).toBe(400 * 12);
    const { hits } = await second.client.request('lcad/search', { query: 'function_399_11' });
    expect(hits[0]?.path).toBe('pkg0/file399.py');
  });

  test('with a damaged manifest or store rebuilds it, says so, and forgets no repository', async () => {
    const home = newHome();
    const repo = newRepo(makeSources(10));
    const first = await start(home);
    await first.client.request('lcad/repos/add', { path: repo.root, wait: true });
    const { family } = await statusOf(first.client, repo.root);
    first.client.close();
    await first.daemon.stop();

    const familyFolder = join(first.daemon.places.data, 'families', family);
    const manifests = join(familyFolder, 'manifests');
    for (const name of readdirSync(manifests)) writeFileSync(join(manifests, name), 'damaged');
    for (const entry of readdirSync(join(familyFolder, 'store'), { recursive: true, withFileTypes: true })) {
      if (entry.isFile() && entry.name.endsWith('.manifest'))
        writeFileSync(join(entry.parentPath, entry.name), '');
    }
    const second = await start(home);
    const status = await settled(second.client, repo.root);
    expect(status).toMatchObject({ files: 10, chunks: 120 });
    expect(status.degraded.map(({ kind }) => kind)).toContain('store-repaired');
    const { hits } = await second.client.request('lcad/search', { query: 'function_3_4' });
    expect(hits[0]?.path).toBe('pkg3/file3.py');
  });
});

describe('a configuration', () => {
  test('that is malformed is shown, with its line, and stops nothing', async () => {
    const home = newHome();
    const env = homeEnv(home);
    const { daemon, client } = await start(home, env);
    mkdirSync(daemon.places.config, { recursive: true });
    writeFileSync(daemon.places.configFile, '[index]\nmaxFileKib = "much"\n');
    await expect(client.request('lcad/config/reload', {})).rejects.toMatchObject({ kind: 'CONFIG_INVALID' });
    const { daemon: status } = await client.request('lcad/status', {});
    expect(status.degraded[0]).toMatchObject({ kind: 'config', message: expect.stringContaining('2') });
    writeFileSync(daemon.places.configFile, '[index]\nmaxFileKib = 7\n');
    const { changed } = await client.request('lcad/config/reload', {});
    expect(changed).toEqual(['index.maxFileKib']);
    expect((await client.request('lcad/status', {})).daemon.degraded).toEqual([]);
  });

  test('decides about secrets and ignored files', async () => {
    const home = newHome();
    const repo = newRepo({
      'a.py': 'def kept():\n    return 1\n',
      'gone/b.py': 'def dropped():\n    return 1\n',
    });
    repo.write('.env', 'TOKEN=opensesame\n');
    const { daemon, client } = await start(home);
    await client.request('lcad/repos/add', { path: repo.root, wait: true });
    const count = async (query: string) =>
      (await client.request('lcad/search', { query, waitFresh: true })).hits.length;
    expect([await count('opensesame'), await count('dropped')]).toEqual([0, 1]);
    mkdirSync(daemon.places.config, { recursive: true });
    writeFileSync(daemon.places.configFile, '[index]\nincludeSecrets = true\nignore = ["gone/"]\n');
    await client.request('lcad/config/reload', {});
    expect([await count('opensesame'), await count('dropped')]).toEqual([1, 0]);
  });
});
