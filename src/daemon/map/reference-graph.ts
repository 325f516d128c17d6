import type { ChunkKind } from '../../workers/chunk/kinds.js';
import type { ReferenceKind } from '../../workers/outline/contract.js';
import type { Content } from '../graph/content.js';
import type { Contents } from '../graph/contents.js';
import { isTarget } from '../graph/definition.js';
import { groupOf, isCommonMember, isModular } from '../graph/languages.js';
import type { RepoGraph } from '../graph/repo-graph.js';
import { pathWords } from '../search/path-words.js';
import { grownFloats, grownInts } from './grown.js';
import type { MapFile } from './map-file.js';
import { nameWeight } from './name-weight.js';
import { type Reach, reachOf } from './reach.js';

/**
 * Which files refer to the names that others define. A *slot* is a name in a file that defines it. References are not
 * resolved one by one but by file and name, with what the file imports.
 */
export interface ReferenceGraph {
  readonly files: readonly MapFile[];
  /** The slots of file `n` are at `slotStarts[n]` to `slotStarts[n + 1]`. */
  readonly slotStarts: Int32Array;
  readonly slotFiles: Int32Array;
  /** Numbers of names. */
  readonly slotNames: Int32Array;
  /** The edges that leave file `n` are at `starts[n]` to `starts[n + 1]`. */
  readonly starts: Int32Array;
  /** Slot that an edge leads to. */
  readonly slots: Int32Array;
  readonly weights: Float32Array;
  /** One for the code itself, less for the files that are beside it: tests, examples and the like. */
  readonly besides: Float32Array;
  /** How much a definition of a slot tells of its file, from 0 to 1. */
  readonly merits: Float32Array;
}

/** References to a name weigh by their kind. */
const kindWeights: Readonly<Record<ReferenceKind, number>> = {
  call: 1,
  type: 1,
  inherit: 2,
  import: 1,
  use: 0.5,
};

/** How sure it is that a file means the definition of another one by a name. */
const sureness = { imported: 1, samePackage: 0.9, onlyOne: 0.2, oneOfSome: 0.05 };
/** What a file keeps for itself is seldom what others mean. */
const privateWeight = 0.1;
/** A name that more files define says nothing of which one is meant, nor of any of them. */
const mostDefiners = 200;
/** What is beside the code itself matters less, unless it is asked for. */
const beside = { test: 0.1, example: 0.1, compat: 0.3 };
/** Values tell less of what a file is for than functions and types. */
const valueMerit = 0.3;
const filesPerStep = 4;
const pathsPerStep = 64;
const namesPerStep = 200;

/** Builds the graph of a repository; yields often. */
export function* referenceGraph(contents: Contents, repo: RepoGraph): Generator<void, ReferenceGraph> {
  const files: MapFile[] = [];
  for (const [path, { content }] of repo.files) if (content) files.push({ path, content });
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  yield;
  const slots = yield* slotsOf(files);
  const besides = yield* besidesOf(files);
  const edges = yield* edgesOf({ files, slots, besides, contents, repo });
  return { files, besides, ...slots, ...edges };
}

type Slots = Pick<ReferenceGraph, 'slotStarts' | 'slotFiles' | 'slotNames' | 'merits'> & {
  /** Slots by name: those of name `n` are at `byNameStarts[n]` to `byNameStarts[n + 1]` of `byName`. */
  byNameStarts: Int32Array;
  byName: Int32Array;
  /** One for what others may use, less for what its file keeps to itself. */
  outward: Float32Array;
};

function* slotsOf(files: readonly MapFile[]): Generator<void, Slots> {
  const names = 1 + (yield* largestName(files));
  const seen = new Int32Array(names).fill(-1);
  const slotFiles = grownInts();
  const slotNames = grownInts();
  const outward = grownFloats();
  const merits = grownFloats();
  const slotStarts = new Int32Array(files.length + 1);
  const byNameStarts = new Int32Array(names + 1);
  for (const [file, { content }] of files.entries()) {
    slotStarts[file] = slotNames.length;
    for (let index = 0; index < content.definitionCount; index++) {
      if (!isTarget(content.kind(index))) continue;
      const name = content.name(index);
      const worth = content.exported(index) === false ? privateWeight : 1;
      const known = seen[name] ?? -1;
      if (known >= (slotStarts[file] ?? 0)) {
        outward.raise(known, worth);
        merits.raise(known, meritOf(content.kind(index)));
        continue;
      }
      if (name === 0) continue;
      seen[name] = slotNames.length;
      slotFiles.push(file);
      slotNames.push(name);
      outward.push(worth);
      merits.push(meritOf(content.kind(index)));
      byNameStarts[name + 1] = (byNameStarts[name + 1] ?? 0) + 1;
    }
    if (file % filesPerStep === 0) yield;
  }
  const count = slotNames.length;
  slotStarts[files.length] = count;
  for (let name = 0; name < names; name++)
    byNameStarts[name + 1] = (byNameStarts[name + 1] ?? 0) + (byNameStarts[name] ?? 0);
  const next = byNameStarts.slice();
  const byName = new Int32Array(count);
  const ownNames = slotNames.done();
  for (let slot = 0; slot < count; slot++) {
    const name = ownNames[slot] ?? 0;
    const place = next[name] ?? 0;
    byName[place] = slot;
    next[name] = place + 1;
  }
  return {
    slotStarts,
    slotFiles: slotFiles.done(),
    slotNames: ownNames,
    byNameStarts,
    byName,
    outward: outward.done(),
    merits: merits.done(),
  };
}

