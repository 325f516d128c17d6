import type { ReferenceKind } from '../../workers/outline/contract.js';
import type { Content } from '../graph/content.js';
import { type Confidence, lessSure } from '../graph/contract.js';
import { type Definition, hasMembers, idOf, isTarget, type Place } from '../graph/definition.js';
import { importersOf } from '../graph/dependencies.js';
import type { GraphView } from '../graph/graph-view.js';
import { candidatesFor } from '../graph/references.js';
import type { RepoGraph } from '../graph/repo-graph.js';
import { Overrides } from './overrides.js';
import { chained } from './score.js';

/** How code depends on what is before it in its chain. */
interface Link {
  kind: ReferenceKind;
  /** Where it refers to it, in its own file. */
  line: number;
  confidence: Confidence;
}

/** Code that a change reaches; `distance` 0: what is changed. */
export interface Reached {
  id: string;
  place: Place;
  /** Index of the definition, or -1: the top of the file, or all of it. */
  index: number;
  distance: number;
  /** What it depends on, one step nearer to the change; null for what is changed. */
  from: Reached | null;
  link: Link | null;
  /** Product over the chain, and its weakest link. */
  sure: number;
  weakest: Confidence;
  /** References to what it depends on. */
  references: number;
  /** Ids of what is changed that it refers to itself. */
  changes: Set<string>;
}

/** A walk as far as it got. */
export interface Walk {
  reached: Reached[];
  /** Why it ended early; null: it did not. */
  cut: 'nodes' | 'time' | null;
  /** Ids of code that is left out, for only unsure chains of several steps lead to it. What depends on it is not known. */
  unsure: ReadonlySet<string>;
}

export interface WalkOptions {
  view: GraphView;
  /** Where to look. */
  repos: readonly RepoGraph[];
  depth: number;
  mostNodes: number;
  /** Milliseconds. */
  budgetMs: number;
}

/**
 * Chains of several steps that are less sure are left out: those with two names that may mean something else, one of them
 * of several definitions. Most of what they lead to has nothing to do with the change.
 */
const leastSure = 0.2;
const referencesPerStep = 50;
/** References of one name that are looked at. */
const mostOfOneName = 50_000;
const constructors = new Set(['constructor', '__init__', '__new__', '__construct', 'initialize', 'init']);

/** A definition as a beginning. */
export function seedOf({ repo, path, content, index }: Definition): Reached {
  return beginning({ repo, path, content }, index);
}

/** A file as a beginning: what imports it depends on it. */
export function fileSeed(place: Place): Reached {
  return beginning(place, -1);
}

function beginning(place: Place, index: number): Reached {
  return {
    id: idOf({ ...place, index }),
    place,
    index,
    distance: 0,
    from: null,
    link: null,
    sure: 1,
    weakest: 'same-scope',
    references: 0,
    changes: new Set(),
  };
}

/**
 * What depends on some beginnings, step by step: whatever refers to a definition, then what refers to that. A name that
 * an import brings in counts for its file only if nothing else there is reached. Yields often.
 */
export function* walk(seeds: readonly Reached[], options: WalkOptions): Generator<void, Walk> {
  const until = performance.now() + options.budgetMs;
  const known = new Map(seeds.map((seed) => [seed.id, seed]));
  const unsure = new Set<string>();
  let frontier = [...known.values()];
  let cut: Walk['cut'] = null;
  for (let distance = 1; distance <= options.depth && frontier.length > 0 && cut === null; distance++) {
    const next = new Map<string, Reached>();
    for (const found of stepsFrom(frontier, options)) {
      yield;
      if (found !== null) add(found, distance, { known, next, unsure });
      if (known.size + next.size > options.mostNodes + seeds.length) cut = 'nodes';
      else if (performance.now() > until) cut = 'time';
      if (cut !== null) break;
    }
    for (const [id, one] of next) known.set(id, one);
    // Code at the top of a file is used by nobody.
    frontier = [...next.values()].filter(({ index }) => index >= 0);
  }
  for (const id of known.keys()) unsure.delete(id);
  const reached = withoutBareImports([...known.values()].filter((one) => one.distance > 0));
  return { reached, cut, unsure };
}

/** One reference: what it stands in, and what it leads to. */
interface Found {
  place: Place;
  index: number;
  from: Reached;
  link: Link;
}

interface Steps {
  known: ReadonlyMap<string, Reached>;
  next: Map<string, Reached>;
  unsure: Set<string>;
}

function add(found: Found, distance: number, { known, next, unsure }: Steps): void {
  const { place, index, from, link } = found;
  const id = idOf({ ...place, index });
  if (known.has(id)) return;
  const sure = chained(from.sure, link.confidence);
  if (distance > 1 && sure < leastSure) {
    unsure.add(id);
    return;
  }
  const before = next.get(id);
  const changes = before?.changes ?? new Set<string>();
  if (distance === 1) changes.add(from.id);
  if (before) before.references++;
  if (before && before.sure >= sure) return;
  const weakest = lessSure(from.weakest, link.confidence);
  const references = before?.references ?? 1;
  next.set(id, { id, place, index, distance, from, link, sure, weakest, references, changes });
}

