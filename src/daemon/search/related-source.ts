import { LcadError } from '../../shared/errors.js';
import { englishStopWords, languageKeywords } from '../../shared/stop-words.js';
import { termsColumn } from '../../shared/terms.js';
import type { ChunkRow } from '../../workers/chunk-rows.js';
import type { SearchableRepo, SearchFamily } from './contract.js';

/** What is compared with everything else: one chunk, or all of a file. */
export interface Source {
  family: SearchFamily;
  repo: SearchableRepo;
  path: string;
  key: string;
  rows: ChunkRow[];
  /** False: the file as a whole. */
  isChunk: boolean;
}

/** Terms of the source that are looked for. BM25 weighs them by how rare they are. */
const mostTerms = 40;
/** Chunks of a file that is compared as a whole. */
const mostRows = 400;

const stops = new Set(
  [...englishStopWords, ...languageKeywords].flatMap((word) => termsColumn(word).split(' ')),
);

/**
 * Finds the chunk at a line, the nearest one if the line is in none, or all chunks of the file.
 * @param line from 1, undefined: the file as a whole
 * @throws FILE_NOT_INDEXED, LINE_NOT_FOUND
 */
export async function sourceAt(
  family: SearchFamily,
  repo: SearchableRepo,
  path: string,
  line: number | undefined,
): Promise<Source> {
  const key = repo.files.get(path)?.key;
  if (key === undefined) throw notIndexed(`${path} is no file of ${repo.name} that is indexed.`);
  if (key === '') throw notIndexed(`${path} is left out of the index of ${repo.name}.`);
  const chunks = await family.store.chunksOf([key]);
  const last = chunks.at(-1)?.endLine;
  if (last === undefined) throw notIndexed(`${path} has nothing that could be compared.`);
  // Behind the last line an editor still has a place, where text would be added.
  if (line !== undefined && line > last + 1) {
    throw new LcadError('LINE_NOT_FOUND', `${path} has no line ${line}: its text ends at line ${last}.`, {
      details: { last },
    });
  }
  const distance = ({ startLine, endLine }: { startLine: number; endLine: number }) =>
    line === undefined ? 0 : Math.max(startLine - line, line - endLine, 0);
  const [nearest] = line === undefined ? [] : chunks.toSorted((a, b) => distance(a) - distance(b));
  const rows = await family.store.fetch(nearest ? [nearest] : chunks.slice(0, mostRows));
  if (rows.length === 0) throw notIndexed(`${path} has just changed.`, 'Try again in a moment.');
  return { family, repo, path, key, rows, isChunk: nearest !== undefined };
}

function notIndexed(message: string, next?: string): LcadError {
  return new LcadError('FILE_NOT_INDEXED', message, next === undefined ? {} : { next });
}

/** The terms that say most about some chunks: frequent ones first, names of several words before single words. */
export function tellingTerms(rows: readonly Pick<ChunkRow, 'terms'>[]): string[] {
  const counts = new Map<string, number>();
  for (const { terms } of rows) {
    for (const term of terms.split(' ')) counts.set(term, (counts.get(term) ?? 0) + 1);
  }
  const weight = ([term, count]: [string, number]) => Math.log1p(count) * Math.min(term.length, 16);
  return [...counts]
    .filter(([term]) => term.length > 1 && !stops.has(term) && !/^\d+$/.test(term))
    .sort((a, b) => weight(b) - weight(a) || (a[0] < b[0] ? -1 : 1))
    .slice(0, mostTerms)
    .map(([term]) => term);
}

/** The vector of the source for a model; null if it has none. */
export async function vectorOfSource({ family, rows }: Source): Promise<Float32Array | null> {
  if (!family.vectors) return null;
  const { store, model } = family.vectors;
  const sum = new Float32Array(store.dimensions);
  for (const row of rows) {
    const one = (await store.vectorOf(row)) ?? embedded(row, model, store.dimensions);
    if (one) for (const [i, value] of one.entries()) sum[i] = (sum[i] ?? 0) + value;
  }
  const length = Math.hypot(...sum);
  return length === 0 ? null : sum.map((value) => value / length);
}

type Model = NonNullable<SearchFamily['vectors']>['model'];

function embedded(row: ChunkRow, model: Model, dimensions: number): Float32Array | null {
  const out = new Float32Array(dimensions);
  return model?.embed(row.terms, out) ? out : null;
}
