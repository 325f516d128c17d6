import type { RelatedParams, RelatedResult } from '../../protocol/related.js';
import type { Evidence, SearchHit } from '../../protocol/search.js';
import type { ChunkRow } from '../../workers/chunk-rows.js';
import type { ChunkId, VectorScores } from '../store/contract.js';
import type { SearchableRepo, SearchFamily } from './contract.js';
import { type PathFilter, pathFilter } from './filters.js';
import { pendingNotes } from './notes.js';
import { kindNamed, languageNamed } from './plan.js';
import { type Source, sourceAt, tellingTerms, vectorOfSource } from './related-source.js';
import { searchHit } from './results.js';
import { snippetOf } from './snippet.js';

/** A reply without what its sender knows best: freshness and time. */
export type RelatedReply = Omit<RelatedResult, 'freshness' | 'tookMs'>;

const defaultLimit = 10;
const defaultSnippetLines = 12;
/** Chunks that each signal may name. */
const textChunks = 300;
const nearChunks = 300;
/** With a filter on kinds, which is applied afterwards. */
const nearOfKinds = 3_000;
/** What similarity of vectors counts against that of words, both from 0 to 1. */
const vectorShare = 0.65;

interface Plan {
  source: Source;
  terms: string[];
  vector: Float32Array | null;
  languages: string[] | undefined;
  kinds: string[] | undefined;
  wanted: PathFilter | null;
  limit: number;
}

interface Place {
  repo: SearchableRepo;
  path: string;
}

interface Candidate extends ChunkId {
  family: SearchFamily;
  places: Place[];
  similarity: number;
  /** BM25, as a share of what the source itself has. */
  words: number;
  /** What the two add to the score. */
  shares: { vector: number; words: number };
  score: number;
}

/**
 * Finds code that is like a chunk, or like a file: near in meaning (vectors, where there are any) and in words. The
 * source itself and copies of its text are left out.
 * @param at where the source is
 * @throws FILE_NOT_INDEXED, LINE_NOT_FOUND, GLOB_INVALID, LANGUAGE_UNKNOWN, KIND_UNKNOWN; the signal's reason
 */
export async function related(
  params: RelatedParams,
  at: { family: SearchFamily; repo: SearchableRepo; path: string },
  families: readonly SearchFamily[],
  signal: AbortSignal,
): Promise<RelatedReply> {
  const wanted = pathFilter(params.paths ?? []);
  const languages = params.languages?.length ? params.languages.map(languageNamed) : undefined;
  const kinds = params.kinds?.length ? params.kinds.map(kindNamed) : undefined;
  const source = await sourceAt(at.family, at.repo, at.path, params.line);
  const [terms, vector] = [tellingTerms(source.rows), await vectorOfSource(source)];
  const limit = params.limit ?? defaultLimit;
  const plan: Plan = { source, terms, vector, languages, kinds, wanted, limit };
  const found = await Promise.all(families.map((family) => candidatesOf(family, plan, signal)));
  signal.throwIfAborted();
  const best = ranked(found.flat(), params.all ?? false);
  const hits = await hitsOf(best, plan, params);
  const vectors = vectorState(source, vector);
  const notes = [...pendingNotes(families)];
  if (hits.length === 0) notes.push(`Nothing like ${source.path} was found.`);
  return { of: describe(source), hits, tried: { terms, vectors }, notes };
}

function describe({ repo, path, rows, isChunk }: Source): RelatedReply['of'] {
  const [first] = rows;
  return {
    repo: repo.id,
    root: repo.root,
    path,
    startLine: first?.startLine ?? 1,
    endLine: rows.at(-1)?.endLine ?? 1,
    kind: isChunk ? (first?.kind ?? '') : '',
    name: isChunk ? (first?.name ?? '') : '',
  };
}

function vectorState({ family }: Source, vector: Float32Array | null): RelatedReply['tried']['vectors'] {
  if (!family.vectors) return 'off';
  return vector && family.vectors.complete ? 'used' : 'building';
}

/** The chunks of a family that are most like the source by either signal, with both. */
async function candidatesOf(family: SearchFamily, plan: Plan, signal: AbortSignal): Promise<Candidate[]> {
  const { source, terms, vector, languages, kinds } = plan;
  const known = new Map<string, Place[]>();
  const placesOf = (key: string): Place[] => {
    const places = known.get(key) ?? placesIn(family, key, plan);
    known.set(key, places);
    return places;
  };
  const nearest = kinds ? nearOfKinds : nearChunks;
  const isOther = ({ key, ord }: ChunkId) =>
    key !== source.key || (source.isChunk && source.rows.every((row) => row.ord !== ord));
  const [hits, scores] = await Promise.all([
    terms.length === 0
      ? []
      : family.store.searchText({
          terms,
          column: 'terms',
          limit: textChunks,
          ...(languages ? { languages } : {}),
          ...(kinds ? { kinds } : {}),
        }),
    scanOf(family, source, vector, nearest),
  ]);
  signal.throwIfAborted();
  // The source is nearly always among them, and the best.
  const most = Math.max(...hits.map(({ score }) => score), Number.MIN_VALUE);
  const byId = new Map<string, Candidate>();
  const add = ({ key, ord }: ChunkId, similarity: number, words: number) => {
    const places = placesOf(key);
    if (places.length === 0 || byId.has(`${key}:${ord}`) || !isOther({ key, ord })) return;
    const vector = scores ? vectorShare * Math.max(0, similarity) : 0;
    const shares = { vector, words: scores ? (1 - vectorShare) * words : words };
    const score = shares.vector + shares.words;
    byId.set(`${key}:${ord}`, { key, ord, family, places, similarity, words, shares, score });
  };
  const found = scores?.of([...new Set(hits.map(({ key }) => key))]).flatMap(({ nearest }) => nearest) ?? [];
  const similarities = new Map(found.map(({ key, ord, similarity }) => [`${key}:${ord}`, similarity]));
  for (const hit of hits) add(hit, similarities.get(`${hit.key}:${hit.ord}`) ?? 0, hit.score / most);
  const isWanted = (key: string) => placesOf(key).length > 0;
  const near = scores?.nearest(nearest, isWanted) ?? [];
  for (const hit of near) add(hit, hit.similarity, 0);
  return kinds ? ofKinds(family, [...byId.values()], kinds) : [...byId.values()];
}

