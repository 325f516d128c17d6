import { expect, onTestFinished, test } from 'vitest';
import type { LaidOverFile } from '../../../src/daemon/search/contract.js';
import { laidOverScores } from '../../../src/daemon/search/laid-over-vectors.js';
import { layOver } from '../../../src/daemon/search/lay-over.js';
import { createSearch } from '../../../src/daemon/search/search.js';
import type { VectorScores } from '../../../src/daemon/store/contract.js';
import { deriveText } from '../../../src/workers/derive-text.js';
import { TestFamily, type TestRepo } from '../../support/search.js';

const never = new AbortController().signal;
const saved = {
  'src/queue.ts': 'export function drainQueue(items: string[]) {\n  return items.splice(0);\n}\n',
  'src/total.ts': 'export function refundTotal(items: number[]) {\n  return items.length;\n}\n',
  'docs/queue.md': '# Queue\n\nHow the queue is drained.\n',
};
const drain =
  'export function drainSlowly(queue: string[]) {\n  return queue.slice(1); // drain the queue\n}\n';
const edited = {
  'src/queue.ts': `${drain}\n${saved['src/queue.ts'].replace('drainQueue', 'emptyQueue')}`,
  'src/fresh/drain.ts': drain.replace('drainSlowly', 'drainFresh'),
};
const queries = [
  'drain the queue',
  'drainQueue',
  'emptyQueue',
  'drainFresh',
  'refund total',
  'queue.ts slowly',
];

async function opened(): Promise<{ family: TestFamily; repo: TestRepo }> {
  const family = await TestFamily.open();
  onTestFinished(() => family.close());
  return { family, repo: await family.addRepo('app', saved) };
}

async function laid(repo: TestRepo): Promise<LaidOverFile[]> {
  return Promise.all(
    Object.entries(edited).map(async ([path, text]) => {
      const language = 'typescript';
      const derived = await deriveText({ type: 'derive-text', language, text, parseDeadlineMs: 5000 });
      return { repo: repo.id, path, content: { language, ...derived, vectors: () => [] } };
    }),
  );
}

test('the same chunks are found as if what is laid over were saved', async () => {
  const { family, repo } = await opened();
  const { search } = createSearch();
  const found = async (query: string, families: Parameters<typeof search>[1]) => {
    const { hits } = await search({ query, all: true }, families, never);
    const chunks = hits.map(({ path, startLine, name, snippet }) => ({ path, startLine, name, snippet }));
    return chunks.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.startLine - b.startLine));
  };
  const before = await Promise.all(queries.map((query) => found(query, [family])));
  const over = layOver([family], await laid(repo));
  const above = await Promise.all(queries.map((query) => found(query, over)));
  // Searches of others see nothing of it.
  expect(await Promise.all(queries.map((query) => found(query, [family])))).toEqual(before);
  await family.write(repo, edited);
  const after = await Promise.all(queries.map((query) => found(query, [family])));
  expect(above).toEqual(after);
  expect(above.flat().some(({ snippet }) => snippet?.text.includes('drainQueue'))).toBe(false);
  for (const [query, path] of [
    ['drainFresh', 'src/fresh/drain.ts'],
    ['emptyQueue', 'src/queue.ts'],
  ] as const) {
    const [first] = (await search({ query }, over, never)).hits;
    expect(first?.path).toBe(path);
  }
});

test('filters hold for what is laid over', async () => {
  const { family, repo } = await opened();
  const { search } = createSearch();
  const over = layOver([family], await laid(repo));
  const paths = async (more: { paths?: string[]; languages?: string[]; kinds?: string[] }) => {
    const { hits } = await search({ query: 'drain the queue', ...more }, over, never);
    return hits.map(({ path }) => path).sort();
  };
  expect(await paths({ paths: ['src/fresh'] })).toEqual(['src/fresh/drain.ts']);
  expect(await paths({ languages: ['markdown'] })).toEqual(['docs/queue.md']);
  expect(await paths({ kinds: ['function'] })).toContain('src/fresh/drain.ts');
});

test('a family without such files stays as it is', async () => {
  const { family } = await opened();
  expect(layOver([family], [])[0]).toBe(family);
});

test('similarities of what is laid over stand among the others', () => {
  const below: VectorScores = {
    nearest: (limit) => [{ key: 'saved', ord: 0, similarity: 0.5 }].slice(0, limit),
    of: (keys) => keys.map((key) => ({ nearest: [{ key, ord: 0, similarity: 0.5 }], whole: 0.5 })),
  };
  const rows = [Float32Array.of(1, 0), Float32Array.of(0, 1), Float32Array.of(0, 0)];
  const scores = laidOverScores(below, Float32Array.of(0.8, 0.6), new Map([['own', rows]]));
  const near = scores
    .nearest(3, () => true)
    .map(({ key, ord, similarity }) => [key, ord, similarity.toFixed(2)]);
  expect(near).toEqual([
    ['own', 0, '0.80'],
    ['own', 1, '0.60'],
    ['saved', 0, '0.50'],
  ]);
  expect(scores.nearest(3, (key) => key !== 'own')).toHaveLength(1);
  const [saved, own] = scores.of(['saved', 'own'], 1);
  expect(own?.nearest).toMatchObject([{ key: 'own', ord: 0 }]);
  expect(own?.whole).toBeCloseTo(1.4 / Math.SQRT2);
  expect(saved).toEqual({ nearest: [{ key: 'saved', ord: 0, similarity: 0.5 }], whole: 0.5 });
});
