import { join } from 'node:path';
import type { ContextOmission, ContextParams, ContextResult } from '../../protocol/context.js';
import { LcadError } from '../../shared/errors.js';
import type { GraphView } from '../graph/graph-view.js';
import type { OpenBuffer } from '../overlay/contract.js';
import type { Reranker } from '../rerank/contract.js';
import { orderByScores } from '../rerank/order.js';
import type { SearchableRepo, SearchFamily } from '../search/contract.js';
import { layOver } from '../search/lay-over.js';
import type { Search } from '../search/search.js';
import type { Sources, SourcesReply } from '../sources/contract.js';
import { expand } from './expand.js';
import { fill } from './fill.js';
import { foundRegions } from './found.js';
import { type FilePlace, placeRegions, prefixes } from './place.js';
import { endOf, type Region } from './regions.js';
import { type Hit, type Query, retrieve } from './retrieve.js';
import { FileTexts } from './texts.js';
import type { UnsavedContents } from './unsaved.js';

/** What contexts are made with. */
export interface ContextParts {
  search: Search;
  unsaved: UnsavedContents;
  sources: Sources;
  reranker: Reranker;
  /** Of the configuration; empty: the default. */
  settings(): { template: string; systemText: string };
}

/** What a request is about. */
interface ContextRequest {
  params: ContextParams;
  /** What is searched. */
  families: readonly SearchFamily[];
  /** Everything that is registered. */
  registered: readonly SearchFamily[];
  file: FilePlace | null;
  /** The repository that sources without one mean. */
  repo: SearchableRepo | null;
  /** Null: the graph takes no part. */
  view: GraphView | null;
  /** The client's open text of a file, by its absolute path. */
  buffer(path: string): OpenBuffer | undefined;
  /** All of them, the one last changed first. */
  buffers: readonly OpenBuffer[];
}

/** A reply without what its sender knows best. */
type ContextReply = Omit<ContextResult, 'freshness' | 'tookMs'>;

const defaultTokens = 4000;
const defaultRetrieve = 60;
const defaultFinal = 60;
/** What the results of these count, to 1 of the question itself. */
const variantWeight = 0.7;
const turnWeight = 0.4;
const fileWeight = 0.5;
/** More of an earlier turn is not searched for. */
const mostOfTurn = 2000;
/** What was asked for by name comes before what was found. */
const sourceWorth = 5;
const mostShownOmissions = 50;
/** More text than this of a source cannot fit: long words and indentation take so many characters a token. */
const charsPerToken = 8;

const nothingCollected: SourcesReply = { pieces: [], omissions: [] };

/**
 * The best prompt context for a question that fits a budget: retrieves, expands along the graph, packs and renders.
 * @throws QUERY_EMPTY, BUDGET_TOO_SMALL, FILE_NOT_INDEXED, LINE_NOT_FOUND, what search throws, the signal's reason
 */
export async function buildContext(
  parts: ContextParts,
  request: ContextRequest,
  signal: AbortSignal,
): Promise<ContextReply> {
  const { params, families, registered, view } = request;
  if (params.question.trim() === '') throw new LcadError('QUERY_EMPTY', 'The question is empty.');
  const budget = params.tokens ?? defaultTokens;
  const texts = new FileTexts(registered, request.buffer);
  const place = request.file ? await placeRegions(request.file, view, texts) : { regions: [], cut: null };
  const queries = queriesOf(params, request.file);
  const unsaved = await parts.unsaved.of(request.buffers, registered);
  const searched = layOver(families, unsaved.files);
  const [found, collected] = await Promise.all([
    retrieve(parts.search, searched, queries, filtersOf(params), signal),
    collect(parts.sources, request, budget, signal),
  ]);
  const ranked = await rerank(parts.reranker, params, found.hits, signal);
  const kept = ranked.hits.slice(0, params.nFinal ?? defaultFinal);
  for (const { repo, hit, lines } of kept) {
    if (!texts.unsaved(repo, hit.path)) texts.know(repo, hit.path, hit.startLine, lines);
  }
  const retrieved = foundRegions(kept, found.terms, texts).filter((one) => !isWithin(one, place.regions));
  const repos = reposOf(registered);
  const regions = [...place.regions, ...sourceRegions(collected, repos), ...retrieved];
  await texts.look(regions.flatMap(({ repo, path }) => (repo ? [{ repo, path }] : [])));
  if (view) regions.push(...(await expand(view, regions, repos, texts)));
  signal.throwIfAborted();
  const { template, systemText } = parts.settings();
  const frame = { question: params.question, turns: params.conversation ?? [], budget, template, systemText };
  const { omitted: unfit, ...filled } = fill(regions, texts, frame);
  const omitted = [
    ...cutOf(request.file, place.cut),
    ...unfit,
    ...ranked.hits.slice(kept.length).map(lateOmission),
  ];
  return {
    ...filled,
    omitted: omitted.slice(0, mostShownOmissions),
    omittedTotal: omitted.length,
    omittedSources: [...collected.omissions],
    queries: queries.map(({ text }) => text),
    reranked: ranked.reranked,
    notes: [...found.notes, ...unsaved.notes],
  };
}

