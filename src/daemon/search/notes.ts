import type { SearchResult } from '../../protocol/search.js';
import type { SearchFamily } from './contract.js';
import type { SearchPlan } from './plan.js';

export type VectorState = SearchResult['tried']['vectors'];

/** What a search has come to. */
export interface Found {
  hits: number;
  /** Whether some of it has words of the query. */
  byWords: boolean;
}

/** What a person should know of a reply, in sentences. Pure. */
export function notesOf(
  plan: SearchPlan,
  families: readonly SearchFamily[],
  found: Found,
  vectors: VectorState,
): string[] {
  const { text } = plan;
  const notes: string[] = [];
  if (text.dropped > 0) {
    notes.push(`The query is very long: its ${text.words.length} most telling words were searched for.`);
  }
  notes.push(...pendingNotes(families));
  if (vectors === 'building')
    notes.push('Vectors are still being computed: meaning counts for part of the code.');
  if (vectors === 'unreachable')
    notes.push('The embedding model did not answer in time: only words were compared.');
  if (found.hits === 0 && families.some(({ repos }) => repos.length > 0)) notes.push(nothingFound(plan));
  if (found.hits > 0 && !found.byWords) {
    notes.push('No word of the query was found: these results are what comes nearest to it in meaning.');
  }
  return notes;
}

export function pendingNotes(families: readonly SearchFamily[]): string[] {
  return families.flatMap(({ repos }) =>
    repos.flatMap((repo) => {
      const { pending, state, name } = repo.freshness(false);
      if (state === 'missing') return [`The folder of ${name} is gone; this is what it held.`];
      if (pending === 0) return [];
      return [`${name} is still being indexed: ${pending} ${pending === 1 ? 'file' : 'files'} to go.`];
    }),
  );
}

function nothingFound({ text, wanted, languages, kinds }: SearchPlan): string {
  if (text.words.length === 0) return 'Nothing was found: the query has no words.';
  const filters = [languages && 'language', kinds && 'kind', wanted && 'path'].filter(Boolean);
  const within = filters.length === 0 ? '' : ` within the filters on ${filters.join(', ')}`;
  return `Nothing was found${within} for ${text.words.map(({ text: word }) => word).join(', ')}.`;
}
