import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { related } from '../../../src/daemon/search/related.js';
import type { RelatedParams } from '../../../src/protocol/related.js';
import { LcadError } from '../../../src/shared/errors.js';
import { TestFamily, type TestRepo } from '../../support/search.js';
import { batchOf, unit } from '../../support/store.js';

let family: TestFamily;
let repo: TestRepo;

const retry = (name: string, unitName: string) =>
  `export async function ${name}(attempt: number): Promise<void> {\n  const ${unitName} = Math.min(60_000, 100 * 2 ** attempt);\n  await sleep(${unitName});\n  log.debug('retry', attempt);\n}\n`;

const files = {
  'src/retry.ts': `import { sleep } from './sleep.js';\n\n\n${retry('retryDelay', 'delay')}`,
  'src/backoff.ts': retry('backOff', 'delay'),
  'src/poll.py': 'def poll(attempt):\n    """Waits before the next attempt."""\n    sleep(delay(attempt))\n',
  'src/colors.ts':
    'export function mixColors(red: number, blue: number): string {\n  return paint(red, blue);\n}\n',
  'test/retry.test.ts': "test('retry delay grows', () => {\n  expect(retryDelay(3)).toBe(800);\n});\n",
};

beforeEach(async () => {
  family = await TestFamily.open();
  repo = await family.addRepo('shop', files);
});
afterEach(() => family.close());

const never = new AbortController().signal;
const find = (path: string, params: Partial<RelatedParams> = {}) =>
  related({ file: `${repo.root}/${path}`, ...params }, { family, repo, path }, [family], never);
const paths = async (path: string, params: Partial<RelatedParams> = {}) =>
  (await find(path, params)).hits.map((hit) => hit.path);

async function kindOf(work: Promise<unknown>): Promise<string> {
  const thrown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  return thrown instanceof LcadError ? thrown.kind : String(thrown);
}

describe('by words alone', () => {
  test('the most alike comes first, without the place itself', async () => {
    const { of, hits, tried } = await find('src/retry.ts', { line: 5 });
    expect(of).toMatchObject({ path: 'src/retry.ts', endLine: 8, name: 'retryDelay' });
    expect(hits[0]).toMatchObject({ path: 'src/backoff.ts', name: 'backOff', startLine: 1 });
    expect(hits.map(({ path }) => path)).not.toContain('src/retry.ts');
    expect(tried.vectors).toBe('off');
    expect(tried.terms).toContain('attempt');
    for (const [at, { score }] of hits.entries()) {
      expect(score).toBeLessThanOrEqual(hits[at - 1]?.score ?? 1);
      expect(score).toBeGreaterThan(0);
    }
  });

  test('a blank line means the nearest chunk, a file all of its chunks', async () => {
    expect((await find('src/retry.ts', { line: 3 })).of).toMatchObject({ name: 'retryDelay' });
    expect((await find('src/retry.ts', { line: 9 })).of).toMatchObject({ name: 'retryDelay' });
    expect((await find('src/retry.ts')).of).toMatchObject({ startLine: 1, endLine: 8, kind: '', name: '' });
    expect((await paths('src/retry.ts'))[0]).toBe('src/backoff.ts');
  });

  test('copies are left out, and other copies are folded', async () => {
    const copied = files['src/backoff.ts'];
    await family.write(repo, {
      'lib/a.ts': copied,
      'lib/retry.ts': `// A copy.\n\n${copied}`,
      'old/retry.ts': files['src/retry.ts'],
    });
    expect(await paths('src/backoff.ts', { line: 2 })).not.toContain('lib/a.ts');
    const { hits } = await find('src/retry.ts', { line: 5 });
    expect(hits.map(({ path }) => path)).not.toContain('old/retry.ts');
    expect(hits.find(({ path }) => path === 'lib/a.ts')?.otherPaths).toEqual([`${repo.root}/src/backoff.ts`]);
  });

  test('one result a file, or all', async () => {
    await family.write(repo, { 'src/many.ts': `${retry('first', 'delay')}\n${retry('second', 'delay')}` });
    const inMany = async (all: boolean) =>
      (await paths('src/retry.ts', { line: 5, all })).filter((path) => path === 'src/many.ts').length;
    expect([await inMany(false), await inMany(true)]).toEqual([1, 2]);
  });

  test('filters and the limit', async () => {
    expect(await paths('src/retry.ts', { line: 5, languages: ['py'] })).toEqual(['src/poll.py']);
    expect(await paths('src/retry.ts', { line: 5, paths: ['test'] })).toEqual(['test/retry.test.ts']);
    expect(await paths('src/retry.ts', { line: 5, kinds: ['test'] })).toEqual(['test/retry.test.ts']);
    expect(await paths('src/retry.ts', { line: 5, limit: 1 })).toEqual(['src/backoff.ts']);
    const none = await find('src/retry.ts', { line: 5, paths: ['docs'] });
    expect(none).toMatchObject({ hits: [], notes: ['Nothing like src/retry.ts was found.'] });
  });

  test('places that are none', async () => {
    repo.files.set('huge.bin', { key: '', language: 'text' });
    expect(await kindOf(find('src/none.ts'))).toBe('FILE_NOT_INDEXED');
    expect(await kindOf(find('huge.bin'))).toBe('FILE_NOT_INDEXED');
    expect(await kindOf(find('src/retry.ts', { line: 10 }))).toBe('LINE_NOT_FOUND');
    expect(await kindOf(find('src/retry.ts', { kinds: ['thing'] }))).toBe('KIND_UNKNOWN');
  });
});

describe('with vectors', () => {
  /** Gives each file's chunks a vector; a file without one has none. */
  async function embed(vectors: Record<string, [number, number]>, complete = true): Promise<void> {
    const store = await family.store.vectors('model', 2);
    for (const [path, vector] of Object.entries(vectors)) {
      const key = repo.files.get(path)?.key ?? '';
      const ids = Array.from({ length: family.store.keys.get(key) ?? 0 }, (_, ord) => ({ key, ord }));
      await store.add(batchOf(...ids.map((id) => ({ ...id, vector: unit(...vector) }))));
    }
    family.vectors = { store, complete, kind: 'external', model: null, embedQuery: async () => null };
  }

  test('what is near in meaning is found without a word in common', async () => {
    await embed({
      'src/retry.ts': [1, 0],
      'src/colors.ts': [1, 0.05],
      'src/backoff.ts': [0, 1],
      'src/poll.py': [0.5, 1],
      'test/retry.test.ts': [-1, 0],
    });
    const { hits, tried } = await find('src/retry.ts', { line: 5, explain: true });
    expect(tried.vectors).toBe('used');
    expect(hits[0]?.path).toBe('src/colors.ts');
    expect(hits.map(({ path }) => path)).not.toContain('src/retry.ts');
    const { evidence = [], score = 0 } = hits[0] ?? {};
    expect(evidence.map(({ signal }) => signal)).toEqual(['vector', 'text']);
    expect(evidence.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(score);
    expect(await paths('src/retry.ts', { line: 5, languages: ['py'] })).toEqual(['src/poll.py']);
  });

  test('a place without a vector is compared by its words', async () => {
    await embed({ 'src/colors.ts': [1, 0] }, false);
    const { hits, tried } = await find('src/retry.ts', { line: 5 });
    expect(tried.vectors).toBe('building');
    expect(hits[0]?.path).toBe('src/backoff.ts');
  });
});
