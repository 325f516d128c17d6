import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MapFile, MapResult } from '../../protocol/map.js';
import { LcadError } from '../../shared/errors.js';
import { isTarget } from '../graph/definition.js';
import type { GraphView } from '../graph/graph-view.js';
import type { RepoGraph } from '../graph/repo-graph.js';
import { inTurns } from '../turns.js';
import { bestDefinitions, type Ranked } from './best.js';
import { mostThatFits } from './fit.js';
import { filesAt, interestIn, type Named, nameIn, pathIn } from './interest.js';
import { Declarations, mapText, type Shown, withAround } from './outline-text.js';
import { type Ranks, rank } from './ranked.js';
import { type ReferenceGraph, referenceGraph } from './reference-graph.js';

/** What a map is asked for. */
export interface MapRequest {
  view: GraphView;
  repo: RepoGraph;
  budget: number;
  paths: readonly string[];
  focus: readonly string[];
  /** Files that the client has open, from the root: the map is about them where nothing else is named. */
  open: readonly string[];
  order: 'rank' | 'path';
}

export type MapAnswer = Omit<MapResult, 'freshness' | 'tookMs'>;

interface Known {
  version: string;
  graph: Promise<ReferenceGraph>;
  /** By what the map is about; the one used last is the last. */
  ranks: Map<string, Promise<{ named: Named; ranks: Ranks }>>;
}

const mostRanks = 8;
/** The smallest cost of a symbol: more of them cannot be shown. */
const leastTokens = 3;
const keptMs = 10 * 60_000;

/** Makes maps of repositories, and remembers what they are made of until the repository changes or ten idle minutes passed. */
export class RepoMaps {
  readonly #known = new Map<string, Known>();
  readonly #estimate: (text: string) => number;
  #timer: NodeJS.Timeout | null = null;

  /** @param estimate tokens of a text */
  constructor(estimate: (text: string) => number) {
    this.#estimate = estimate;
  }

  /** Forgets everything. */
  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#known.clear();
  }

  /** Answers to `lcad/map`. @throws FILE_NOT_INDEXED for a path that no file of the repository has */
  async answer(request: MapRequest, signal: AbortSignal): Promise<MapAnswer> {
    this.#keep();
    const known = this.#of(request);
    const graph = await known.graph;
    signal.throwIfAborted();
    const wanted = this.#wanted(graph, request);
    const { named, ranks } = await this.#ranked(known, graph, request);
    signal.throwIfAborted();
    const most = Math.ceil(request.budget / leastTokens);
    const best = bestDefinitions(graph, ranks, most, (file) => wanted === null || wanted.has(file));
    await nextTurn();
    const declarations = new Declarations(request.view.contents.names);
    const shownOf = (count: number) => shown(graph, best.slice(0, count), ranks, request.order);
    const cost = (count: number) => this.#estimate(mapText(shownOf(count), declarations));
    const files = shownOf(mostThatFits(best.length, request.budget, cost));
    const text = mapText(files, declarations);
    const rankOf = new Map(best.map((one) => [`${one.file} ${one.index}`, one.rank]));
    return {
      repo: request.repo.id,
      root: request.repo.repo.root,
      text,
      tokens: text === '' ? 0 : this.#estimate(text),
      budget: request.budget,
      files: files.map((file) => fileOf(file, ranks, { rankOf, names: request.view.contents.names })),
      total: totalOf(graph, wanted),
      focus: { files: named.files.size, names: named.exact, unknown: named.unknown },
      notes: notesOf(request, named, { any: best.length > 0, shown: files.length > 0 }),
    };
  }

  #of({ view, repo }: MapRequest): Known {
    const version = versionOf(repo);
    const before = this.#known.get(repo.id);
    if (before?.version === version) return before;
    const known: Known = {
      version,
      graph: inTurns(referenceGraph(view.contents, repo)),
      ranks: new Map(),
    };
    this.#known.set(repo.id, known);
    known.graph.catch(() => this.#known.delete(repo.id));
    return known;
  }

  #wanted(graph: ReferenceGraph, { repo, paths }: MapRequest): ReadonlySet<number> | null {
    if (paths.length === 0) return null;
    const wanted = new Set<number>();
    for (const path of paths) {
      const below = pathIn(repo.repo.root, path);
      const files = filesAt(graph, below);
      if (files.length === 0) {
        throw new LcadError('FILE_NOT_INDEXED', `No file of ${repo.repo.name} with symbols lies at ${path}.`);
      }
      for (const file of files) wanted.add(file);
    }
    return wanted;
  }

  #ranked(
    known: Known,
    graph: ReferenceGraph,
    { view, repo, focus, open }: MapRequest,
  ): Promise<{ named: Named; ranks: Ranks }> {
    const beginnings = focus.length > 0 ? [] : open;
    const key = JSON.stringify([focus, beginnings]);
    const before = known.ranks.get(key);
    known.ranks.delete(key);
    const made = before ?? make();
    known.ranks.set(key, made);
    made.catch(() => known.ranks.delete(key));
    const [oldest] = known.ranks.keys();
    if (known.ranks.size > mostRanks && oldest !== undefined) known.ranks.delete(oldest);
    return made;

    async function make() {
      const wanted = { root: repo.repo.root, focus };
      const named = await inTurns(nameIn(graph, view.contents, wanted));
      for (const path of beginnings) for (const file of filesAt(graph, path)) named.files.add(file);
      return { named, ranks: await inTurns(rank(graph, interestIn(graph, named))) };
    }
  }

  #keep(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.close(), keptMs).unref();
  }
}

