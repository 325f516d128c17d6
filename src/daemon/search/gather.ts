import type { TermCounts, TextHit, TextQuery, VectorHit, VectorScores } from '../store/contract.js';
import { type Candidate, CandidateSet, type Place } from './candidates.js';
import type { SearchableRepo, SearchFamily, VectorSource } from './contract.js';
import { fewChunks, scoreRows } from './narrow.js';
import type { PathIndex } from './path-index.js';
import type { SearchPlan } from './plan.js';

/** What one family has for a query. */
export interface Gathered {
  family: SearchFamily;
  candidates: Candidate[];
  counts: TermCounts;
  /** Null if vectors did not take part. */
  vectors: Compared | null;
}

/** A query compared with all vectors of a family. */
export interface Compared {
  source: VectorSource;
  query: Float32Array;
  scores: VectorScores;
}

/** Chunks to ask for at first: enough for the three best chunks of some forty files. */
const firstChunks = 240;
/** Several families share that number, as their results share one reply; each still gives so many. */
const fewestChunks = 60;
/** Fewer hits than these, or fewer files than results are wanted, are too few. */
const fewestHits = 40;
/** Where filters or content that is gone leave too few, the next request asks for this many times more. */
const growth = 6;
const mostChunks = 20_000;
/** If the filters leave no more chunks than this, they are read and scored here. */
const fewEnough = 1_500;
const namedChunks = 60;
/** Contents by path, shared and bounded below in the same way. */
const pathHits = 40;
const fewestPaths = 15;
/** Chunks by meaning, shared and bounded below in the same way. */
const nearChunks = 160;
const fewestNear = 40;
/** Files with the same content beyond this many do not compete for the first place. */
const mostPlaces = 200;

/** Asks all signals of one family at the same time. @throws the signal's reason; whatever the store throws */
export async function gather(
  family: SearchFamily,
  plan: SearchPlan,
  indexOf: (repo: SearchableRepo) => PathIndex,
  vector: Promise<Float32Array | null> | null,
  signal: AbortSignal,
  families: number,
): Promise<Gathered> {
  const placesOf = placesFinder(family, plan);
  const set = new CandidateSet(family, placesOf, ({ repo, path }) => indexOf(repo).wordsOf(path));
  const wanted = (key: string) => placesOf(key).length > 0;
  const ask = { family, plan, wanted, signal, families };
  const [text, named, near, counts] = await Promise.all([
    plan.text.terms.length === 0 ? [] : liveText(ask),
    asksForName(plan) ? liveNamed(ask) : [],
    nearest(ask, vector),
    family.store.termCounts(),
    ...family.repos.map((repo) => indexOf(repo).refresh(repo.published ?? repo)),
  ] as const);
  signal.throwIfAborted();
  set.addText(text);
  set.addNamed(named);
  for (const repo of family.repos) addPaths(set, repo, indexOf(repo), ask);
  set.addNear(near?.hits ?? []);
  return { family, candidates: set.all, counts, vectors: near?.compared ?? null };
}

/** A query that writes an identifier, or is a single word. In others, text finds the definitions as well. */
function asksForName({ text: { words } }: SearchPlan): boolean {
  return words.length === 1 || words.some(({ identifier }) => identifier);
}

/**
 * A query of names, or of one word, asks where that is. What is merely near in meaning is no answer, least of all where
 * the word is nowhere; what has the word is still compared by meaning.
 */
function asksForWords({ text: { words } }: SearchPlan): boolean {
  return words.length === 1 || words.every(({ identifier }) => identifier);
}

interface Ask {
  family: SearchFamily;
  plan: SearchPlan;
  wanted: (key: string) => boolean;
  signal: AbortSignal;
  /** How many families are asked. */
  families: number;
}

/** Finds the wanted places of a content, remembering them for this query. */
function placesFinder({ repos }: SearchFamily, { wanted, languages }: SearchPlan): (key: string) => Place[] {
  const known = new Map<string, Place[]>();
  const isWanted = (repo: SearchableRepo, path: string) =>
    (!wanted || wanted(path)) && (!languages || languages.includes(repo.files.get(path)?.language ?? ''));
  return (key) => {
    const before = known.get(key);
    if (before) return before;
    const places: Place[] = [];
    for (const repo of repos) {
      for (const path of repo.pathsOf(key)) {
        if (places.length >= mostPlaces) break;
        if (isWanted(repo, path)) places.push({ repo, path });
      }
    }
    known.set(key, places);
    return places;
  };
}

