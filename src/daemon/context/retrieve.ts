import type { SearchHit, SearchParams } from '../../protocol/search.js';
import { LcadError } from '../../shared/errors.js';
import { termsOf } from '../../shared/terms.js';
import type { SearchableRepo, SearchFamily, SearchReply } from '../search/contract.js';
import type { Search } from '../search/search.js';
import { fuse } from './fuse.js';

/** Something to search for, and what its results count. */
export interface Query {
  text: string;
  weight: number;
  /** Within this file alone. */
  file?: { repo: SearchableRepo; path: string };
}

/** A chunk that was found. */
export interface Hit {
  repo: SearchableRepo;
  hit: SearchHit;
  /** The whole chunk. */
  lines: readonly string[];
  /** 0 to 1. */
  score: number;
}

interface Retrieved {
  hits: Hit[];
  /** Words of all queries, as search splits them. */
  terms: ReadonlySet<string>;
  notes: string[];
}

/** Chunks are shorter than this. */
const wholeChunk = 1000;
/** Chunks wanted of the file that is worked on. */
const ofFile = 6;

const nothingFound: SearchReply = { hits: [], tried: { terms: [], vectors: 'off' }, notes: [] };

/**
 * Searches for some queries at the same time and fuses what they find.
 * @throws as Search.search
 */
export async function retrieve(
  search: Search,
  families: readonly SearchFamily[],
  queries: readonly Query[],
  filters: Pick<SearchParams, 'paths' | 'languages'> & { limit: number },
  signal: AbortSignal,
): Promise<Retrieved> {
  const repos = new Map(
    families.flatMap((family) => family.repos.map((repo) => [repo.id, repo.published ?? repo] as const)),
  );
  const replies = await Promise.all(queries.map((query) => ask(search, families, query, filters, signal)));
  const lists = replies.map(({ hits }, at) => ({ weight: queries[at]?.weight ?? 1, items: hits }));
  const fused = fuse(lists, ({ repo, path, startLine }) => `${repo}\n${path}\n${startLine}`);
  const hits = fused.flatMap(({ item, score }) => {
    const repo = repos.get(item.repo);
    return repo && item.snippet ? [{ repo, hit: item, lines: item.snippet.text.split('\n'), score }] : [];
  });
  const terms = new Set(replies.flatMap(({ tried }) => tried.terms));
  if (terms.size === 0) for (const { text } of queries) for (const term of termsOf(text)) terms.add(term);
  // A wording that found nothing is of no interest where another found something.
  const telling = hits.length > 0 ? replies.filter((reply) => reply.hits.length > 0) : replies.slice(0, 1);
  return { hits, terms, notes: [...new Set(telling.flatMap(({ notes }) => notes))] };
}

async function ask(
  search: Search,
  families: readonly SearchFamily[],
  { text, file }: Query,
  filters: Pick<SearchParams, 'paths' | 'languages'> & { limit: number },
  signal: AbortSignal,
): Promise<SearchReply> {
  const params = { query: text, all: true, snippetLines: wholeChunk, ...filters };
  if (!file) return search.search(params, families, signal);
  const { repo, path } = file;
  const own = families.flatMap((family) => {
    const same = family.repos.find(({ id }) => id === repo.id);
    return same ? [{ ...family, repos: [same] }] : [];
  });
  try {
    const { tried, hits } = await search.search({ ...params, paths: [path], limit: ofFile }, own, signal);
    // A path that reads as a glob may match others besides itself.
    return { tried, hits: hits.filter((hit) => hit.path === path), notes: [] };
  } catch (error) {
    // A path that is no glob is not searched by itself.
    if (error instanceof LcadError && error.kind === 'GLOB_INVALID') return nothingFound;
    throw error;
  }
}
