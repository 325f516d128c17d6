import { LcadError } from '../../shared/errors.js';
import type { Contents } from './contents.js';
import { type Definition, isTarget, type Place, preferred, type Resolution } from './definition.js';
import type { GraphView } from './graph-view.js';
import { lastPart } from './members.js';
import { referencesOn } from './references-on.js';
import type { RepoGraph } from './repo-graph.js';

/** What a place or a name means. */
export interface Found {
  targets: readonly Definition[];
  /** Null: the place is that of the definition itself, or it was asked for by name. */
  confidence: Resolution['confidence'] | null;
}

const mostNear = 5;

/** A name with what stands before it, as people write it: `Scope.name`, `a::b`, `A#b`. */
export function partsOfName(written: string): { scope: string[]; name: string } {
  const parts = written.split(/::|[.#\\/]/).filter((part) => part !== '');
  const name = parts.pop() ?? written;
  return { scope: parts, name };
}

/**
 * The definitions of a name, with what stands before it in their scopes. Upper and lower case count, unless nothing is
 * found so.
 * @throws SYMBOL_UNKNOWN with names that are alike
 */
export function byName(view: GraphView, repos: readonly RepoGraph[], written: string): Found {
  const { scope, name } = partsOfName(written);
  const { contents } = view;
  const exact = contents.names.find(name);
  const found = exact < 0 ? [] : definitionsOf(contents, repos, exact, scope);
  if (found.length > 0) return { targets: preferred(found), confidence: null };
  const lower = name.toLowerCase();
  const loose: Definition[] = [];
  for (const id of contents.definedNames()) {
    if (contents.names.text(id).toLowerCase() === lower)
      loose.push(...definitionsOf(contents, repos, id, scope));
  }
  if (loose.length > 0) return { targets: preferred(loose), confidence: null };
  const near = namesNear(view, repos, name);
  const next =
    near.length > 0
      ? `Names that are alike: ${near.join(', ')}.`
      : '`lcad symbols` finds names by their parts.';
  throw new LcadError('SYMBOL_UNKNOWN', `Nothing is defined as ${written}.`, { next, details: { near } });
}

/** Definitions of a name in some repositories, in order of repositories and paths. */
export function definitionsOf(
  contents: Contents,
  repos: readonly RepoGraph[],
  name: number,
  scope: readonly string[] = [],
): Definition[] {
  const found: Definition[] = [];
  for (const content of contents.defining(name)) {
    const fitting = content
      .defining(name)
      .filter((index) => isTarget(content.kind(index)))
      .filter((index) => endsWith(contents.names.text(content.scope(index)), scope));
    if (fitting.length === 0) continue;
    for (const repo of repos) {
      for (const path of repo.pathsOf(content)) {
        found.push(...fitting.map((index) => ({ repo, path, content, index })));
      }
    }
  }
  return found.length < 2 ? found : found.sort(byPlace);
}

function byPlace(a: Definition, b: Definition): number {
  const [rootA, rootB] = [a.repo.repo.root, b.repo.repo.root];
  if (rootA !== rootB) return rootA < rootB ? -1 : 1;
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return a.index - b.index;
}

function endsWith(scope: string, wanted: readonly string[]): boolean {
  if (wanted.length === 0) return true;
  const parts = scope.split(/::|[.#\\/]/);
  return wanted.every((part, at) => parts[parts.length - wanted.length + at] === part);
}

/** Defined names that are like a name: by the pairs of letters that they share (Dice's coefficient). */
function namesNear({ contents }: GraphView, repos: readonly RepoGraph[], name: string): string[] {
  const wanted = pairsOf(name);
  const scored: { id: number; score: number }[] = [];
  for (const id of contents.definedNames()) {
    const text = contents.names.text(id);
    if (text.length < 2 || text.length > name.length * 3) continue;
    const pairs = pairsOf(text);
    let shared = 0;
    for (const pair of pairs) if (wanted.has(pair)) shared++;
    const score = (2 * shared) / (pairs.size + wanted.size || 1);
    if (score > 0.5) scored.push({ id, score });
  }
  return scored
    .sort((a, b) => b.score - a.score || a.id - b.id)
    .filter(({ id }) => definitionsOf(contents, repos, id).length > 0)
    .slice(0, mostNear)
    .map(({ id }) => contents.names.text(id));
}

function pairsOf(name: string): Set<string> {
  const lower = name.toLowerCase();
  const pairs = new Set<string>();
  for (let at = 0; at + 1 < lower.length; at++) pairs.add(lower.slice(at, at + 2));
  return pairs;
}

/**
 * What stands at a place of a file.
 * @param column from 0; undefined: what the line defines, or else the one thing that it refers to and is known
 */
export function atPlace(
  view: GraphView,
  place: Place,
  line: number,
  column: number | undefined,
): Found | null {
  const { repo, path, content } = place;
  const { names } = view.contents;
  const here = (from: number, id: number) =>
    column === undefined || (column >= from && column <= from + lastPart(names.text(id)).length);
  for (let index = 0; index < content.definitionCount; index++) {
    if (content.line(index) !== line || !isTarget(content.kind(index))) continue;
    if (here(content.column(index), content.name(index)))
      return { targets: [{ repo, path, content, index }], confidence: null };
  }
  for (const at of referencesOn(content, line, line)) {
    if (!here(content.referenceColumn(at), content.referenceName(at))) continue;
    const found = view.linker.resolve(place, at);
    if (found) return found;
  }
  return null;
}

/** The innermost definition around a line; null if there is none. */
export function around({ repo, path, content }: Place, line: number): Definition | null {
  let best = -1;
  for (let index = 0; index < content.definitionCount; index++) {
    const inside = content.startLine(index) <= line && line <= content.endLine(index);
    if (inside && isTarget(content.kind(index))) best = index;
  }
  return best < 0 ? null : { repo, path, content, index: best };
}
