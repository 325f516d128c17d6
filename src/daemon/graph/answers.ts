import type {
  CodeReference,
  CodeRelation,
  CodeSymbol,
  DefinitionResult,
  DependenciesResult,
  ReferencesResult,
  RelationsResult,
  SymbolsResult,
} from '../../protocol/symbols.js';
import { LcadError } from '../../shared/errors.js';
import type { GraphFamily } from './contract.js';
import type { Definition, Place } from './definition.js';
import { type Importer, importersOf, importsOf } from './dependencies.js';
import { around, atPlace, byName, type Found } from './find.js';
import type { GraphView } from './graph-view.js';
import { firstOf, mostResolved, type Reference, referencesTo } from './references.js';
import { calleesOf, callersIn, type Relation } from './relations.js';
import type { RepoGraph } from './repo-graph.js';
import type { Target } from './resolve/contract.js';
import { type SymbolQuery, searchSymbols } from './symbol-search.js';

/** A reply without what its sender knows best. */
type Answer<R> = Omit<R, 'freshness' | 'tookMs'>;

/** Where and what a request asks for. */
export interface Request {
  view: GraphView;
  families: readonly GraphFamily[];
  /** The repositories that are asked for. */
  repos: readonly RepoGraph[];
  limit: number;
}

/** Where forty results are wanted, three thousand uses of a name are looked at: some three milliseconds. */
const fewestResolved = 3_000;
const resolvedPerResult = 75;

/** How many uses of a name are looked at for so many results. */
const mostFor = (limit: number): number =>
  Math.min(mostResolved, Math.max(fewestResolved, limit * resolvedPerResult));

/** A place in a file of a repository, or a name. */
export type Subject =
  | { symbol: string }
  | { repo: RepoGraph; path: string; line: number; column: number | undefined };

/** Answers to `lcad/symbols`. */
export function symbolsAnswer({ view, repos, limit }: Request, query: SymbolQuery): Answer<SymbolsResult> {
  const found = searchSymbols(view, repos, query);
  const notes = found.length === 0 ? [`Nothing is defined as ${query.name}, or alike.`] : [];
  return { symbols: found.slice(0, limit).map((one) => symbolOf(view, one)), total: found.length, notes };
}

/** Answers to `lcad/definition`. @throws SYMBOL_UNKNOWN, FILE_NOT_INDEXED, LINE_NOT_FOUND */
export async function definitionAnswer(
  request: Request,
  subject: Subject,
): Promise<Answer<DefinitionResult>> {
  const { view, limit } = request;
  const { targets, confidence } = await found(request, subject, false);
  return {
    symbols: targets.slice(0, limit).map((one) => symbolOf(view, one)),
    confidence,
    total: targets.length,
    notes: confidence === 'ambiguous' ? [ambiguousNote(targets)] : [],
  };
}

/** Answers to `lcad/references`. @throws as definitionAnswer */
export async function referencesAnswer(
  request: Request,
  subject: Subject,
): Promise<Answer<ReferencesResult>> {
  const { view, repos, limit } = request;
  const of = await found(request, subject, true);
  const most = mostFor(limit);
  const all = referencesTo(view, of.targets, repos, { most });
  return {
    of: ofSymbols(view, of),
    references: firstOf(all, limit).map((one) => referenceOf(view, one)),
    total: all.count,
    notes: [...notesOf(view, of, all.count, 'refers to'), ...leftOutNotes(view, of, all.leftOut, most)],
  };
}

/** Answers to `lcad/callers`. @throws as definitionAnswer */
export async function callersAnswer(request: Request, subject: Subject): Promise<Answer<RelationsResult>> {
  const { view, repos, limit } = request;
  const of = await found(request, subject, true);
  const most = mostFor(limit);
  const calls = referencesTo(view, of.targets, repos, { kind: 'call', most });
  const { count, first } = callersIn(calls);
  const notes = [...notesOf(view, of, count, 'calls'), ...leftOutNotes(view, of, calls.leftOut, most)];
  return relationsAnswer(request, of, { shown: first(limit), total: count, unknown: 0 }, notes);
}

