import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import type { VectorStore } from '../../src/daemon/store/contract.js';
import { openFamilyStore } from '../../src/daemon/store/family.js';
import type { ChunkRow } from '../../src/workers/chunk-rows.js';
import {
  add,
  batchOf,
  content,
  keysFound,
  newKey,
  openStore,
  partsOf,
  storeFolder,
  streamOf,
  unit,
} from '../support/store.js';

const child = resolve(import.meta.dirname, '../support/store-child.mjs');

/** Files below the store's table folder whose path matches, sorted. */
function filesOf(folder: string, pattern: RegExp): string[] {
  const tables = join(folder, 'tables');
  return readdirSync(tables, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => pattern.test(path))
    .toSorted();
}

function flip(file: string): void {
  const bytes = readFileSync(file);
  // In the middle, where the values are; the footer is checked by LanceDB itself.
  for (let at = bytes.length >> 2; at < bytes.length >> 1; at++) bytes[at] = (bytes[at] ?? 0) ^ 0x55;
  writeFileSync(file, bytes);
}

/** A closed store with the contents "first" and "second", added in this order. */
async function storeOfTwo(): Promise<string> {
  const folder = storeFolder();
  const store = await openFamilyStore(folder);
  await add(store, content('first', ['alpha one', 'alpha two']));
  await add(store, content('second', ['beta']));
  await store.maintain();
  await store.close();
  return folder;
}

async function expectUsable(store: Awaited<ReturnType<typeof openStore>>): Promise<void> {
  await add(store, content('third', ['gamma']));
  await store.maintain();
  expect(await keysFound(store, 'gamma')).toEqual(['third']);
  expect(await store.fetch([{ key: 'third', ord: 0 }])).toHaveLength(1);
  await store.sync();
}

/** A closed store with a content "first" of two chunks, both with a vector of two dimensions of "model". */
async function storeWithVectors(): Promise<string> {
  const folder = storeFolder();
  const store = await openFamilyStore(folder);
  await add(store, content('first', ['alpha', 'beta']));
  const vectors = await store.vectors('model', 2);
  await vectors.add(
    batchOf({ key: 'first', ord: 0, vector: unit(1, 2) }, { key: 'first', ord: 1, vector: unit(2, 1) }),
  );
  await store.close();
  return folder;
}

/** Vectors of such a store that were lost can be added again, and the store knows that they are missing. */
async function expectVectors(
  store: Awaited<ReturnType<typeof openStore>>,
  vectors: VectorStore,
): Promise<void> {
  expect(await store.withoutVector(vectors, new Set(['first']), 10)).toHaveLength(2);
  await vectors.add(batchOf({ key: 'first', ord: 0, vector: unit(1, 2) }));
  expect((await vectors.scan(unit(1, 2), 10)).nearest(5, () => true)).toHaveLength(1);
  expect(await store.withoutVector(vectors, new Set(['first']), 10)).toHaveLength(1);
}

