import type { ImpactResult } from '../../protocol/impact.js';
import { LcadError } from '../../shared/errors.js';
import { checkLine, symbolOf } from '../graph/answers.js';
import type { GraphFamily } from '../graph/contract.js';
import { type Definition, hasMembers, isTarget, type Place } from '../graph/definition.js';
import { around, byName } from '../graph/find.js';
import type { GraphView } from '../graph/graph-view.js';
import type { RepoGraph } from '../graph/repo-graph.js';
import { inTurns } from '../turns.js';
import { type Affected, report } from './report.js';
import { fileSeed, type Reached, seedOf, type Walk, walk } from './walk.js';

/** What a request looks through, and how far. */
export interface ImpactScope {
  view: GraphView;
  families: readonly GraphFamily[];
  /** Where affected code is looked for. */
  repos: readonly RepoGraph[];
  depth: number;
  limit: number;
}

/** What may change: what has a name, a file, or what is around a line of it. */
export type ImpactSubject = { symbol: string } | { repo: RepoGraph; path: string; line: number | undefined };

export type ImpactAnswer = Omit<ImpactResult, 'freshness' | 'tookMs'>;

/** Affected code that is looked for, and the time that it may take. */
const mostNodes = 3_000;
const budgetMs = 3_000;
const mostSubjects = 20;

/**
 * What a change of a symbol, a file or the code at a line can break.
 * @throws SYMBOL_UNKNOWN, FILE_NOT_INDEXED, LINE_NOT_FOUND, the signal's reason
 */
export async function impactAnswer(
  scope: ImpactScope,
  subject: ImpactSubject,
  signal: AbortSignal,
): Promise<ImpactAnswer> {
  const { view } = scope;
  const { of, seeds, name } = await seedsOf(scope, subject);
  const found = await walkFrom(scope, view, seeds, signal);
  const notes = notesOn(found.cut, found.unsure.size);
  if ('symbol' in subject && of.length > 1)
    notes.push(`${of.length} definitions have this name: all of them are taken.`);
  if (found.reached.length === 0) notes.push(`Nothing that is indexed depends on ${name}.`);
  return {
    of: of.slice(0, mostSubjects).map((one) => symbolOf(view, one)),
    diff: null,
    ...report(
      found.reached.map((one) => ({ view, one })),
      scope.limit,
    ),
    cut: found.cut,
    notes,
  };
}

/** Walks with the limits of one request. */
export function walkFrom(
  { repos, depth }: ImpactScope,
  view: GraphView,
  seeds: readonly Reached[],
  signal: AbortSignal,
): Promise<Walk> {
  const inView = repos.map(({ id }) => view.repos.get(id)).filter((repo) => repo !== undefined);
  return inTurns(walk(seeds, { view, repos: inView, depth, mostNodes, budgetMs }), signal);
}

/** @param unsure how much code is left out because only unsure chains lead to it */
export function notesOn(cut: Walk['cut'], unsure: number): string[] {
  const notes: string[] = [];
  if (unsure > 0)
    notes.push(
      `Left out: ${unsure} more ${unsure === 1 ? 'place' : 'places'}, several steps away by names that may mean something else.`,
    );
  if (cut === null) return notes;
  const why = cut === 'nodes' ? `${mostNodes} places` : `${budgetMs / 1000} s`;
  return [...notes, `The search ended at ${why}: more may be affected. A smaller depth comes to its end.`];
}

async function seedsOf(
  { view, families, repos }: ImpactScope,
  subject: ImpactSubject,
): Promise<{ of: readonly Definition[]; seeds: Reached[]; name: string }> {
  if ('symbol' in subject) {
    const { targets } = byName(view, repos, subject.symbol);
    return { of: targets, seeds: targets.flatMap(withMembers).map(seedOf), name: subject.symbol };
  }
  const { repo, path, line } = subject;
  const file = repo.files.get(path);
  if (!file)
    throw new LcadError('FILE_NOT_INDEXED', `${path} is no file of ${repo.repo.name} that is indexed.`);
  const content = repo.content(path);
  if (!content) {
    throw new LcadError('SYMBOL_UNKNOWN', `No symbols are known of ${path}.`, {
      next: 'Its language is not analysed for symbols.',
    });
  }
  const place = { repo, path, content };
  if (line === undefined) return { of: [], seeds: wholeFile(place), name: path };
  const definition = around(place, line);
  if (definition)
    return { of: [definition], seeds: withMembers(definition).map(seedOf), name: `${path}:${line}` };
  await checkLine(families, repo, path, line);
  throw new LcadError('SYMBOL_UNKNOWN', `Nothing is defined around line ${line} of ${path}.`, {
    next: 'Give a line of a definition, or the file alone.',
  });
}

/** A file with all that it defines. */
export function wholeFile(place: Place): Reached[] {
  const seeds = [fileSeed(place)];
  for (let index = 0; index < place.content.definitionCount; index++) {
    if (isTarget(place.content.kind(index))) seeds.push(seedOf({ ...place, index }));
  }
  return seeds;
}

/** A class with what is in it. */
function withMembers(definition: Definition): Definition[] {
  const { content, index } = definition;
  if (!hasMembers(content.kind(index))) return [definition];
  const found: Definition[] = [];
  for (let at = index; at < content.definitionCount; at++) {
    if (content.isWithin(at, index) && isTarget(content.kind(at))) found.push({ ...definition, index: at });
  }
  return found;
}

/** Results of several walks as one: of code that several reach, the surest, with the changes of all. */
export function merged(all: readonly Affected[]): Affected[] {
  const best = new Map<string, Affected>();
  for (const affected of all) {
    const before = best.get(affected.one.id);
    const changes = new Set([...(before?.one.changes ?? []), ...affected.one.changes]);
    const surest = !before || affected.one.sure > before.one.sure ? affected : before;
    best.set(affected.one.id, { ...surest, one: { ...surest.one, changes } });
  }
  return [...best.values()];
}
