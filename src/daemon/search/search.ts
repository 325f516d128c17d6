import type { SearchHit, SearchParams } from '../../protocol/search.js';
import { LcadError, messageOf } from '../../shared/errors.js';
import type { ChunkRow } from '../../workers/chunk-rows.js';
import { foldFamilies } from './candidates.js';
import type { SearchableRepo, SearchFamily, SearchReply, VectorSource } from './contract.js';
import { evidenceOf } from './explain.js';
import { scaleOf } from './features.js';
import { type Gathered, gather } from './gather.js';
import { hybridWeights, textWeights, type Weights } from './model.js';
import { notesOf, type VectorState } from './notes.js';
import { PathIndex } from './path-index.js';
import { planSearch, type SearchPlan } from './plan.js';
import { pickChunks, type RankedChunk, rankFiles } from './rank.js';
import { snippetOf } from './snippet.js';

export interface SearchOptions {
  /** Longest wait for the query's embedding in milliseconds; past it the search goes on without vectors. */
  embedDeadlineMs?: number;
  /** Replaces the weights of the ranker. */
  weights?: { text: Weights; hybrid: Weights };
}

export interface Search {
  /**
   * Searches some families at the same time and ranks what they have together.
   * @throws QUERY_EMPTY, GLOB_INVALID, LANGUAGE_UNKNOWN, KIND_UNKNOWN; the signal's reason;
   *   a store's error if no family could be searched
   */
  search(params: SearchParams, families: readonly SearchFamily[], signal: AbortSignal): Promise<SearchReply>;
}

const defaultEmbedDeadlineMs = 300;
/** Rows fetched beyond the limit, to make up for chunks whose content left the store meanwhile. */
const spareRows = 2;
/** Characters of the query that are embedded: about what small models read. */
const mostEmbedded = 4_000;

/** Makes the search service. It keeps an index of each repository's paths for as long as the repository lives. */
export function createSearch(options: SearchOptions = {}): Search {
  const { embedDeadlineMs = defaultEmbedDeadlineMs } = options;
  const weights = options.weights ?? { text: textWeights, hybrid: hybridWeights };
  const indices = new WeakMap<SearchableRepo, PathIndex>();
  const indexOf = (repo: SearchableRepo): PathIndex => {
    const known = indices.get(repo);
    if (known) return known;
    const index = new PathIndex();
    indices.set(repo, index);
    return index;
  };

  return {
    async search(params, families, signal) {
      const plan = planSearch(params);
      signal.throwIfAborted();
      const { gathered, failures } = await gatherAll(plan, families, indexOf, embedDeadlineMs, signal);
      const vectors = vectorState(families, gathered);
      const chosen = gathered.some((one) => one.vectors) ? weights.hybrid : weights.text;
      const hits = await rankAndFetch(plan, gathered, chosen);
      signal.throwIfAborted();
      const notes = [...failures, ...notesOf(plan, families, hits.length, vectors)];
      return { hits, tried: { terms: plan.text.terms, vectors }, notes };
    },
  };
}

/** Asks every family; one that fails is named in a note unless all do. */
async function gatherAll(
  plan: SearchPlan,
  families: readonly SearchFamily[],
  indexOf: (repo: SearchableRepo) => PathIndex,
  embedDeadlineMs: number,
  signal: AbortSignal,
): Promise<{ gathered: Gathered[]; failures: string[] }> {
  const embedded = new Map<string, Promise<Float32Array | null>>();
  const results = await Promise.allSettled(
    families.map((family) =>
      gather(
        family,
        plan,
        indexOf,
        embedOnce(embedded, family, plan.query, embedDeadlineMs, signal),
        signal,
        families.length,
      ),
    ),
  );
  signal.throwIfAborted();
  const failed = results.flatMap((result, at) => {
    if (result.status === 'fulfilled') return [];
    const names = families[at]?.repos.map(({ name }) => name).join(', ') ?? '';
    return [{ names, reason: result.reason as unknown }];
  });
  if (failed.length > 0 && failed.length === families.length) throw failed[0]?.reason;
  return {
    gathered: results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
    failures: failed.map(({ names, reason }) => `${names} could not be searched: ${messageOf(reason)}`),
  };
}