describe('a store whose files are damaged', () => {
  test.each<[string, (file: string) => void]>([
    ['empty', (file) => truncateSync(file, 0)],
    ['cut short', (file) => truncateSync(file, 40)],
    ['of other bytes', (file) => writeFileSync(file, 'x'.repeat(2000))],
  ])('falls back to the version before when the newest manifest is %s', async (_name, damage) => {
    const folder = storeFolder();
    const first = await openFamilyStore(folder);
    await add(first, content('first', ['alpha one', 'alpha two']));
    await add(first, content('second', ['beta']));
    await first.close();
    damage(filesOf(folder, /_versions.*\.manifest$/)[0] ?? '');
    const store = await openStore(folder);
    expect([...store.keys]).toEqual([['first', 2]]);
    expect(store.repairs).toHaveLength(1);
    expect(store.repairs[0]?.quarantinedTo).toContain('.manifest');
    expect(await keysFound(store, 'alpha')).toEqual(['first', 'first']);
    expect(await keysFound(store, 'beta')).toEqual([]);
    await add(store, content('second', ['beta']));
    expect(await keysFound(store, 'beta')).toEqual(['second']);
    await expectUsable(store);
  });

  test.each<[string, RegExp, (file: string) => void]>([
    ['all manifests are empty', /\.manifest$/, (file) => truncateSync(file, 0)],
    ['the data is cut short', /[/\\]data[/\\]/, (file) => truncateSync(file, 10)],
    ['the data is gone', /[/\\]data[/\\]/, (file) => rmSync(file)],
  ])('starts empty when %s', async (_name, pattern, damage) => {
    const folder = await storeOfTwo();
    const files = filesOf(folder, pattern);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) damage(file);
    const store = await openStore(folder);
    expect(store.keys.size).toBe(0);
    expect(store.repairs.at(-1)?.what).toContain('built anew');
    expect(readdirSync(join(folder, 'quarantine')).length).toBeGreaterThan(0);
    expect(readdirSync(join(folder, 'quarantine')).length).toBeLessThanOrEqual(3);
    await expectUsable(store);
  });

  test('verify finds flipped bytes in the data, which LanceDB reads without an error', async () => {
    const folder = storeFolder();
    const store = await openStore(folder);
    const words = Array.from({ length: 2000 }, (_, i) => `word${i} ${newKey()}`);
    await add(store, content('first', words));
    await store.maintain();
    expect(await store.verify()).toEqual([]);
    const vectors = await store.vectors('model', 2);
    await vectors.add(batchOf({ key: 'first', ord: 0, vector: unit(1, 2) }));
    for (const file of filesOf(folder, /chunks-.*[/\\]data[/\\]/)) flip(file);
    const repairs = await store.verify();
    expect(repairs).toHaveLength(1);
    expect(store.repairs).toEqual(repairs);
    expect(store.keys.size).toBe(0);
    expect((await vectors.scan(unit(1, 2), 10)).nearest(1, () => true)).toEqual([]);
    await add(store, content('first', words.slice(0, 3)));
    expect((await vectors.scan(unit(1, 2), 10)).nearest(1, () => true)).toHaveLength(1);
    await expectUsable(store);
    expect(await store.verify()).toEqual([]);
  });

  test('a table that breaks while the store is open is mended after the read that failed', async () => {
    const folder = await storeOfTwo();
    const store = await openStore(folder);
    for (const file of filesOf(folder, /chunks-.*[/\\]data[/\\]/)) rmSync(file);
    await expect(store.fetch([{ key: 'first', ord: 0 }])).rejects.toMatchObject({
      kind: 'INDEX_UNAVAILABLE',
    });
    await store.sync();
    expect(store.keys.size).toBe(0);
    expect(store.repairs).toHaveLength(1);
    await expectUsable(store);
  });

  test('another store version is built anew', async () => {
    const folder = await storeOfTwo();
    const meta = join(folder, 'store.meta');
    const bytes = readFileSync(meta);
    bytes.writeUInt32BE(99, 4);
    writeFileSync(meta, bytes);
    const store = await openStore(folder);
    expect(store.keys.size).toBe(0);
    expect(store.repairs[0]).toEqual({ what: expect.stringContaining('version 99'), quarantinedTo: null });
    await expectUsable(store);
  });

  test.each<[string, (file: string) => void]>([
    ['cut short', (file) => truncateSync(file, 9)],
    ['gone', (file) => rmSync(file)],
  ])('the content is kept when the record that names the table is %s', async (_name, damage) => {
    const folder = await storeOfTwo();
    damage(join(folder, 'store.meta'));
    mkdirSync(join(folder, 'tables', 'unrelated'));
    const store = await openStore(folder);
    expect(store.keys.size).toBe(2);
    expect(store.repairs).toHaveLength(1);
    await expectUsable(store);
  });

  test('vectors that cannot be read are set aside, the chunks stay', async () => {
    const folder = await storeWithVectors();
    for (const file of filesOf(folder, /vec-.*[/\\]data[/\\]/)) truncateSync(file, 10);
    const store = await openStore(folder);
    const vectors = await store.vectors('model', 2);
    expect(vectors.count).toBe(0);
    expect(store.repairs).toHaveLength(1);
    expect(store.keys.size).toBe(1);
    await expectVectors(store, vectors);
  });

  test('verify finds flipped bytes in vectors, which go on empty', async () => {
    const folder = await storeWithVectors();
    const store = await openStore(folder);
    const vectors = await store.vectors('model', 2);
    expect((await vectors.scan(unit(1, 2), 10)).of(['first'])[0]?.nearest).toHaveLength(2);
    await store.maintain();
    expect(await store.verify()).toEqual([]);
    for (const file of filesOf(folder, /vec-.*[/\\]data[/\\]/)) flip(file);
    const repairs = await store.verify();
    expect(repairs.map(({ what }) => what).join()).toContain('vectors of model');
    expect(repairs[0]?.quarantinedTo).toContain('vec-');
    expect([vectors.count, store.keys.size]).toEqual([0, 1]);
    expect((await vectors.scan(unit(1, 2), 10)).of(['first'])[0]?.nearest).toEqual([]);
    await expectVectors(store, vectors);
    await store.maintain();
    expect(await store.verify()).toEqual([]);
    await store.close();
    const again = await openStore(folder);
    expect((await again.vectors('model', 2)).count).toBe(1);
    expect(again.repairs).toEqual([]);
  });

  test('vectors that break while they are open are set aside after the scan that failed', async () => {
    const folder = await storeWithVectors();
    const store = await openStore(folder);
    const vectors = await store.vectors('model', 2);
    for (const file of filesOf(folder, /vec-.*[/\\]data[/\\]/)) rmSync(file);
    await expect(vectors.scan(unit(1, 2), 10)).rejects.toMatchObject({ kind: 'INDEX_UNAVAILABLE' });
    await store.sync();
    expect(store.repairs).toHaveLength(1);
    expect([vectors.count, store.keys.size]).toEqual([0, 1]);
    await expectVectors(store, vectors);
  });

  test('a content that is not whole is removed, to be derived again', async () => {
    const folder = await storeOfTwo();
    const lance = await import('@lancedb/lancedb');
    const db = await lance.connect(join(folder, 'tables'));
    const [name = ''] = await db.tableNames();
    await (await db.openTable(name)).delete("key = 'first' AND ord = 0");
    const store = await openStore(folder);
    expect([...store.keys]).toEqual([['second', 1]]);
    expect(store.repairs).toHaveLength(1);
    await add(store, content('first', ['alpha one', 'alpha two']));
    expect(await keysFound(store, 'alpha')).toEqual(['first', 'first']);
  });
});

