import type { StaticModel } from '../../shared/model/contract.js';
import { termsColumn } from '../../shared/terms.js';
import type { Query } from '../eval/queries.js';
import { type QueryScore, type RankedResult, scoreQuery } from '../eval/score.js';
import type { ChunkColumns, FileColumns } from './subject-chunks.js';

/** A way of ranking chunks by similarities alone: weights of the chunk's own, its file's path's and its names'. */
export interface Mixture {
  title: string;
  path: number;
  names: number;
  /** Path words in the chunk's bag, each as if it occurred so often. */
  inBag: number;
}

/** What is reported: the bar is set on the last. */
export const mixtures: readonly Mixture[] = [
  { title: 'chunks alone', path: 0, names: 0, inBag: 0 },
  { title: 'with the similarity of the path', path: 0.3, names: 0, inBag: 0 },
  { title: 'with path words in the bag', path: 0, names: 0, inBag: 3 },
];

interface Embedded {
  chunk: ChunkColumns;
  vector: Float32Array;
  path: Float32Array;
  names: Float32Array;
}

/** Ranks all chunks for each query by one mixture, and scores the first ten. */
export function scoreMixture(
  model: StaticModel,
  files: readonly FileColumns[],
  queries: readonly Query[],
  mixture: Mixture,
): QueryScore[] {
  const embedded = files.flatMap((file) => embedFile(model, file, mixture));
  return queries.map((query) => scoreQuery(query, best(model, embedded, query.query, mixture)));
}

function embedFile(
  model: StaticModel,
  { chunks, pathTerms, names }: FileColumns,
  { inBag }: Mixture,
): Embedded[] {
  const path = vectorOf(model, pathTerms);
  const named = vectorOf(model, names);
  const added = ` ${pathTerms}`.repeat(inBag);
  return chunks.map((chunk) => {
    return { chunk, vector: vectorOf(model, chunk.terms + added), path, names: named };
  });
}

function best(
  model: StaticModel,
  embedded: readonly Embedded[],
  query: string,
  mixture: Mixture,
): RankedResult[] {
  const wanted = vectorOf(model, termsColumn(query));
  const scored = embedded.map(({ chunk, vector, path, names }) => {
    const score = dot(wanted, vector) + mixture.path * dot(wanted, path) + mixture.names * dot(wanted, names);
    return { chunk, score };
  });
  scored.sort((a, b) => b.score - a.score);
  return scored.slice(0, 10).map(({ chunk }) => chunk);
}

function vectorOf(model: StaticModel, column: string): Float32Array {
  const out = new Float32Array(model.dimensions);
  model.embed(column, out);
  return out;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] as number) * (b[at] as number);
  return sum;
}
