import type { SearchParams } from '../../protocol/search.js';
import { LcadError } from '../../shared/errors.js';
import { chunkKinds } from '../../workers/chunk/kinds.js';
import { languageIds, resolveLanguage } from '../../workers/languages.js';
import { type PathFilter, pathFilter } from './filters.js';
import { type QueryText, readQuery } from './query.js';

/** A request, checked and resolved. */
export interface SearchPlan {
  text: QueryText;
  /** The query as it was written, for embedding. */
  query: string;
  languages: string[] | undefined;
  kinds: string[] | undefined;
  wanted: PathFilter | null;
  limit: number;
  snippetLines: number;
  explain: boolean;
  /** Further chunks of a file are results too. */
  all: boolean;
}

const defaultLimit = 10;
const defaultSnippetLines = 12;

/**
 * Checks a request and works out what to look for. Pure.
 * @throws QUERY_EMPTY, GLOB_INVALID, LANGUAGE_UNKNOWN, KIND_UNKNOWN
 */
export function planSearch(params: SearchParams): SearchPlan {
  if (params.query.trim() === '') throw new LcadError('QUERY_EMPTY', 'The query is empty.');
  return {
    text: readQuery(params.query),
    query: params.query,
    languages: params.languages?.length ? params.languages.map(languageNamed) : undefined,
    kinds: params.kinds?.length ? params.kinds.map(kindNamed) : undefined,
    wanted: pathFilter(params.paths ?? []),
    limit: params.limit ?? defaultLimit,
    snippetLines: params.snippetLines ?? defaultSnippetLines,
    explain: params.explain ?? false,
    all: params.all ?? false,
  };
}

export function languageNamed(name: string): string {
  const id = resolveLanguage(name);
  if (id !== undefined) return id;
  throw unknown('LANGUAGE_UNKNOWN', 'language', name, languageIds);
}

export function kindNamed(name: string): string {
  const kind = name.trim().toLowerCase();
  if ((chunkKinds as readonly string[]).includes(kind)) return kind;
  throw unknown('KIND_UNKNOWN', 'kind', name, chunkKinds);
}

function unknown(
  kind: 'LANGUAGE_UNKNOWN' | 'KIND_UNKNOWN',
  what: string,
  given: string,
  known: readonly string[],
): LcadError {
  const near = nearest(given.trim().toLowerCase(), known);
  const hint = near === null ? '' : ` Did you mean ${near}?`;
  return new LcadError(kind, `${JSON.stringify(given)} is no ${what} that is known.${hint}`, {
    details: { known: [...known], nearest: near },
  });
}

/** The known name with the fewest edits, if it takes no more than a third of its letters. */
export function nearest(given: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const name of known) {
    const edits = distance(given, name);
    const near =
      edits <= Math.max(1, Math.floor(name.length / 3)) || (given.length > 1 && name.startsWith(given));
    if (near && edits < least) {
      best = name;
      least = edits;
    }
  }
  return best;
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