/** The query's vector, computed once per model and never waited for longer than the deadline. */
function embedOnce(
  embedded: Map<string, Promise<Float32Array | null>>,
  { vectors }: SearchFamily,
  query: string,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<Float32Array | null> | null {
  if (!vectors || vectors.store.count === 0) return null;
  const known = embedded.get(vectors.store.id);
  if (known) return known;
  const vector = embedInTime(vectors, query.slice(0, mostEmbedded), deadlineMs, signal);
  embedded.set(vectors.store.id, vector);
  return vector;
}

async function embedInTime(
  vectors: VectorSource,
  query: string,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<Float32Array | null> {
  const ending = new AbortController();
  const end = () => ending.abort(signal.reason);
  const late = new Promise<null>((resolve) => ending.signal.addEventListener('abort', () => resolve(null)));
  const timer = setTimeout(end, deadlineMs);
  signal.addEventListener('abort', end);
  try {
    // A provider that fails is its owner's to report; the search goes on without vectors and says so.
    return await Promise.race([vectors.embedQuery(query, ending.signal).catch(() => null), late]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}

function vectorState(families: readonly SearchFamily[], gathered: readonly Gathered[]): VectorState {
  const sources = families.flatMap(({ vectors }) => (vectors ? [vectors] : []));
  if (sources.length === 0) return 'off';
  if (sources.every(({ store }) => store.count === 0)) return 'building';
  if (!gathered.some(({ vectors }) => vectors)) return 'unreachable';
  return sources.every(({ complete }) => complete) ? 'used' : 'building';
}

async function rankAndFetch(
  plan: SearchPlan,
  gathered: readonly Gathered[],
  weights: Weights,
): Promise<SearchHit[]> {
  const candidates = foldFamilies(gathered.map((one) => one.candidates));
  if (candidates.length === 0) return [];
  const scale = scaleOf(plan.text, candidates);
  const files = rankFiles(candidates, scale, weights, plan.limit);
  const chunks = pickChunks(files, scale, plan.limit + spareRows);
  const rows = await fetchRows(chunks);
  const terms = new Set(plan.text.terms);
  return chunks
    .flatMap((chunk) => {
      const row = rows.get(idOf(chunk.chunk.key, chunk.chunk.ord));
      return row ? [hitOf(chunk, row, plan, terms, weights)] : [];
    })
    .slice(0, plan.limit);
}

const idOf = (key: string, ord: number) => `${key}:${ord}`;

async function fetchRows(chunks: readonly RankedChunk[]): Promise<Map<string, ChunkRow>> {
  const stores = [...new Set(chunks.map(({ file }) => file.candidate.family.store))];
  const fetched = await Promise.all(
    stores.map((store) =>
      store.fetch(
        chunks.filter(({ file }) => file.candidate.family.store === store).map(({ chunk }) => chunk),
      ),
    ),
  );
  return new Map(fetched.flat().map((row) => [idOf(row.key, row.ord), row]));
}

function hitOf(
  chunk: RankedChunk,
  row: ChunkRow,
  plan: SearchPlan,
  terms: ReadonlySet<string>,
  weights: Weights,
): SearchHit {
  const [place, ...others] = chunk.file.candidate.places;
  if (!place) throw new LcadError('INTERNAL_ERROR', `A result of ${row.key} has no path.`);
  return {
    repo: place.repo.id,
    root: place.repo.root,
    path: place.path,
    otherPaths: others.map(({ repo, path }) => `${repo.root.replace(/\/$/, '')}/${path}`),
    startLine: row.startLine,
    endLine: row.endLine,
    language: row.language,
    kind: row.kind,
    name: row.name,
    scope: row.scope,
    score: chunk.score,
    snippet: snippetOf(row, terms, plan.snippetLines),
    ...(plan.explain ? { evidence: evidenceOf(chunk, row, plan.text, weights) } : {}),
  };
}
