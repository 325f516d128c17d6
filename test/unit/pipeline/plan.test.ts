import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batchesOf, planOf, rememberedStat } from '../../../src/daemon/pipeline/plan.js';
import type { ManifestEntry } from '../../../src/daemon/store/manifest.js';
import type { FileStat } from '../../../src/workers/messages.js';

const stat: FileStat = { size: 10, mtimeMs: 1000, ctimeMs: 1000, ino: 7 };

function entry(over: Partial<FileStat> = {}): ManifestEntry {
  return { key: 'k', language: 'python', lines: 1, skip: null, ...stat, ...over };
}

function scanned(files: Record<string, Partial<FileStat>>) {
  const list = Object.values(files).map((over) => ({ ...stat, ...over }));
  const stats = Float64Array.from(
    list.flatMap(({ size, mtimeMs, ctimeMs, ino }) => [size, mtimeMs, ctimeMs, ino]),
  );
  return { paths: Object.keys(files), stats };
}

const inStore = (key: string) => key === 'k';
const read = (plan: ReturnType<typeof planOf>) => plan.read.map(({ path }) => path);

describe('plan', () => {
  test('reads what is new or looks different, and nothing else', () => {
    const entries = new Map(['same', 'bigger', 'touched', 'replaced'].map((path) => [path, entry()]));
    const scan = scanned({
      same: {},
      bigger: { size: 11 },
      touched: { ctimeMs: 1001 },
      replaced: { ino: 8 },
      fresh: {},
    });
    expect(read(planOf(entries, scan, null, false, inStore))).toEqual([
      'bigger',
      'touched',
      'replaced',
      'fresh',
    ]);
    expect(read(planOf(entries, scan, null, true, inStore))).toHaveLength(5);
  });

  test('reads a file whose content the store has lost', () => {
    const entries = new Map([
      ['kept', entry()],
      ['lost', { ...entry(), key: 'other' }],
      ['skipped', { ...entry(), key: '', skip: 'binary' as const }],
    ]);
    const scan = scanned({ kept: {}, lost: {}, skipped: {} });
    expect(read(planOf(entries, scan, null, false, inStore))).toEqual(['lost']);
  });

  test('a whole scan removes what it did not see', () => {
    const entries = new Map([
      ['a', entry()],
      ['d/b', entry()],
    ]);
    expect(planOf(entries, scanned({ a: {} }), null, false, inStore).removed).toEqual(['d/b']);
  });

  test('a scan of some paths touches nothing outside them', () => {
    const entries = new Map(['a', 'd/b', 'd/c', 'dd/e'].map((path) => [path, entry()]));
    const plan = planOf(entries, scanned({ 'd/c': {} }), ['d', 'a'], false, inStore);
    expect(plan.removed.sort()).toEqual(['a', 'd/b']);
  });

  test('the root as a path means everything', () => {
    expect(planOf(new Map([['a', entry()]]), scanned({}), [''], false, inStore).removed).toEqual(['a']);
  });

  test('a file written just before it was read is read again at the next look', () => {
    const readAt = 50_000;
    const old = { ...stat, mtimeMs: readAt - 5000, ctimeMs: readAt - 5000 };
    expect(rememberedStat(old, readAt)).toEqual(old);
    const justWritten = { ...stat, mtimeMs: readAt - 2, ctimeMs: readAt - 2 };
    const entries = new Map([['a', entry(rememberedStat(justWritten, readAt))]]);
    expect(read(planOf(entries, scanned({ a: justWritten }), null, false, inStore))).toEqual(['a']);
  });

  test('batches keep every file in order, within their limits', () => {
    const sizes = fc.array(fc.record({ size: fc.integer({ min: 0, max: 50 }) }), { maxLength: 60 });
    fc.assert(
      fc.property(
        sizes,
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 100 }),
        (files, most, bytes) => {
          const batches = batchesOf(files, most, bytes);
          expect(batches.flat()).toEqual(files);
          for (const batch of batches) {
            expect(batch.length).toBeGreaterThan(0);
            expect(batch.length).toBeLessThanOrEqual(most);
            const sum = batch.reduce((total, { size }) => total + size, 0);
            expect(sum <= bytes || batch.length === 1).toBe(true);
          }
        },
      ),
    );
  });
});