function textQuery({ plan }: Ask, column: TextQuery['column'], limit: number): TextQuery {
  return {
    terms: column === 'terms' ? plan.text.terms : plan.text.names,
    column,
    limit,
    ...(plan.languages ? { languages: plan.languages } : {}),
    ...(plan.kinds ? { kinds: plan.kinds } : {}),
  };
}

/** Chunks by their words; asks for more while what is found is gone or unwanted and the store has more. */
async function liveText(ask: Ask): Promise<TextHit[]> {
  const { family, plan, wanted, signal, families } = ask;
  let limit = Math.max(fewestChunks, Math.ceil(firstChunks / families));
  for (let first = true; ; first = false) {
    const found = await family.store.searchText(textQuery(ask, 'terms', limit));
    signal.throwIfAborted();
    const live = found.filter(({ key }) => wanted(key));
    if (found.length < limit || limit >= mostChunks || isEnough(live, plan.limit)) return live;
    const few = first ? await fewChunks(family, plan, fewEnough) : null;
    if (few) {
      const rows = await family.store.fetch(few);
      return scoreRows(
        plan.kinds ? rows.filter(({ kind }) => plan.kinds?.includes(kind)) : rows,
        plan.text.terms,
      );
    }
    limit = Math.min(mostChunks, limit * growth);
  }
}

function isEnough(hits: readonly TextHit[], files: number): boolean {
  if (hits.length < fewestHits) return false;
  const keys = new Set<string>();
  for (const { key } of hits) {
    keys.add(key);
    if (keys.size >= files) return true;
  }
  return false;
}

async function liveNamed(ask: Ask): Promise<TextHit[]> {
  let limit = namedChunks;
  for (;;) {
    const found = await ask.family.store.searchText(textQuery(ask, 'symbols', limit));
    ask.signal.throwIfAborted();
    const live = found.filter(({ key }) => ask.wanted(key));
    if (live.length >= ask.plan.limit || found.length < limit || limit >= mostChunks) return live;
    limit = Math.min(mostChunks, limit * growth);
  }
}

/** Chunks by meaning, none where words are asked for; null if vectors are off or the query could not be embedded. */
async function nearest(
  ask: Ask,
  vector: Promise<Float32Array | null> | null,
): Promise<{ hits: VectorHit[]; compared: Compared } | null> {
  const { family, plan, wanted, signal, families } = ask;
  const source = family.vectors;
  if (!source || !vector) return null;
  const query = await vector;
  if (!query || query.length !== source.store.dimensions) return null;
  const need = asksForWords(plan)
    ? 0
    : Math.max(fewestNear, Math.ceil(nearChunks / families), plan.limit * 2);
  const scores = await source.store.scan(query, need);
  signal.throwIfAborted();
  const compared = { source, query, scores };
  if (need === 0) return { hits: [], compared };
  for (let limit = need; ; limit *= growth) {
    const found = scores.nearest(limit, wanted);
    const hits = plan.kinds ? await ofKind(family, found, plan.kinds) : found;
    if (hits.length >= need || found.length < limit) return { hits: hits.slice(0, need), compared };
    signal.throwIfAborted();
  }
}

/** Those of some chunks that are of the kinds. */
export async function ofKind(
  { store }: SearchFamily,
  hits: VectorHit[],
  kinds: readonly string[],
): Promise<VectorHit[]> {
  const chunks = await store.chunksOf([...new Set(hits.map(({ key }) => key))]);
  const right = new Set(
    chunks.filter(({ kind }) => kinds.includes(kind)).map(({ key, ord }) => `${key}:${ord}`),
  );
  return hits.filter(({ key, ord }) => right.has(`${key}:${ord}`));
}

/** Paths say nothing of a chunk's kind: with a filter on kinds they only help what was found otherwise. */
function addPaths(
  set: CandidateSet,
  repo: SearchableRepo,
  index: PathIndex,
  { family, plan, families }: Ask,
): void {
  const found = new Set(plan.kinds ? set.all.map(({ key }) => key) : []);
  const isWanted = (path: string): boolean => {
    const file = repo.files.get(path);
    if (!file || file.key === '' || !(family.store.keys.get(file.key) ?? 0)) return false;
    if (plan.languages && !plan.languages.includes(file.language)) return false;
    if (plan.kinds && !found.has(file.key)) return false;
    return !plan.wanted || plan.wanted(path);
  };
  const most = Math.max(fewestPaths, Math.ceil(pathHits / families));
  for (const { path, score } of index.search(plan.text.stems, most, isWanted)) {
    set.addPath(repo.files.get(path)?.key ?? '', { repo, path }, score);
  }
}
