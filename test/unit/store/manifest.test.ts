import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeManifest,
  encodeManifest,
  loadManifest,
  type Manifest,
  type ManifestEntry,
  saveManifest,
} from '../../../src/daemon/store/manifest.js';
import { storeFolder } from '../../support/store.js';

const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const entry: fc.Arbitrary<ManifestEntry> = fc.record({
  key: fc.string(),
  language: fc.constantFrom('go', 'rust', '', 'größe'),
  lines: fc.nat(),
  size: fc.nat(),
  mtimeMs: number,
  ctimeMs: number,
  ino: fc.maxSafeNat(),
  skip: fc.constantFrom(null, 'binary', 'oversized', 'secret'),
});
const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((path) => !path.includes('\0'));
const manifest: fc.Arbitrary<Manifest> = fc.record({
  epoch: text,
  generation: fc.nat(),
  head: fc.option(text),
  branch: fc.option(text),
  lastChange: fc.option(text),
  complete: fc.boolean(),
  quarantined: fc.array(fc.record({ path: text, key: text, reason: text }), { maxLength: 2 }),
  entries: fc
    .array(
      fc.tuple(
        text,
        entry.map((one) => ({ ...one, key: one.key.replaceAll('\0', '') })),
      ),
    )
    .map((pairs) => new Map(pairs)),
});

function sample(files: number): Manifest {
  const entries = new Map<string, ManifestEntry>();
  for (let i = 0; i < files; i++) {
    const stat = { size: i, mtimeMs: 1.7e12 + i / 7, ctimeMs: 1.7e12, ino: i };
    entries.set(`src/${i}/file.ts`, {
      key: `key${i}`,
      language: 'typescript',
      lines: i,
      skip: null,
      ...stat,
    });
  }
  const state = { head: 'abc', branch: 'main', lastChange: null, complete: true, quarantined: [] };
  return { epoch: 'e', generation: 7, ...state, entries };
}

describe('a manifest', () => {
  test('is the same after packing and unpacking', () => {
    fc.assert(
      fc.property(manifest, (one) => {
        expect(decodeManifest(encodeManifest(one, 'now'))).toEqual(one);
      }),
    );
  });

  test('is the same after saving and loading, and leaves no other files', async () => {
    const folder = join(storeFolder(), 'manifests');
    const file = join(folder, 'repo.manifest');
    await saveManifest(file, sample(3));
    await saveManifest(file, sample(1000));
    expect(await loadManifest(file)).toEqual({ manifest: sample(1000), repair: null });
    expect(readdirSync(folder)).toEqual(['repo.manifest']);
  });

  test('that is not there is no repair', async () => {
    expect(await loadManifest(join(storeFolder(), 'none'))).toEqual({ manifest: null, repair: null });
  });

  test.each<[string, (file: string) => void, string]>([
    ['cut short', (file) => truncateSync(file, 100), 'cut short'],
    ['empty', (file) => truncateSync(file, 0), 'not a record'],
    ['of flipped bytes', (file) => flip(file, 200), 'checksum'],
    ['of another program', (file) => writeFileSync(file, 'something else entirely'), 'not a record'],
    ['of another version', (file) => flip(file, 7), 'index version'],
  ])('%s is set aside and told', async (_name, damage, why) => {
    const file = join(storeFolder(), 'repo.manifest');
    await saveManifest(file, sample(20));
    damage(file);
    const { manifest: loaded, repair } = await loadManifest(file);
    expect(loaded).toBeNull();
    expect(repair).toContain(why);
    expect(existsSync(file)).toBe(false);
    expect(existsSync(`${file}.broken`)).toBe(true);
    expect(await loadManifest(file)).toEqual({ manifest: null, repair: null });
  });
});

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  writeFileSync(file, bytes);
}