/** Null now and then: nothing was found for a while. */
function* stepsFrom(frontier: readonly Reached[], options: WalkOptions): Generator<Found | null> {
  const { view, repos } = options;
  const byName = new Map<number, Wanted>();
  const overrides = new Overrides(view, repos);
  for (const from of frontier) {
    if (from.index < 0) {
      yield* importing(from, options);
      continue;
    }
    want(byName, from.place, from.index, { from, callsOnly: false, isBase: false });
    const type = constructedBy(from, view);
    if (type >= 0) want(byName, from.place, type, { from, callsOnly: true, isBase: false });
    else if (from.distance === 0) yield* overridersOf(from, overrides, byName);
  }
  for (const wanted of byName.values()) yield* referring(wanted, options);
}

/**
 * What a changed method does to others by inheritance: those that take its place have to fit it, and calls of those
 * whose place it takes may come to it.
 */
function* overridersOf(
  from: Reached,
  overrides: Overrides,
  byName: Map<number, Wanted>,
): Generator<Found | null> {
  const method = { ...from.place, index: from.index };
  for (const { index, ...place } of overrides.overridden(method))
    want(byName, place, index, { from, callsOnly: true, isBase: true });
  for (const found of overrides.overriding(method)) {
    if (found === null) {
      yield null;
      continue;
    }
    const { line, confidence } = found;
    const { index, ...place } = found.definition;
    yield { place, index, from, link: { kind: 'inherit', line, confidence } };
  }
}

interface Source {
  from: Reached;
  callsOnly: boolean;
  /** What has the name is what the changed method takes the place of. */
  isBase: boolean;
}

/** Definitions of one name, with what they stand for, by their ids. */
interface Wanted {
  targets: Definition[];
  sources: Map<string, Source>;
}

function want(byName: Map<number, Wanted>, place: Place, index: number, source: Source): void {
  const name = place.content.name(index);
  const wanted: Wanted = byName.get(name) ?? { targets: [], sources: new Map() };
  byName.set(name, wanted);
  const id = idOf({ ...place, index });
  const before = wanted.sources.get(id);
  if (before && (!before.callsOnly || source.isBase)) return;
  wanted.targets.push({ ...place, index });
  wanted.sources.set(id, source);
}

/** The type that a constructor makes, which is what callers name; or -1. */
function constructedBy({ place: { content }, index }: Reached, { contents }: GraphView): number {
  const parent = content.parent(index);
  if (parent < 0 || !hasMembers(content.kind(parent))) return -1;
  const name = content.name(index);
  return name === content.name(parent) || constructors.has(contents.names.text(name)) ? parent : -1;
}

function* referring({ targets, sources }: Wanted, { view, repos }: WalkOptions): Generator<Found | null> {
  let seen = 0;
  for (const { place, at } of candidatesFor(view, targets, repos)) {
    if (++seen > mostOfOneName) return;
    if (seen % referencesPerStep === 0) yield null;
    const resolved = view.linker.resolve(place, at);
    if (!resolved) continue;
    const { content } = place;
    const kind = content.referenceKind(at);
    const index = kind === 'import' ? -1 : dependentAround(place, content.around(at));
    const link: Link = { kind, line: content.referenceLine(at), confidence: resolved.confidence };
    for (const target of resolved.targets) {
      const source = sources.get(idOf(target));
      if (!source || (source.callsOnly && kind !== 'call')) continue;
      const isSelf = target.content === content && target.path === place.path && index >= 0;
      if (isSelf && content.isWithin(index, target.index)) continue;
      const { from, isBase } = source;
      // Of all that have the place, one is called.
      yield { place, index, from, link: isBase ? { ...link, confidence: 'ambiguous' } : link };
    }
  }
}

function* importing(from: Reached, { repos }: WalkOptions): Generator<Found> {
  for (const { repo, path, line, certainty } of importersOf(from.place, repos)) {
    const content = repo.content(path);
    if (!content) continue;
    const confidence = certainty === 'name' ? 'unique-name' : 'imported';
    yield { place: { repo, path, content }, index: -1, from, link: { kind: 'import', line, confidence } };
  }
}

/** The innermost definition that code belongs to, test cases included; -1: the top of the file. */
function dependentAround({ content }: Place, around: number): number {
  let at = around;
  while (at >= 0 && !isDependent(content, at)) at = content.parent(at);
  return at;
}

/** The properties of an interface and of a constructor's parameters are parts of those. */
function isDependent(content: Content, at: number): boolean {
  const kind = content.kind(at);
  const parent = content.parent(at);
  if (kind === 'variable' && parent >= 0) return !wholes.has(content.kind(parent));
  return isTarget(kind) || kind === 'test';
}

const wholes: ReadonlySet<string> = new Set(['interface', 'method', 'function']);

function withoutBareImports(all: readonly Reached[]): Reached[] {
  const file = ({ place: { repo, path } }: Reached) => `${repo.id}\n${path}`;
  const isBare = ({ index, link }: Reached) => index < 0 && link?.kind === 'import';
  const reached = new Set(all.filter((one) => !isBare(one)).map(file));
  return all.filter((one) => !isBare(one) || !reached.has(file(one)));
}
