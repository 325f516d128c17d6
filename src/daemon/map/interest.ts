import { isAbsolute, relative } from 'node:path';
import type { Contents } from '../graph/contents.js';
import { pathWords } from '../search/path-words.js';
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

/** Where walks begin without a focus: seldom in what is beside the code itself. */
const besides = { test: 0.1, example: 0.1, compat: 0.3 };
/** Of a walk with a focus, the share that begins there. */
const focused = 0.9;
/** Aider's factor for identifiers that were mentioned. */
const mentioned = 10;
/** Names that have a word of the question among theirs. */
const alike = 3;
const shortestWord = 4;
/** Words that are part of more names than this tell nothing. */
const mostAlike = 200;

/** Finds out which files and names texts stand for: paths, names, or words. Pure. */
export function nameIn(
  graph: ReferenceGraph,
  { names }: Contents,
  { root, focus }: { root: string; focus: readonly string[] },
): Named {
  const found: Named = { files: new Set(), names: new Map(), exact: [], unknown: [] };
  const defined = new Set(graph.slotNames);
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
    if (!addWords(found, text, graph, names, defined)) found.unknown.push(text);
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

function addWords(
  found: Named,
  text: string,
  graph: ReferenceGraph,
  names: Contents['names'],
  defined: ReadonlySet<number>,
): boolean {
  let any = false;
  for (const word of new Set(text.match(/[\p{L}\p{N}_$]+/gu) ?? [])) {
    const exact = names.find(word);
    if (exact > 0 && defined.has(exact) && /[A-Z_]|\d/.test(word.slice(1))) {
      found.names.set(exact, mentioned);
      found.exact.push(word);
      any = true;
    } else if (word.length >= shortestWord)
      any = addAlike(found, word.toLowerCase(), graph, names, defined) || any;
  }
  return any;
}

function addAlike(
  found: Named,
  word: string,
  { files }: ReferenceGraph,
  names: Contents['names'],
  defined: ReadonlySet<number>,
): boolean {
  const stem = word.replace(/(?:ing|ed|s)$/, '');
  const wanted = stem.length >= shortestWord ? stem : word;
  const hits = [...defined].filter((name) => names.text(name).toLowerCase().includes(wanted));
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
  const teleport = Float32Array.from(graph.files, ({ path }) => {
    const { test, example, compat } = pathWords(path);
    return (test ? besides.test : 1) * (example ? besides.example : 1) * (compat ? besides.compat : 1);
  });
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
  if (some === 0) return { teleport, names };
  const mixed = teleport.map(
    (one, at) => ((1 - focused) * one) / (all || 1) + (focused * (focus[at] ?? 0)) / some,
  );
  return { teleport: mixed, names };
}

function slotsOf({ slotNames }: ReferenceGraph, name: number): number[] {
  const found: number[] = [];
  for (let at = slotNames.indexOf(name); at >= 0; at = slotNames.indexOf(name, at + 1)) found.push(at);
  return found;
}

function sumOf(all: Float32Array): number {
  return all.reduce((sum, one) => sum + one, 0);
}