/** Answers to `lcad/callees`. @throws as definitionAnswer */
export async function calleesAnswer(request: Request, subject: Subject): Promise<Answer<RelationsResult>> {
  const of = await found(request, subject, true);
  const { relations, unknown } = calleesOf(request.view, of.targets);
  const total = relations.length;
  const none = total === 0 ? [`${nameOf(request.view, of)} calls nothing that is known here.`] : [];
  const notes = [...(of.confidence === 'ambiguous' ? [ambiguousNote(of.targets)] : []), ...none];
  return relationsAnswer(request, of, { shown: relations.slice(0, request.limit), total, unknown }, notes);
}

/** Answers to `lcad/dependencies`. @throws FILE_NOT_INDEXED */
export function dependenciesAnswer(
  { view, repos, limit }: Request,
  { repo, path }: { repo: RepoGraph; path: string },
): Answer<DependenciesResult> {
  const file = repo.files.get(path);
  if (!file) throw notIndexed(`${path} is no file of ${repo.repo.name} that is indexed.`);
  const { content } = file;
  const imports = content ? importsOf({ repo, path, content }) : [];
  const importers = importersOf({ repo, path }, repos);
  return {
    of: fileOf(repo, path),
    imports: imports.map(({ target, ...entry }) => ({ ...entry, ...targetOf(view, repo, target) })),
    importedBy: importers.slice(0, limit).map((one) => importerOf(one)),
    total: importers.length,
    notes: content ? [] : [`Imports of ${file.language} files are not known.`],
  };
}

function relationsAnswer(
  { view }: Request,
  of: Found,
  { shown, total, unknown }: { shown: readonly Relation[]; total: number; unknown: number },
  notes: string[],
): Answer<RelationsResult> {
  const relations = shown.map((one) => relationOf(view, one));
  return { of: ofSymbols(view, of), relations, total, unknown, notes };
}

/** @param enclosing what lies around the line will do, if nothing stands there */
async function found(request: Request, subject: Subject, enclosing: boolean): Promise<Found> {
  const { view, families, repos } = request;
  if ('symbol' in subject) return byName(view, repos, subject.symbol);
  const { repo, path, line, column } = subject;
  if (!repo.files.has(path)) throw notIndexed(`${path} is no file of ${repo.repo.name} that is indexed.`);
  const content = repo.content(path);
  const place = content && { repo, path, content };
  const there = place && atPlace(view, place, line, column);
  if (there) return there;
  await checkLine(families, repo, path, line);
  const whole = place && enclosing && column === undefined ? around(place, line) : null;
  if (whole) return { targets: [whole], confidence: null };
  const where = `${path}:${line}${column === undefined ? '' : `:${column + 1}`}`;
  const next = content
    ? 'Give the place of a name, or the name.'
    : 'Its language is not analysed for symbols.';
  throw new LcadError('SYMBOL_UNKNOWN', `No symbol that is known here stands at ${where}.`, { next });
}

/** @throws LINE_NOT_FOUND if the text of a file is known, and ends before a line */
export async function checkLine(
  families: readonly GraphFamily[],
  repo: RepoGraph,
  path: string,
  line: number,
): Promise<void> {
  const key = repo.files.get(path)?.key ?? '';
  const store = families.find(({ repos }) => repos.some(({ id }) => id === repo.id))?.store;
  // Of unsaved text nothing is in the store.
  if (!store?.isWhole(key)) return;
  const last = (await store.chunksOf([key])).at(-1)?.endLine ?? 0;
  if (line <= last + 1) return;
  throw new LcadError('LINE_NOT_FOUND', `${path} has no line ${line}: its text ends at line ${last}.`, {
    details: { last },
  });
}

function notIndexed(message: string): LcadError {
  return new LcadError('FILE_NOT_INDEXED', message);
}