/** Changes with every change of what a map shows. */
function versionOf({ repo, files }: RepoGraph): string {
  let analysed = 0;
  for (const { content } of files.values()) if (content) analysed++;
  return `${repo.epoch} ${repo.generation} ${files.size} ${analysed}`;
}

function shown(
  graph: ReferenceGraph,
  best: readonly Ranked[],
  ranks: Ranks,
  order: 'rank' | 'path',
): Numbered[] {
  const byFile = new Map<number, number[]>();
  for (const { file, index } of best) {
    const indices = byFile.get(file);
    if (indices) indices.push(index);
    else byFile.set(file, [index]);
  }
  // The files are in order of their paths.
  const by = (file: number) => (order === 'rank' ? -(ranks.files[file] ?? 0) : file);
  return [...byFile.keys()]
    .sort((a, b) => by(a) - by(b) || a - b)
    .flatMap((file) => {
      const at = graph.files[file];
      if (!at) return [];
      return { ...at, file, indices: withAround(at.content, byFile.get(file) ?? []) };
    });
}

interface Numbered extends Shown {
  file: number;
}

function fileOf(
  { file, path, content, indices }: Numbered,
  ranks: Ranks,
  { rankOf, names }: { rankOf: ReadonlyMap<string, number>; names: GraphView['contents']['names'] },
): MapFile {
  return {
    path,
    language: content.language,
    rank: ranks.files[file] ?? 0,
    symbols: indices.map((index) => {
      return {
        kind: content.kind(index),
        name: names.text(content.name(index)),
        scope: names.text(content.scope(index)),
        exported: content.exported(index),
        signature: content.texts(index).signature,
        line: content.line(index),
        startLine: content.startLine(index),
        endLine: content.endLine(index),
        rank: rankOf.get(`${file} ${index}`) ?? 0,
      };
    }),
    omitted: symbolsIn({ content }) - indices.length,
  };
}

function symbolsIn({ content }: Pick<Shown, 'content'>): number {
  let count = 0;
  for (let index = 0; index < content.definitionCount; index++) if (isTarget(content.kind(index))) count++;
  return count;
}

function totalOf(
  { files }: ReferenceGraph,
  wanted: ReadonlySet<number> | null,
): { files: number; symbols: number } {
  const all = files.filter((_file, at) => wanted === null || wanted.has(at));
  return { files: all.length, symbols: all.reduce((sum, file) => sum + symbolsIn(file), 0) };
}

function notesOf(
  { repo, budget }: MapRequest,
  { unknown }: Named,
  { any, shown: some }: { any: boolean; shown: boolean },
): string[] {
  const notes = unknown.map((text) => `${text} names no file or symbol of ${repo.repo.name}.`);
  if (!any) notes.push(`No symbols are known in ${repo.repo.name}.`);
  else if (!some) notes.push(`Not even one symbol fits into ${budget} tokens.`);
  return notes;
}
