import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ChunkRow } from '../../workers/chunk-rows.js';
import type { ChunkId, TextHit } from '../store/contract.js';
import type { SearchFamily } from './contract.js';
import type { SearchPlan } from './plan.js';

const slice = 4_000;
const k1 = 1.2;
const b = 0.75;

/**
 * The chunks of the files that the plan's filters select, if they are at most `most`; null if there are more, which
 * is known without looking at all of them.
 */
export async function fewChunks(
  family: SearchFamily,
  plan: SearchPlan,
  most: number,
): Promise<ChunkId[] | null> {
  const keys = new Set<string>();
  let chunks = 0;
  let seen = 0;
  for (const { files } of family.repos) {
    for (const [path, { key, language }] of files) {
      if (++seen % slice === 0) await nextTurn();
      if (key === '' || keys.has(key)) continue;
      if (plan.languages && !plan.languages.includes(language)) continue;
      if (plan.wanted && !plan.wanted(path)) continue;
      keys.add(key);
      chunks += family.store.keys.get(key) ?? 0;
      if (chunks > most) return null;
    }
  }
  return [...keys].flatMap((key) =>
    Array.from({ length: family.store.keys.get(key) ?? 0 }, (_, ord): ChunkId => ({ key, ord })),
  );
}

/** Scores rows by BM25 among themselves: what the store does for all of its chunks, for a few. Pure. */
export function scoreRows(rows: readonly ChunkRow[], terms: readonly string[]): TextHit[] {
  const counts = rows.map(({ terms: column }) => countsOf(column, new Set(terms)));
  const lengths = rows.map(({ terms: column }) => column.split(' ').length);
  const average = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, rows.length);
  const weights = terms.map((term) => {
    const holding = counts.filter((count) => count.has(term)).length;
    return [term, Math.log(1 + (rows.length - holding + 0.5) / (holding + 0.5))] as const;
  });
  const hits = rows.map(({ text: _text, terms: _terms, ...row }, at): TextHit => {
    const norm = k1 * (1 - b + (b * (lengths[at] ?? 0)) / average);
    let score = 0;
    for (const [term, weight] of weights) {
      const count = counts[at]?.get(term) ?? 0;
      score += (weight * count * (k1 + 1)) / (count + norm);
    }
    return { ...row, score };
  });
  return hits.filter(({ score }) => score > 0).sort((x, y) => y.score - x.score);
}

function countsOf(column: string, wanted: ReadonlySet<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const term of column.split(' ')) if (wanted.has(term)) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}
