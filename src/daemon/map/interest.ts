import { isAbsolute, relative } from 'node:path';
import type { Contents } from '../graph/contents.js';
import type { Interest } from './ranked.js';
import type { ReferenceGraph } from './reference-graph.js';

/** What the words of a request were found to name. */
export interface Named {
  /** Files by number. */
  files: Set<number>;
  /** Names by number, with the factor for what refers to them. */
  names: Map<number, number>;
  /** Texts of those that were given as they are. */
  exact: string[];
  unknown: string[];
}

/** Of a walk with a focus, the share that begins there. */
const focused = 0.9;
/** Aider's factor for identifiers that were mentioned. */
const mentioned = 10;
/** Names that have a word of the question among theirs. */
const alike = 3;
const shortestWord = 4;
const namesPerStep = 2_000;
/** Words that are part of more names than this tell nothing. */
const mostAlike = 200;

/** Finds out which files and names texts stand for: paths, names, or words. Pure; yields often. */
export function* nameIn(
  graph: ReferenceGraph,
  { names }: Contents,
  { root, focus }: { root: string; focus: readonly string[] },
): Generator<void, Named> {
  const found: Named = { files: new Set(), names: new Map(), exact: [], unknown: [] };
  if (focus.length === 0) return found;
  const defined = new Set<number>();
  for (const [slot, name] of graph.slotNames.entries()) {
    defined.add(name);
    if (slot % namesPerStep === 0) yield;
  }
  for (const text of focus) {
    const below = filesAt(graph, pathIn(root, text));
    for (const file of below) found.files.add(file);
    const name = names.find(text.split(/::|[.#\\/]/).at(-1) ?? '');
    const isName = defined.has(name) && name > 0;
    if (isName) {
      found.names.set(name, mentioned);
      found.exact.push(names.text(name));
    }
    if (below.length > 0 || isName) continue;
    if (!(yield* addWords(found, text, graph, names, defined))) found.unknown.push(text);
    yield;
  }
  return found;
}

/** The path from the root, without a slash at its end. */
export function pathIn(root: string, text: string): string {
  return (isAbsolute(text) ? relative(root, text) : text).replace(/^\.\//, '').replace(/\/+$/, '');
}

/** The files at a path, or below it; "" and "." are all. */
export function filesAt({ files }: ReferenceGraph, path: string): number[] {
  if (path === '' || path === '.') return files.map((_file, at) => at);
  const found: number[] = [];
  for (const [at, file] of files.entries()) {
    if (file.path === path || (file.path.startsWith(path) && file.path[path.length] === '/')) found.push(at);
  }
  return found;
}

function* addWords(
  found: Named,
  text: string,
  graph: ReferenceGraph,
  names: Contents['names'],
  defined: ReadonlySet<number>,
): Generator<void, boolean> {
  let any = false;
  for (const word of new Set(text.match(/[\p{L}\p{N}_$]+/gu) ?? [])) {
    const exact = names.find(word);
    if (exact > 0 && defined.has(exact) && /[A-Z_]|\d/.test(word.slice(1))) {
      found.names.set(exact, mentioned);
      found.exact.push(word);
      any = true;
    } else if (word.length >= shortestWord)
      any = (yield* addAlike(found, word.toLowerCase(), graph, names, defined)) || any;
  }
  return any;
}

function* addAlike(
  found: Named,
  word: string,
  { files }: ReferenceGraph,
  names: Contents['names'],
  defined: ReadonlySet<number>,
): Generator<void, boolean> {
  const stem = word.replace(/(?:ing|ed|s)$/, '');
  const wanted = stem.length >= shortestWord ? stem : word;
  const hits: number[] = [];
  let seen = 0;
  for (const name of defined) {
    if (names.text(name).toLowerCase().includes(wanted)) hits.push(name);
    if (++seen % namesPerStep === 0) yield;
  }
  if (hits.length <= mostAlike)
    for (const name of hits) found.names.set(name, Math.max(alike, found.names.get(name) ?? 0));
  const paths: number[] = [];
  for (const [at, { path }] of files.entries()) {
    if (
      path
        .slice(path.lastIndexOf('/') + 1)
        .toLowerCase()
        .includes(wanted)
    )
      paths.push(at);
  }
  if (paths.length <= mostAlike) for (const at of paths) found.files.add(at);
  return hits.length + paths.length > 0;
}

/** The interest that follows: where nothing is named, all of the repository. Pure. */
export function interestIn(
  graph: ReferenceGraph,
  { files, names }: Pick<Named, 'files' | 'names'>,
): Interest {
  const teleport = graph.besides;
  const focus = new Float32Array(teleport.length);
  for (const file of files) focus[file] = (focus[file] ?? 0) + 1;
  const exact = [...names].filter(([, factor]) => factor === mentioned);
  for (const [name] of exact) {
    const at = slotsOf(graph, name);
    for (const slot of at) {
      const file = graph.slotFiles[slot] ?? 0;
      focus[file] = (focus[file] ?? 0) + 1 / at.length;
    }
  }
  const [all, some] = [sumOf(teleport), sumOf(focus)];
  if (some === 0) return { teleport, names, worth: graph.besides };
  const mixed = teleport.map(
    (one, at) => ((1 - focused) * one) / (all || 1) + (focused * (focus[at] ?? 0)) / some,
  );
  const worth = graph.besides.map((one, at) => ((focus[at] ?? 0) > 0 ? 1 : one));
  return { teleport: mixed, names, worth };
}

function slotsOf({ slotNames }: ReferenceGraph, name: number): number[] {
  const found: number[] = [];
  for (let at = slotNames.indexOf(name); at >= 0; at = slotNames.indexOf(name, at + 1)) found.push(at);
  return found;
}

function sumOf(all: Float32Array): number {
  return all.reduce((sum, one) => sum + one, 0);
}