/** Null where vectors are off, or of another model than the source's. */
async function scanOf(
  family: SearchFamily,
  source: Source,
  vector: Float32Array | null,
  likely: number,
): Promise<VectorScores | null> {
  if (!vector || !family.vectors || family.vectors.store.id !== source.family.vectors?.store.id) return null;
  return family.vectors.store.scan(vector, likely);
}

function placesIn({ repos }: SearchFamily, key: string, { languages, wanted }: Plan): Place[] {
  return repos.flatMap((repo) =>
    repo
      .pathsOf(key)
      .filter((path) => !wanted || wanted(path))
      .filter((path) => !languages || languages.includes(repo.files.get(path)?.language ?? ''))
      .map((path) => ({ repo, path })),
  );
}

async function ofKinds(
  family: SearchFamily,
  candidates: Candidate[],
  kinds: readonly string[],
): Promise<Candidate[]> {
  const chunks = await family.store.chunksOf([...new Set(candidates.map(({ key }) => key))]);
  const fitting = new Set(
    chunks.filter(({ kind }) => kinds.includes(kind)).map(({ key, ord }) => `${key}:${ord}`),
  );
  return candidates.filter(({ key, ord }) => fitting.has(`${key}:${ord}`));
}

/** Best first; of each content the best chunk only, unless all are wanted. */
function ranked(candidates: readonly Candidate[], all: boolean): Candidate[] {
  const seen = new Set<string>();
  return candidates
    .toSorted((a, b) => b.score - a.score || (a.key < b.key ? -1 : a.key > b.key ? 1 : a.ord - b.ord))
    .filter(({ key, ord }) => {
      const id = all ? `${key}:${ord}` : key;
      if (seen.has(id)) return false;
      seen.add(id);
      return true;
    });
}

async function hitsOf(candidates: Candidate[], plan: Plan, params: RelatedParams): Promise<SearchHit[]> {
  const own = new Set(plan.source.rows.map(({ text }) => text));
  const terms = new Set(plan.terms);
  const hits: SearchHit[] = [];
  // Copies of the source are left out once their text is known, so more are looked at than are wanted.
  for (let at = 0; at < candidates.length && hits.length < plan.limit; at += plan.limit) {
    const part = candidates.slice(at, at + plan.limit);
    const rows = await rowsOf(part);
    for (const candidate of part) {
      const row = rows.get(candidate);
      if (row && !own.has(row.text) && hits.length < plan.limit) {
        hits.push(hitOf(candidate, row, terms, params));
      }
    }
  }
  return hits;
}

async function rowsOf(candidates: readonly Candidate[]): Promise<Map<Candidate, ChunkRow>> {
  const found = new Map<Candidate, ChunkRow>();
  for (const family of new Set(candidates.map((candidate) => candidate.family))) {
    const wanted = candidates.filter((candidate) => candidate.family === family);
    const byId = new Map((await family.store.fetch(wanted)).map((row) => [`${row.key}:${row.ord}`, row]));
    for (const candidate of wanted) {
      const row = byId.get(`${candidate.key}:${candidate.ord}`);
      if (row) found.set(candidate, row);
    }
  }
  return found;
}

function hitOf(
  candidate: Candidate,
  row: ChunkRow,
  terms: ReadonlySet<string>,
  { snippetLines = defaultSnippetLines, explain }: RelatedParams,
): SearchHit {
  const places = candidate.places as [Place, ...Place[]];
  const hit = searchHit(places, row, candidate.score, snippetOf(row, terms, snippetLines));
  return explain ? { ...hit, evidence: evidenceOf(candidate, row, terms) } : hit;
}

function evidenceOf(
  { similarity, words, shares }: Candidate,
  row: ChunkRow,
  terms: ReadonlySet<string>,
): Evidence[] {
  const matched = [...new Set(row.terms.split(' '))].filter((term) => terms.has(term));
  return [
    { signal: 'vector', value: similarity, share: shares.vector },
    { signal: 'text', value: words, share: shares.words, terms: matched },
  ];
}
