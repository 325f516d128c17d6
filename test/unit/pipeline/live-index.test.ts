import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LiveIndex } from '../../../src/daemon/pipeline/live-index.js';
import type { ManifestEntry } from '../../../src/daemon/store/manifest.js';

function entry(key: string): ManifestEntry {
  const skip = key === '' ? 'binary' : null;
  return { key, language: 'go', lines: 1, skip, size: 1, mtimeMs: 1, ctimeMs: 1, ino: 1 };
}

describe('live index', () => {
  test('knows the paths of each content after any sequence of changes', () => {
    const change = fc.record({
      path: fc.constantFrom('a', 'b', 'c', 'd'),
      key: fc.constantFrom(null, '', 'k1', 'k2', 'k3'),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        const live = new LiveIndex();
        const model = new Map<string, string>();
        for (const { path, key } of changes) {
          if (key === null) {
            expect(live.remove(path)).toBe((model.get(path) ?? '') !== '');
            model.delete(path);
          } else {
            expect(live.set(path, entry(key))).toBe(model.get(path) !== key);
            model.set(path, key);
          }
        }
        const reopened = new LiveIndex(new Map(live.entries));
        for (const index of [live, reopened]) {
          for (const key of ['k1', 'k2', 'k3']) {
            const expected = [...model].filter(([, one]) => one === key).map(([path]) => path);
            expect(index.pathsOf(key)).toEqual(expected.sort());
            expect([...index.keys()].includes(key)).toBe(expected.length > 0);
          }
          const indexed = [...model.values()].filter((key) => key !== '').length;
          const counted = index.languages(() => 0).reduce((sum, { files }) => sum + files, 0);
          expect(counted).toBe(indexed);
          expect(index.skips().get('binary') ?? 0).toBe(model.size - indexed);
        }
      }),
    );
  });

  test('counts files and chunks by language, most files first', () => {
    const live = new LiveIndex();
    live.set('a.go', entry('k1'));
    live.set('b.go', entry('k1'));
    live.set('c.py', { ...entry('k2'), language: 'python' });
    live.set('d.bin', entry(''));
    expect(live.languages((key) => (key === 'k1' ? 3 : 5))).toEqual([
      { language: 'go', files: 2, chunks: 6 },
      { language: 'python', files: 1, chunks: 5 },
    ]);
  });
});
