import type { ContentSimilarity, VectorHit, VectorScores } from '../store/contract.js';

/**
 * The similarities of a scan, and those of some contents more. Pure.
 * @param vectors of the contents' chunks by key, of unit length or zeros
 */
export function laidOverScores(
  below: VectorScores,
  query: Float32Array,
  vectors: ReadonlyMap<string, readonly Float32Array[]>,
): VectorScores {
  const own = new Map(
    [...vectors].map(([key, rows]) => {
      const hits = rows.map((row, ord): VectorHit => ({ key, ord, similarity: dot(row, query) }));
      return [key, hits.sort(nearer)] as const;
    }),
  );
  return {
    nearest(limit, wanted) {
      const found = below.nearest(limit, wanted);
      const more = [...own].flatMap(([key, hits]) => (wanted(key) ? hits : []));
      return [...found, ...more].sort(nearer).slice(0, limit);
    },
    of(keys, limit = Number.POSITIVE_INFINITY) {
      const found = below.of(
        keys.filter((key) => !own.has(key)),
        limit,
      );
      let next = 0;
      return keys.map((key) => {
        const nearest = own.get(key)?.slice(0, limit);
        if (nearest) return { nearest, whole: wholeOf(vectors.get(key) ?? [], query) };
        return found[next++] as ContentSimilarity;
      });
    },
  };
}

function wholeOf(rows: readonly Float32Array[], query: Float32Array): number | null {
  const sum = new Float32Array(query.length);
  for (const row of rows) for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] ?? 0) + (row[at] ?? 0);
  const length = Math.sqrt(dot(sum, sum));
  return length === 0 ? null : dot(sum, query) / length;
}

const nearer = (a: VectorHit, b: VectorHit): number => b.similarity - a.similarity;

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] as number) * (b[at] as number);
  return sum;
}
