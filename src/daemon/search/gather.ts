import type { TextHit, TextQuery, VectorHit } from '../store/contract.js';
import { type Candidate, CandidateSet, type Place } from './candidates.js';
import type { SearchableRepo, SearchFamily } from './contract.js';
import { fewChunks, scoreRows } from './narrow.js';
import type { PathIndex } from './path-index.js';
import type { SearchPlan } from './plan.js';

/** What one family has for a query. */
export interface Gathered {
  candidates: Candidate[];
  /** Whether vectors were asked. */
  vectors: boolean;
}

/** Chunks to ask for at first: enough for the three best chunks of some forty files. */
const firstChunks = 240;
/** Several families share that number, as their results share one reply; each still gives so many. */
const fewestChunks = 90;
/** Where filters or content that is gone leave too few, the next request asks for this many times more. */
const growth = 6;
const mostChunks = 20_000;
/** If the filters leave no more chunks than this, they are read and scored here. */
const fewEnough = 1_500;
const namedChunks = 60;
const pathHits = 40;
const nearChunks = 200;
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
  const [text, named, near] = await Promise.all([
    plan.text.terms.length === 0 ? [] : liveText(ask),
    asksForName(plan) ? liveNamed(ask) : [],
    nearest(ask, vector),
    ...family.repos.map((repo) => indexOf(repo).refresh(repo)),
  ] as const);
  signal.throwIfAborted();
  set.addText(text);
  set.addNamed(named);
  set.addNear(near ?? []);
  for (const repo of family.repos) addPaths(set, repo, indexOf(repo), ask);
  return { candidates: set.all, vectors: near !== null };
}

/** A query that writes an identifier, or is a single word. In others, text finds the definitions as well. */
function asksForName({ text: { words } }: SearchPlan): boolean {
  return words.length === 1 || words.some(({ identifier }) => identifier);
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
function placesFinder({ repos }: SearchFamily, { wanted }: SearchPlan): (key: string) => Place[] {
  const known = new Map<string, Place[]>();
  return (key) => {
    const before = known.get(key);
    if (before) return before;
    const places: Place[] = [];
    for (const repo of repos) {
      for (const path of repo.pathsOf(key)) {
        if (places.length >= mostPlaces) break;
        if (!wanted || wanted(path)) places.push({ repo, path });
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
  const need = Math.max(40, plan.limit * 2);
  let limit = Math.max(fewestChunks, Math.ceil(firstChunks / families), need * 2);
  for (let first = true; ; first = false) {
    const found = await family.store.searchText(textQuery(ask, 'terms', limit));
    signal.throwIfAborted();
    const live = found.filter(({ key }) => wanted(key));
    if (live.length >= need || found.length < limit || limit >= mostChunks) return live;
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

/** Chunks by meaning; null if vectors are off or the query could not be embedded. */
async function nearest(ask: Ask, vector: Promise<Float32Array | null> | null): Promise<VectorHit[] | null> {
  const { family, plan, wanted, signal } = ask;
  if (!family.vectors || !vector) return null;
  const embedded = await vector;
  if (!embedded || embedded.length !== family.vectors.store.dimensions) return null;
  const filtered = plan.wanted !== null || plan.languages !== undefined || plan.kinds !== undefined;
  const limit = filtered ? nearChunks * growth : nearChunks;
  const found = await family.vectors.store.search(embedded, limit);
  signal.throwIfAborted();
  const live = found.filter(({ key }) => wanted(key) && hasLanguage(ask, key));
  return plan.kinds ? ofKind(ask, live, plan.kinds) : live;
}

function hasLanguage({ family, plan }: Ask, key: string): boolean {
  if (!plan.languages) return true;
  return family.repos.some((repo) => {
    const path = repo.pathsOf(key)[0];
    const language = path === undefined ? undefined : repo.files.get(path)?.language;
    return language !== undefined && plan.languages?.includes(language);
  });
}

async function ofKind({ family }: Ask, hits: VectorHit[], kinds: readonly string[]): Promise<VectorHit[]> {
  const chunks = await family.store.chunksOf([...new Set(hits.map(({ key }) => key))]);
  const right = new Set(
    chunks.filter(({ kind }) => kinds.includes(kind)).map(({ key, ord }) => `${key}:${ord}`),
  );
  return hits.filter(({ key, ord }) => right.has(`${key}:${ord}`));
}

/** Paths say nothing of a chunk's kind: with a filter on kinds they only help what was found otherwise. */
function addPaths(set: CandidateSet, repo: SearchableRepo, index: PathIndex, { family, plan }: Ask): void {
  const found = new Set(plan.kinds ? set.all.map(({ key }) => key) : []);
  const isWanted = (path: string): boolean => {
    const file = repo.files.get(path);
    if (!file || file.key === '' || !(family.store.keys.get(file.key) ?? 0)) return false;
    if (plan.languages && !plan.languages.includes(file.language)) return false;
    if (plan.kinds && !found.has(file.key)) return false;
    return !plan.wanted || plan.wanted(path);
  };
  for (const { path, score } of index.search(plan.text.stems, pathHits, isWanted)) {
    set.addPath(repo.files.get(path)?.key ?? '', { repo, path }, score);
  }
}