function filtersOf({ nRetrieve, paths, languages }: ContextParams) {
  return {
    limit: nRetrieve ?? defaultRetrieve,
    ...(paths ? { paths } : {}),
    ...(languages ? { languages } : {}),
  };
}

/** What is searched for: the question, its variants, what the user said before, and the question in the file. */
function queriesOf(
  { question, variants = [], conversation = [] }: ContextParams,
  file: FilePlace | null,
): Query[] {
  const before = conversation.findLast(({ role }) => role === 'user')?.text.slice(0, mostOfTurn) ?? '';
  const isText = ({ text }: Query) => text.trim() !== '';
  const queries: Query[] = [
    { text: question, weight: 1 },
    ...variants.map((text) => ({ text, weight: variantWeight })),
    { text: before, weight: turnWeight },
  ];
  const distinct = queries.filter(({ text }, at) => queries.findIndex((one) => one.text === text) === at);
  const within = file ? [{ text: question, weight: fileWeight, file }] : [];
  return [...distinct.filter(isText), ...within];
}

async function collect(
  sources: Sources,
  { params, registered, repo, file, buffer }: ContextRequest,
  budget: number,
  signal: AbortSignal,
): Promise<SourcesReply> {
  if (!params.sources || params.sources.length === 0) return nothingCollected;
  return sources.collect(params.sources, {
    repos: registered.flatMap(({ repos }) => repos),
    repo,
    maxChars: budget * charsPerToken,
    query: params.question,
    file: file ? join(file.repo.root, file.path) : null,
    unsaved: (path) => {
      const open = buffer(path);
      return open?.unsaved ? open.text : undefined;
    },
    signal,
  });
}

/** The hits in the order of the provider's scores; those it gave none stay in their order behind. */
async function rerank(
  reranker: Reranker,
  { question, rerank: wanted }: ContextParams,
  hits: readonly Hit[],
  signal: AbortSignal,
): Promise<{ hits: readonly Hit[]; reranked: ContextResult['reranked'] }> {
  if (wanted === false || hits.length === 0 || (wanted === undefined && !reranker.active))
    return { hits, reranked: null };
  const texts = hits.map(({ hit, lines }) => `${hit.path}\n${lines.join('\n')}`);
  const reply = await reranker.rerank(question, texts, { signal });
  if (!reply.ok) return { hits, reranked: { used: false, by: reply.reason } };
  const { scores, by } = reply.answer;
  // Providers score in scales of their own: what is shown is the score that the place had.
  const sorted = orderByScores(scores).flatMap((from, to) => {
    const one = hits[from];
    return one ? [{ ...one, score: hits[to]?.score ?? 0 }] : [];
  });
  return { hits: sorted, reranked: { used: true, by } };
}

/** What sources gave, with its lines if it is of a file; what is about a file, as a diff is, has none of its own. */
function sourceRegions({ pieces }: SourcesReply, repos: ReadonlyMap<string, SearchableRepo>): Region[] {
  return pieces.map((piece) => {
    const { title, source, path, startLine, text, trusted, language } = piece;
    const repo =
      (piece.repo !== null && piece.kind === 'file' && path !== null && repos.get(piece.repo)) || null;
    const lines = text.replace(/\n$/, '').split(/\r\n|\n/);
    const first = repo ? (startLine ?? 1) : 1;
    return {
      repo,
      path: repo && path !== null ? path : title,
      language,
      kind: '',
      name: '',
      startLine: first,
      lines,
      why: { reason: 'source' as const, of: source },
      score: 1,
      sizes: prefixes(first, lines.length, sourceWorth),
      needs: null,
      unsaved: false,
      stale: false,
      trusted,
    };
  });
}

function reposOf(families: readonly SearchFamily[]): Map<string, SearchableRepo> {
  return new Map(families.flatMap(({ repos }) => repos.map((repo) => [repo.id, repo] as const)));
}

/** Whether a region lies in one of some others of the same text. */
function isWithin(region: Region, others: readonly Region[]): boolean {
  return others.some(
    (other) =>
      other.repo?.id === region.repo?.id &&
      other.path === region.path &&
      other.unsaved === region.unsaved &&
      other.startLine <= region.startLine &&
      endOf(other) >= endOf(region),
  );
}

function lateOmission({ repo, hit }: Hit): ContextOmission {
  const { path, startLine, endLine } = hit;
  const why = [{ reason: 'retrieved' as const, of: '' }];
  return { repo: repo.id, root: repo.root, path, startLine, endLine, why, omitted: 'limit', tokens: 0 };
}

function cutOf(file: FilePlace | null, cut: { from: number; to: number } | null): ContextOmission[] {
  if (!file || !cut) return [];
  const { repo, path } = file;
  const why = [{ reason: 'selection' as const, of: '' }];
  const place = { repo: repo.id, root: repo.root, path, startLine: cut.from, endLine: cut.to };
  return [{ ...place, why, omitted: 'limit', tokens: 0 }];
}