/** Writes one stream for each list of contents, for the child. */
function writeStreams(folder: string, all: readonly ChunkRow[][][]): void {
  mkdirSync(folder, { recursive: true });
  for (const [i, contents] of all.entries()) {
    const name = String(i).padStart(4, '0');
    writeFileSync(join(folder, name), streamOf(contents.flat()));
    const counts = contents.map((rows) => [
      rows[0]?.key,
      rows.length,
      Buffer.from(partsOf(rows).terms).toString('base64'),
    ]);
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(counts));
  }
}

test('a process that is killed at any moment leaves whole contents, their vectors, and a store that opens', async () => {
  const folder = storeFolder();
  const input = storeFolder();
  const all = Array.from({ length: 300 }, () =>
    Array.from({ length: 3 }, () => content(newKey(), ['alpha common', 'beta common', 'gamma'])),
  );
  writeStreams(input, all);
  const rowsOf = new Map(all.flat().map((rows) => [rows[0]?.key ?? '', rows]));
  const begun = new Set<string>();
  const committed = new Set<string>();
  const deleting = new Set<string>();
  for (let round = 0; round < 6; round++) {
    const running = spawn(process.execPath, [child, folder, input], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(running, 'close');
    let timer: NodeJS.Timeout | null = null;
    for await (const line of createInterface(running.stdout)) {
      timer ??= setTimeout(() => running.kill('SIGKILL'), Math.random() * 400);
      const [sign, ...keys] = line.split(' ');
      for (const key of keys) {
        if (sign === '?') begun.add(key);
        if (sign === '+') committed.add(key);
        if (sign === '~') deleting.add(key);
      }
    }
    await ended;
    if (timer) clearTimeout(timer);
    const store = await openFamilyStore(folder);
    try {
      expect(store.repairs).toEqual([]);
      for (const key of store.keys.keys()) expect(begun.has(key)).toBe(true);
      for (const key of committed) if (!deleting.has(key)) expect(store.keys.get(key)).toBe(3);
      const rows = [...store.keys.keys()].flatMap((key) => rowsOf.get(key) ?? []);
      expect(await store.fetch(rows)).toEqual(rows);
      expect(await keysFound(store, 'common', 5000)).toHaveLength(store.keys.size * 2);
      const vectors = await store.vectors('model', 2);
      const lacking = await store.withoutVector(vectors, new Set(store.keys.keys()), 5000);
      for (const { key } of lacking) expect(committed.has(key) && !deleting.has(key)).toBe(false);
      const near = (await vectors.scan(unit(1, 1), 10)).nearest(5000, () => true);
      expect(near).toHaveLength(store.keys.size * 3 - lacking.length);
      expect(vectors.count).toBe(near.length);
      expect(near.every(({ similarity }) => Math.abs(similarity - 1) < 1e-4)).toBe(true);
    } finally {
      await store.close();
    }
  }
  expect(committed.size).toBeGreaterThan(10);
});

test('a disk without room is told as such, and the store goes on with what fits', async () => {
  const folder = storeFolder();
  const input = storeFolder();
  const noise = () => Array.from({ length: 400 }, () => newKey()).join(' ');
  const large = content('large', Array.from({ length: 300 }, noise));
  writeStreams(input, [[content('before', ['alpha'])], [large], [content('after', ['alpha'])]]);
  // A limit on the size of a file, in KiB, fails writes as a full disk does.
  const running = spawn(
    'bash',
    ['-c', 'ulimit -f 1000; exec "$0" "$@"', process.execPath, child, folder, input],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const ended = once(running, 'close');
  const lines: string[] = [];
  for await (const line of createInterface(running.stdout)) lines.push(line);
  await ended;
  expect(lines).toEqual(['? before', '+ before', '? large', '! DISK_FULL', '? after', '+ after', 'end']);
  const store = await openStore(folder);
  expect(store.repairs).toEqual([]);
  expect([...store.keys.keys()].toSorted()).toEqual(['after', 'before']);
  await add(store, large);
  expect(store.keys.get('large')).toBe(300);
});
