import { LRUCache } from 'lru-cache';
import type { ReferenceKind } from '../../workers/outline/contract.js';
import type { Content } from './content.js';
import type { Contents } from './contents.js';
import { type Confidence, confidences } from './contract.js';
import { type Definition, idOf, isSame, type Place, type Resolution } from './definition.js';
import type { GraphView } from './graph-view.js';
import { groupOf } from './languages.js';
import { isDefault } from './modules.js';
import type { RepoGraph } from './repo-graph.js';
import { folderOf } from './resolve/paths.js';

/** A reference in a file, and how surely it leads where it is said to. */
export interface Reference {
  place: Place;
  /** Index in the content. */
  at: number;
  confidence: Confidence;
}

/** The references to some definitions. */
export interface References {
  /** By repository and path. */
  readonly files: readonly FileReferences[];
  readonly count: number;
  /** How many of the same name were not looked at, since there are so many; 0: nothing is missing. */
  readonly leftOut: number;
}

/** Those of one file, in order. */
export interface FileReferences {
  readonly place: Place;
  /** Index in the content and confidence in one number each: answers are kept, and may be of thousands. */
  readonly marks: readonly number[];
}

const confidenceBits = 3;

const markOf = (at: number, confidence: Confidence) =>
  (at << confidenceBits) | confidences.indexOf(confidence);

/** The index of a reference in its content. */
export const atOf = (mark: number) => mark >> confidenceBits;

/** How surely a reference leads to where it does: the place of that among `confidences`. */
export const surenessOf = (mark: number) => mark & ((1 << confidenceBits) - 1);

/** A reference of a file by its mark. */
export function referenceAt(place: Place, mark: number): Reference {
  return { place, at: atOf(mark), confidence: confidences[surenessOf(mark)] ?? 'ambiguous' };
}

/** The first references, or all. */
export function firstOf({ files }: References, most = Number.POSITIVE_INFINITY): Reference[] {
  const found: Reference[] = [];
  for (const { place, marks } of files) {
    for (const mark of marks) {
      if (found.length >= most) return found;
      found.push(referenceAt(place, mark));
    }
  }
  return found;
}

/** References in the answers that are kept of one view, for what is asked again and again; some 10 to 30 bytes each. */
const referencesKept = 300_000;

/**
 * References of one name that are resolved for an answer, if it is not said otherwise: those nearest to its definitions.
 * Each takes up to a microsecond, and of a name that is used more often nobody reads them all.
 */
export const mostResolved = 20_000;

/** Which references are wanted. */
export interface Wanted {
  /** Only those of one kind. */
  kind?: ReferenceKind;
  /** References of the same name that are resolved at most. */
  most?: number;
}

interface Answers {
  version: number;
  known: LRUCache<string, References>;
}

const answers = new WeakMap<GraphView, Answers>();

/** The references to definitions in some repositories. */
export function referencesTo(
  view: GraphView,
  targets: readonly Definition[],
  repos: readonly RepoGraph[],
  wanted: Wanted = {},
): References {
  const known = answersOf(view);
  const { kind, most = mostResolved } = wanted;
  const key = [kind, most, ...repos.map(({ id }) => id), '', ...targets.map(idOf)].join('\n');
  const before = known.get(key);
  if (before) return before;
  const found = find(view, targets, repos, { kind, most });
  known.set(key, found);
  return found;
}

function answersOf(view: GraphView): Answers['known'] {
  const { version } = view.contents;
  const before = answers.get(view);
  if (before?.version === version) return before.known;
  const known: Answers['known'] = new LRUCache({
    maxSize: referencesKept,
    sizeCalculation: ({ count }) => count + 1,
  });
  answers.set(view, { version, known });
  return known;
}

/** References of one file that may be meant. */
interface Candidates {
  place: Place;
  ats: readonly number[];
}

function find(
  view: GraphView,
  targets: readonly Definition[],
  repos: readonly RepoGraph[],
  { kind, most }: { kind: ReferenceKind | undefined; most: number },
): References {
  const candidates = [...candidatesIn(view, targets, repos, kind)];
  const named = candidates.reduce((sum, { ats }) => sum + ats.length, 0);
  const leads = leadsTo(targets);
  const files: FileReferences[] = [];
  let [looked, count] = [0, 0];
  for (const { place, ats } of named > most ? nearestFirst(candidates, targets) : candidates) {
    if (looked >= most) break;
    const marks: number[] = [];
    for (const at of ats) {
      if (looked++ >= most) break;
      const resolved = view.linker.resolve(place, at);
      if (resolved && leads(resolved)) marks.push(markOf(at, resolved.confidence));
    }
    count += marks.length;
    if (marks.length > 0) files.push({ place, marks });
  }
  files.sort((a, b) => byPlace(a.place, b.place));
  return { files, count, leftOut: Math.max(0, named - most) };
}