function notesOf(view: GraphView, of: Found, count: number, verb: string): string[] {
  return [
    ...(of.confidence === 'ambiguous' ? [ambiguousNote(of.targets)] : []),
    ...(count === 0 ? [`Nothing that is indexed ${verb} ${nameOf(view, of)}.`] : []),
  ];
}

function leftOutNotes(view: GraphView, of: Found, left: number, most: number): string[] {
  if (left === 0) return [];
  const more = most < mostResolved ? ' A higher limit looks at more of them.' : '';
  return [
    `${nameOf(view, of)} is so common that ${left} of its uses, those farthest from its definition, were left out: ` +
      `there may be more than the total.${more}`,
  ];
}

function ambiguousNote(targets: readonly Definition[]): string {
  return `Which of ${targets.length} definitions of this name is meant cannot be told.`;
}

function nameOf({ contents: { names } }: GraphView, { targets: [first] }: Found): string {
  return first ? names.text(first.content.name(first.index)) : 'It';
}

const mostSubjects = 20;

function ofSymbols(view: GraphView, { targets }: Found): CodeSymbol[] {
  return targets.slice(0, mostSubjects).map((one) => symbolOf(view, one));
}

function fileOf({ repo }: RepoGraph, path: string) {
  return { repo: repo.id, root: repo.root, path };
}

// Written out below: objects that begin with others spread into them outlive several collections of garbage, and a reply
// has hundreds.

export function symbolOf({ contents }: GraphView, { repo, path, content, index }: Definition): CodeSymbol {
  const { signature, doc } = content.texts(index);
  return {
    repo: repo.repo.id,
    root: repo.repo.root,
    path,
    language: content.language,
    kind: content.kind(index),
    name: contents.names.text(content.name(index)),
    scope: contents.names.text(content.scope(index)),
    exported: content.exported(index),
    signature,
    doc,
    line: content.line(index),
    column: content.column(index) + 1,
    startLine: content.startLine(index),
    endLine: content.endLine(index),
  };
}

function referenceOf(view: GraphView, { place, at, confidence }: Reference): CodeReference {
  const { repo, path, content } = place;
  const line = content.referenceLine(at);
  return {
    repo: repo.repo.id,
    root: repo.repo.root,
    path,
    line,
    column: content.referenceColumn(at) + 1,
    kind: content.referenceKind(at),
    confidence,
    text: content.lineText(line),
    within: withinOf(view, place, content.around(at)),
  };
}

function withinOf({ contents: { names } }: GraphView, { content }: Place, index: number) {
  if (index < 0) return null;
  return {
    kind: content.kind(index),
    name: names.text(content.name(index)),
    scope: names.text(content.scope(index)),
    line: content.line(index),
  };
}

function relationOf(view: GraphView, relation: Relation): CodeRelation {
  const { definition, place, confidence, references } = relation;
  const { repo } = place.repo;
  return {
    repo: repo.id,
    root: repo.root,
    path: place.path,
    symbol: definition && symbolOf(view, definition),
    confidence,
    calls: references.map(({ place: { content }, at, confidence: sure }) => ({
      line: content.referenceLine(at),
      column: content.referenceColumn(at) + 1,
      text: content.lineText(content.referenceLine(at)),
      confidence: sure,
    })),
  };
}

function targetOf(view: GraphView, from: RepoGraph, target: Target) {
  const { certainty } = target;
  const none = { files: [], external: null, certainty };
  if (target.kind === 'external') return { ...none, target: 'external' as const, external: target.name };
  if (target.kind === 'unresolved') return { ...none, target: target.why };
  const home = target.kind === 'repo' ? (view.repos.get(target.repo) ?? from) : from;
  return { ...none, target: 'file' as const, files: target.paths.map((path) => fileOf(home, path)) };
}

function importerOf({ repo: { repo }, path, line, specifier, certainty }: Importer) {
  return { repo: repo.id, root: repo.root, path, line, specifier, certainty };
}
