import type { SearchHit } from '../../protocol/search.js';
import type { ChunkRow } from '../../workers/chunk-rows.js';
import type { Place } from './candidates.js';
import { evidenceOf } from './explain.js';
import type { Weights } from './model.js';
import type { SearchPlan } from './plan.js';
import { allChunks, bestChunks, type RankedChunk, type RankedFile } from './rank.js';
import type { Scale } from './scale.js';
import { snippetOf } from './snippet.js';

/** Files in their order, and what put them there. */
export interface Ranking {
  scale: Scale;
  files: RankedFile[];
  weights: Weights;
}

/** Rows fetched beyond those wanted, to make up for chunks that are gone or the same as others. */
const spareRows = 2;

/** A result with all places where its lines are. */
interface Found {
  chunk: RankedChunk;
  row: ChunkRow;
  places: Place[];
}

/**
 * The results: the best chunk of each file, or with `plan.all` further ones too. Chunks with the very same text
 * (worktrees, vendored copies) are one result, whose place is the best one's.
 */
export async function resultsOf(plan: SearchPlan, ranking: Ranking): Promise<SearchHit[]> {
  const { files, scale, weights } = ranking;
  const chunks = plan.all ? allChunks(files, scale).values() : bestChunks(files, scale);
  const byText = new Map<string, Found>();
  for (;;) {
    const wanted = plan.limit - byText.size;
    const part = wanted > 0 ? take(chunks, wanted + spareRows) : [];
    if (part.length === 0) break;
    const rows = await fetchRows(part);
    for (const chunk of part) {
      const row = rows.get(idOf(chunk.chunk.key, chunk.chunk.ord));
      if (row) add(byText, chunk, row, plan.limit);
    }
  }
  const terms = new Set(plan.text.terms);
  return [...byText.values()].flatMap((found) => hitOf(found, plan, terms, weights));
}

/** Up to so many of an iterator, which stays open for more. */
function take<T>(from: Iterator<T>, most: number): T[] {
  const taken: T[] = [];
  while (taken.length < most) {
    const next = from.next();
    if (next.done) break;
    taken.push(next.value);
  }
  return taken;
}

function add(byText: Map<string, Found>, chunk: RankedChunk, row: ChunkRow, limit: number): void {
  const { places } = chunk.file.candidate;
  const same = byText.get(row.text);
  if (!same) {
    if (byText.size < limit) byText.set(row.text, { chunk, row, places: [...places] });
    return;
  }
  if (same.chunk.file === chunk.file) return;
  same.places.push(...places);
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
  { chunk, row, places }: Found,
  plan: SearchPlan,
  terms: ReadonlySet<string>,
  weights: Weights,
): SearchHit[] {
  const [place, ...others] = places;
  if (!place) return [];
  const hit = searchHit([place, ...others], row, chunk.score, snippetOf(row, terms, plan.snippetLines));
  return [plan.explain ? { ...hit, evidence: evidenceOf(chunk, row, plan.text, weights) } : hit];
}

/** A chunk as replies show it. @param places where it is; the first names it */
export function searchHit(
  [place, ...others]: readonly [Place, ...Place[]],
  { startLine, endLine, language, kind, name, scope }: ChunkRow,
  score: number,
  snippet: SearchHit['snippet'],
): SearchHit {
  return {
    repo: place.repo.id,
    root: place.repo.root,
    path: place.path,
    otherPaths: others.map(({ repo, path }) => `${repo.root.replace(/\/$/, '')}/${path}`),
    startLine,
    endLine,
    language,
    kind,
    name,
    scope,
    score,
    snippet,
  };
}