function* candidatesIn(
  view: GraphView,
  targets: readonly Definition[],
  repos: readonly RepoGraph[],
  kind?: ReferenceKind,
): Generator<Candidates> {
  const groups = new Set(targets.map(({ content }) => groupOf(content.language)));
  for (const [content, names] of contentsReferring(view, targets)) {
    if (!groups.has(groupOf(content.language))) continue;
    const all = names.length > 1 ? names.flatMap((name) => content.referring(name)) : null;
    const named = all ? all.sort((a, b) => a - b) : content.referring(names[0] ?? -1);
    const ats = kind === undefined ? named : named.filter((at) => content.referenceKind(at) === kind);
    if (ats.length === 0) continue;
    for (const repo of repos) {
      for (const path of repo.pathsOf(content)) yield { place: { repo, path, content }, ats };
    }
  }
}

/** Those of the same files, of the same folders, of the same repositories, and then others. */
function nearestFirst(candidates: readonly Candidates[], targets: readonly Definition[]): Candidates[] {
  const files = new Set(targets.map(({ repo, path }) => `${repo.id}\n${path}`));
  const folders = new Set(targets.map(({ repo, path }) => `${repo.id}\n${folderOf(path)}`));
  const homes = new Set(targets.map(({ repo }) => repo.id));
  const distance = ({ place: { repo, path } }: Candidates) => {
    if (files.has(`${repo.id}\n${path}`)) return 0;
    if (folders.has(`${repo.id}\n${folderOf(path)}`)) return 1;
    return homes.has(repo.id) ? 2 : 3;
  };
  return candidates
    .map((one) => ({ one, far: distance(one) }))
    .sort((a, b) => a.far - b.far || byPlace(a.one.place, b.one.place))
    .map(({ one }) => one);
}

/** Whether what a reference means is one of some definitions. */
function leadsTo(targets: readonly Definition[]): (resolved: Resolution) => boolean {
  const wanted = new Map<Content, Definition[]>();
  for (const target of targets) {
    const known = wanted.get(target.content);
    if (known) known.push(target);
    else wanted.set(target.content, [target]);
  }
  // References that are resolved by their names alone have their meaning in common.
  const known = new Map<Resolution, boolean>();
  return (resolved) => {
    const before = known.get(resolved);
    if (before !== undefined) return before;
    const leads = resolved.targets.some((one) =>
      wanted.get(one.content)?.some((target) => isSame(target, one)),
    );
    known.set(resolved, leads);
    return leads;
  };
}

function byPlace(a: Place, b: Place): number {
  const [rootA, rootB] = [a.repo.repo.root, b.repo.repo.root];
  if (rootA !== rootB) return rootA < rootB ? -1 : 1;
  return a.path < b.path ? -1 : 1;
}

/** The contents in which definitions are referred to by their names, or by those that imports give them: by which. */
function contentsReferring({ contents }: GraphView, targets: readonly Definition[]): Map<Content, number[]> {
  const names = new Set<number>();
  const asked = new Set<string>();
  for (const target of targets) {
    const name = target.content.name(target.index);
    const byDefault = isDefault(target, contents.names);
    if (asked.has(`${name} ${byDefault}`)) continue;
    asked.add(`${name} ${byDefault}`);
    for (const id of [name, ...aliasesOf(contents, name, byDefault)]) names.add(id);
  }
  const candidates = new Map<Content, number[]>();
  for (const name of names) {
    for (const content of contents.referring(name)) {
      const known = candidates.get(content);
      if (known) known.push(name);
      else candidates.set(content, [name]);
    }
  }
  return candidates;
}

/** Every reference that may lead to some definitions: what it does lead to is yet to be resolved. */
export function* candidatesFor(
  view: GraphView,
  targets: readonly Definition[],
  repos: readonly RepoGraph[],
): Generator<Omit<Reference, 'confidence'>> {
  for (const { place, ats } of candidatesIn(view, targets, repos)) {
    for (const at of ats) yield { place, at };
  }
}

/** The other names under which imports bring in what has a name. */
function aliasesOf(contents: Contents, name: number, byDefault: boolean): number[] {
  const text = contents.names.text(name);
  const importing = new Set(contents.renaming(name));
  if (byDefault)
    for (const content of contents.renaming(contents.names.find('default'))) importing.add(content);
  const aliases = new Set<string>();
  for (const { written } of importing) {
    for (const entry of written) {
      for (const one of entry.names) if (one.name === text) aliases.add(one.alias);
      if (byDefault && entry.default !== null) aliases.add(entry.default);
    }
  }
  return [...aliases].map((alias) => contents.names.find(alias)).filter((id) => id >= 0);
}
