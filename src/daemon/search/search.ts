import type { SearchParams } from '../../protocol/search.js';
import { messageOf } from '../../shared/errors.js';
import { foldFamilies } from './candidates.js';
import { Competition, shortlist } from './compete.js';
import type { SearchableRepo, SearchFamily, SearchReply, VectorSource } from './contract.js';
import { DefinitionCache } from './definitions.js';
import { type Gathered, gather } from './gather.js';
import { loadRanker, type Ranker, type Weights } from './model.js';
import { notesOf, type VectorState } from './notes.js';
import { PathIndex } from './path-index.js';
import { planSearch, type SearchPlan } from './plan.js';
import { type RankedFile, rankFiles } from './rank.js';
import { type Ranking, resultsOf } from './results.js';
import { rarityIn, scaleOf } from './scale.js';

export interface SearchOptions {
  /** Longest wait for the query's embedding in milliseconds; past it the search goes on without vectors. */
  embedDeadlineMs?: number;
  /** Weights (default: those of the package). */
  ranker?: Ranker;
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
/** So many files more than results are wanted make up for those that are folded into others. */
const spareFiles = 10;
/** Characters of the query that are embedded: about what small models read. */
const mostEmbedded = 4_000;

/**
 * Makes the search service. It keeps an index of each repository's paths for as long as the repository lives.
 * @throws MODEL_UNREADABLE if the weights of the ranker cannot be read
 */
export function createSearch(options: SearchOptions = {}): Search {
  const { embedDeadlineMs = defaultEmbedDeadlineMs } = options;
  const ranker = options.ranker ?? loadRanker();
  const indices = new WeakMap<SearchableRepo, PathIndex>();
  const indexOf = (repo: SearchableRepo): PathIndex => {
    const own = repo.published ?? repo;
    const known = indices.get(own);
    if (known) return known;
    const index = new PathIndex();
    indices.set(own, index);
    return index;
  };
  const competition = new Competition(new DefinitionCache(), indexOf);

  return {
    async search(params, families, signal) {
      const plan = planSearch(params);
      signal.throwIfAborted();
      const { gathered, failures } = await gatherAll(plan, families, indexOf, embedDeadlineMs, signal);
      const vectors = vectorState(families, gathered);
      const kind = gathered.find((one) => one.vectors)?.vectors?.source.kind ?? 'none';
      const ranking = await rankAll(plan, gathered, competition, ranker[kind]);
      const hits = await resultsOf(plan, ranking);
      signal.throwIfAborted();
      const found = { hits: hits.length, byWords: ranking.files.some(isFoundByWords) };
      const notes = [...failures, ...notesOf(plan, families, found, vectors)];
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

/** Null: it has no vector, or not in time. */
async function embedInTime(
  vectors: VectorSource,
  query: string,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<Float32Array | null> {
  // The built-in model is neither late nor does it fail.
  if (vectors.kind === 'builtin') return known(await vectors.embedQuery(query, signal));
  const ending = new AbortController();
  const end = () => ending.abort(signal.reason);
  const late = new Promise<null>((resolve) => ending.signal.addEventListener('abort', () => resolve(null)));
  const timer = setTimeout(end, deadlineMs);
  signal.addEventListener('abort', end);
  try {
    // A provider that fails is its owner's to report; the search goes on without vectors and says so.
    return known(await Promise.race([vectors.embedQuery(query, ending.signal).catch(() => null), late]));
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}

/** All zeros: the model knows no word of it, and everything would be equally near. */
const known = (vector: Float32Array | null) => (vector?.some((value) => value !== 0) ? vector : null);

function vectorState(families: readonly SearchFamily[], gathered: readonly Gathered[]): VectorState {
  const sources = families.flatMap(({ vectors }) => (vectors ? [vectors] : []));
  if (sources.length === 0) return 'off';
  if (sources.every(({ store }) => store.count === 0)) return 'building';
  const isHere = sources.some(({ kind }) => kind === 'builtin');
  if (!isHere && !gathered.some(({ vectors }) => vectors)) return 'unreachable';
  return sources.every(({ complete }) => complete) ? 'used' : 'building';
}

const isFoundByWords = ({ candidate: { hits, named, pathScore } }: RankedFile) =>
  hits.length > 0 || named.length > 0 || pathScore > 0;

/** Everything that may become a result, best first. */
async function rankAll(
  plan: SearchPlan,
  gathered: readonly Gathered[],
  competition: Competition,
  weights: Weights,
): Promise<Ranking> {
  const candidates = foldFamilies(gathered.map((one) => one.candidates));
  const leading = shortlist(candidates);
  const isEnough = leading.length >= plan.limit + spareFiles || leading.length === candidates.length;
  const ranked = isEnough ? leading : candidates;
  await competition.complete(ranked, gathered, plan);
  const rarity = (word: string) => Math.max(0, ...gathered.map(({ counts }) => rarityIn(counts, word)));
  const scale = scaleOf(plan.text, leading, rarity);
  const files = rankFiles(ranked, scale, weights);
  return { scale, files, weights };
}
