import type { Evidence } from '../../protocol/search.js';
import { termsOf } from '../../shared/terms.js';
import type { ChunkRow } from '../../workers/chunk-rows.js';
import type { FeatureName, Weights } from './model.js';
import type { QueryText } from './query.js';
import { type RankedChunk, sharesOf } from './rank.js';
import { matches } from './words.js';

/**
 * Why a result is where it is: one entry per feature that is not zero, largest share first. The shares sum to the
 * result's score. Pure.
 */
export function evidenceOf(
  { file, further }: RankedChunk,
  row: ChunkRow,
  query: QueryText,
  weights: Weights,
): Evidence[] {
  const matched = matchedTerms(file.candidate.words, row, query);
  const evidence = sharesOf(file.features, weights).map(({ name, share }): Evidence => {
    const terms = matched(name);
    return { signal: name, value: file.features[name], share, ...(terms.length > 0 ? { terms } : {}) };
  });
  if (further !== 0) evidence.push({ signal: 'prior.further', value: 1, share: further });
  return evidence.sort((a, b) => Math.abs(b.share) - Math.abs(a.share));
}

function matchedTerms(
  { stem, folders }: { stem: readonly string[]; folders: readonly string[] },
  row: ChunkRow,
  { terms, stems }: QueryText,
): (name: FeatureName) => string[] {
  const column = new Set(row.terms.split(' '));
  const names = row.symbols === '' ? termsOf(row.name) : termsOf(`${row.name} ${row.symbols}`);
  const among = (words: readonly string[]) => stems.filter((one) => words.some((word) => matches(one, word)));
  const bySignal: Record<string, string[]> = {
    text: terms.filter((term) => column.has(term)),
    symbol: among(names),
    path: among(stem),
    folders: among(folders),
  };
  return (name) => bySignal[name === 'path.folders' ? 'folders' : name.slice(0, name.indexOf('.'))] ?? [];
}