function meritOf(kind: ChunkKind): number {
  return kind === 'variable' || kind === 'constant' ? valueMerit : 1;
}

function* besidesOf(files: readonly MapFile[]): Generator<void, Float32Array> {
  const besides = new Float32Array(files.length);
  for (const [file, { path }] of files.entries()) {
    const { test, example, compat } = pathWords(path);
    besides[file] = (test ? beside.test : 1) * (example ? beside.example : 1) * (compat ? beside.compat : 1);
    if (file % pathsPerStep === 0) yield;
  }
  return besides;
}

function* largestName(files: readonly MapFile[]): Generator<void, number> {
  let largest = 0;
  for (const [file, { content }] of files.entries()) {
    for (let index = 0; index < content.definitionCount; index++)
      largest = Math.max(largest, content.name(index));
    if (file % filesPerStep === 0) yield;
  }
  return largest;
}

interface Nodes {
  files: readonly MapFile[];
  slots: Slots;
  besides: Float32Array;
  contents: Contents;
  repo: RepoGraph;
}

function* edgesOf({
  files,
  slots,
  besides,
  contents,
  repo,
}: Nodes): Generator<void, Pick<ReferenceGraph, 'starts' | 'slots' | 'weights'>> {
  const { byNameStarts } = slots;
  const names = byNameStarts.length - 1;
  const starts = new Int32Array(files.length + 1);
  const edges = { slots: grownInts(), weights: grownFloats() };
  const worth = new Float32Array(names).fill(-1);
  const counts = new Counts(names);
  const reach = yield* reachOf(files, repo);
  const groups = files.map(({ content }) => groupOf(content.language));
  const candidates: number[] = [];
  for (const [file, { content }] of files.entries()) {
    starts[file] = edges.slots.length;
    yield;
    counts.of(content);
    if (counts.names.length > 0) reach.from(file);
    for (const [nth, name] of counts.names.entries()) {
      if (nth % namesPerStep === namesPerStep - 1) yield;
      const from = byNameStarts[name] ?? 0;
      const definers = (byNameStarts[name + 1] ?? 0) - from;
      if (definers === 0 || definers > mostDefiners) continue;
      candidates.length = 0;
      let isOwn = false;
      for (let at = from; at < from + definers; at++) {
        const slot = slots.byName[at] ?? 0;
        const definer = slots.slotFiles[slot] ?? 0;
        if (definer === file) isOwn = true;
        else if (groups[definer] === groups[file]) candidates.push(slot);
      }
      if (isOwn || candidates.length === 0) continue;
      const sure = meantOf(candidates, {
        slots,
        reach,
        besides,
        bare: isModular(content.language) && counts.isBare(name),
        common: () => isCommonMember(contents.names.text(name)),
      });
      if (sure === 0) continue;
      if ((worth[name] ?? -1) < 0) worth[name] = nameWeight(contents.names.text(name), definers);
      const weight = (Math.sqrt(counts.weight(name)) * (worth[name] ?? 0) * sure) / candidates.length;
      for (const slot of candidates) {
        edges.slots.push(slot);
        edges.weights.push(weight * (slots.outward[slot] ?? 1));
      }
    }
  }
  starts[files.length] = edges.slots.length;
  return { starts, slots: edges.slots.done(), weights: edges.weights.done() };
}

interface Meaning {
  slots: Slots;
  reach: Reach;
  /** Below one: others use the file only if they import it. */
  besides: Float32Array;
  /** The name stands by itself, in a language where such a name is imported or of the package. */
  bare: boolean;
  common: () => boolean;
}

/** Leaves those of the candidates that may be meant. @returns how sure that is; 0: it is none of them */
function meantOf(candidates: number[], { slots, reach, besides, bare, common }: Meaning): number {
  const fileOf = (slot: number) => slots.slotFiles[slot] ?? 0;
  if (keep(candidates, (slot) => reach.imports(fileOf(slot)))) return sureness.imported;
  if (keep(candidates, (slot) => reach.sharesPackage(fileOf(slot)))) return sureness.samePackage;
  if (bare || common() || !keep(candidates, (slot) => besides[fileOf(slot)] === 1)) return 0;
  return candidates.length === 1 ? sureness.onlyOne : sureness.oneOfSome;
}

/** Keeps what fits, in place, if anything does. */
function keep(all: number[], fits: (one: number) => boolean): boolean {
  let kept = 0;
  for (const one of all) if (fits(one)) all[kept++] = one;
  if (kept > 0) all.length = kept;
  return kept > 0;
}

/** What a file refers to: each name with the weight of its references. */
class Counts {
  readonly names: number[] = [];
  readonly #weights: Float32Array;
  /** Whether any of its references stands behind something. */
  readonly #member: Uint8Array;

  constructor(names: number) {
    this.#weights = new Float32Array(names);
    this.#member = new Uint8Array(names);
  }

  of(content: Content): void {
    for (const name of this.names) {
      this.#weights[name] = 0;
      this.#member[name] = 0;
    }
    this.names.length = 0;
    for (let at = 0; at < content.referenceCount; at++) {
      const name = content.referenceName(at);
      if (name === 0 || name >= this.#weights.length) continue;
      if ((this.#weights[name] ?? 0) === 0) this.names.push(name);
      this.#weights[name] = (this.#weights[name] ?? 0) + kindWeights[content.referenceKind(at)];
      if (content.receiver(at) >= 0) this.#member[name] = 1;
    }
  }

  weight(name: number): number {
    return this.#weights[name] ?? 0;
  }

  /** Whether the name always stands by itself. */
  isBare(name: number): boolean {
    return this.#member[name] === 0;
  }
}
