import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openFamilyStore } from '../../../src/daemon/store/family.js';
import {
  content,
  keysFound,
  newKey,
  openStore,
  partsOf,
  storeFolder,
  streamOf,
} from '../../support/store.js';

const packed = (...bytes: number[]) => Uint8Array.from(bytes);
const rowsOf = (key: string) => content(key, ['text']);
/** The parts of a content of such rows, with an outline of these bytes. */
const withOutline = (...bytes: number[]) => partsOf(rowsOf(''), packed(...bytes));

/** Files of the table of parts below a store's folder that match. */
function partFiles(folder: string, pattern: RegExp): string[] {
  return readdirSync(join(folder, 'tables'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.parentPath.includes('contents-') && pattern.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('the parts of contents', () => {
  test('are kept beside the chunks, over a restart, and go with their content', async () => {
    const folder = storeFolder();
    const [one, two, none] = [newKey(), newKey(), newKey()];
    const first = await openFamilyStore(folder);
    await first.addChunks(
      [streamOf([...rowsOf(one), ...rowsOf(two), ...rowsOf(none)])],
      new Map([one, two, none].map((key) => [key, 1])),
      new Map([
        [one, withOutline(1, 2)],
        [two, withOutline(3)],
        [none, withOutline()],
      ]),
    );
    const all = new Set([one, two, none, newKey()]);
    expect(await first.outlines(all)).toEqual(
      new Map([
        [one, packed(1, 2)],
        [two, packed(3)],
      ]),
    );
    await first.deleteContents([two]);
    expect(first.isWhole(two)).toBe(false);
    await first.maintain();
    await first.close();
    const again = await openStore(folder);
    expect(again.repairs).toEqual([]);
    expect([one, two, none].map((key) => again.isWhole(key))).toEqual([true, false, true]);
    expect(await again.outlines(all)).toEqual(new Map([[one, packed(1, 2)]]));
    expect((await keysFound(again, 'text')).toSorted()).toEqual([one, none].toSorted());
  });

  test('that are missing make a content one to be derived again, and are taken when they come', async () => {
    const store = await openStore();
    const key = newKey();
    await store.addChunks([streamOf(rowsOf(key))], new Map([[key, 1]]));
    expect(store.keys.has(key)).toBe(true);
    expect(store.isWhole(key)).toBe(false);
    await store.addChunks([streamOf(rowsOf(key))], new Map([[key, 1]]), new Map([[key, withOutline(7)]]));
    expect(store.isWhole(key)).toBe(true);
    expect([...store.keys]).toEqual([[key, 1]]);
    expect((await store.fetch([{ key, ord: 0 }])).length).toBe(1);
  });

  test('of contents that a crash lost are dropped when the store opens', async () => {
    const folder = storeFolder();
    const [here, lost] = [newKey(), newKey()];
    const first = await openFamilyStore(folder);
    await first.addChunks(
      [streamOf(rowsOf(here))],
      new Map([[here, 1]]),
      new Map([
        [here, withOutline(1)],
        [lost, withOutline(2)],
      ]),
    );
    await first.close();
    const again = await openStore(folder);
    await again.addChunks([streamOf(rowsOf(lost))], new Map([[lost, 1]]));
    expect(again.isWhole(here)).toBe(true);
    expect(again.isWhole(lost)).toBe(false);
  });

  test('that are damaged are set aside, and the contents wait for new ones', async () => {
    const folder = storeFolder();
    const key = newKey();
    const store = await openStore(folder);
    await store.addChunks(
      [streamOf(rowsOf(key))],
      new Map([[key, 1]]),
      new Map([[key, withOutline(1, 2, 3)]]),
    );
    await store.maintain();
    for (const file of partFiles(folder, /\.lance$/)) writeFileSync(file, 'nonsense');
    const repairs = await store.verify();
    expect(repairs.map(({ what }) => what)).toEqual([
      'What is known of whole contents was damaged and is built anew',
    ]);
    expect(repairs[0]?.quarantinedTo).toContain('contents-');
    expect(store.keys.has(key)).toBe(true);
    expect(store.isWhole(key)).toBe(false);
    await store.addChunks([], new Map(), new Map([[key, withOutline(4)]]));
    expect(await store.outlines(new Set([key]))).toEqual(new Map([[key, packed(4)]]));
    expect(await keysFound(store, 'text')).toEqual([key]);
  });

  test('that cannot be opened do not keep the store from opening', async () => {
    const folder = storeFolder();
    const key = newKey();
    const first = await openFamilyStore(folder);
    await first.addChunks([streamOf(rowsOf(key))], new Map([[key, 1]]), new Map([[key, withOutline(1)]]));
    await first.close();
    for (const file of partFiles(folder, /manifest$/)) writeFileSync(file, 'nonsense');
    const store = await openStore(folder);
    expect(store.repairs[0]?.what).toContain('What is known of whole contents could not be read');
    expect(store.keys.has(key)).toBe(true);
    expect(store.isWhole(key)).toBe(false);
  });
});
