import { type Edges, pageRank } from './page-rank.js';
import type { ReferenceGraph } from './reference-graph.js';

/** What a map is to be about. */
export interface Interest {
  /** Weight of each file as a beginning of the walk. */
  readonly teleport: Float32Array;
  /** Names that were asked for, by their numbers, with a factor for what refers to them. */
  readonly names: ReadonlyMap<number, number>;
  /** What the definitions of each file are worth to be shown. */
  readonly worth: Float32Array;
}

/** How important the files of a graph are, and the names that they define. */
export interface Ranks {
  /** By file; they sum to 1. */
  readonly files: Float64Array;
  /** By slot. */
  readonly slots: Float64Array;
  /** By slot: how much showing it adds, what is better in its file being shown already. */
  readonly gains: Float64Array;
}

/** What a file's rank is worth for names of it that no other file refers to, in all. */
const unreferred = 0.01;
/** About what two references to a name of several words weigh: files with a few references do not pass on all they have. */
const restart = 20;
const filesPerStep = 200;

/**
 * Ranks files by a personalised PageRank over who refers to whom, and names by the rank that flows to them: the rank of
 * each file, shared among the names of others that it refers to, by weight. After the repository map of Aider
 * (aider/repomap.py). Pure; yields often.
 */
export function* rank(graph: ReferenceGraph, { teleport, names, worth }: Interest): Generator<void, Ranks> {
  const weights = yield* weighted(graph, names);
  const files = yield* pageRank(yield* betweenFiles(graph, weights), teleport);
  const slots = new Float64Array(graph.slotNames.length);
  for (let file = 0; file < graph.files.length; file++) {
    const own = (graph.slotStarts[file + 1] ?? 0) - (graph.slotStarts[file] ?? 0);
    const least = ((files[file] ?? 0) * unreferred) / Math.max(1, own);
    for (let slot = graph.slotStarts[file] ?? 0; slot < (graph.slotStarts[file + 1] ?? 0); slot++) {
      slots[slot] = (slots[slot] ?? 0) + least * (names.get(graph.slotNames[slot] ?? 0) ?? 1);
    }
    const [from, to] = [graph.starts[file] ?? 0, graph.starts[file + 1] ?? 0];
    let sum = 0;
    for (let at = from; at < to; at++) sum += weights[at] ?? 0;
    const share = sum > 0 ? (files[file] ?? 0) / (sum + restart) : 0;
    for (let at = from; at < to; at++) {
      const slot = graph.slots[at] ?? 0;
      slots[slot] = (slots[slot] ?? 0) + share * (weights[at] ?? 0);
    }
    if (file % filesPerStep === 0) yield;
  }
  return { files, slots, gains: yield* gainsOf(graph, slots, worth) };
}

/**
 * The n-th best of a file adds an n-th of its rank: a map is to show many files. Of the files that the questions of
 * test/bench/map.mjs are about, this showed more than the root of n, and that more than the rank alone.
 */
function* gainsOf(
  { files, slotStarts, merits }: ReferenceGraph,
  slots: Float64Array,
  worth: Float32Array,
): Generator<void, Float64Array> {
  const gains = slots.map((rank, slot) => rank * (merits[slot] ?? 1));
  yield;
  for (let file = 0; file < files.length; file++) {
    const from = slotStarts[file] ?? 0;
    const own = gains.subarray(from, slotStarts[file + 1] ?? 0);
    const best = Uint32Array.from(own.keys()).sort((a, b) => (own[b] ?? 0) - (own[a] ?? 0));
    for (const [place, at] of best.entries()) {
      own[at] = ((own[at] ?? 0) * (worth[file] ?? 1)) / (place + 1);
    }
    if (file % filesPerStep === 0) yield;
  }
  return gains;
}

function* weighted(graph: ReferenceGraph, names: Interest['names']): Generator<void, Float32Array> {
  if (names.size === 0) return graph.weights;
  const weights = graph.weights.slice();
  for (let at = 0; at < weights.length; at++) {
    const factor = names.get(graph.slotNames[graph.slots[at] ?? 0] ?? 0);
    if (factor !== undefined) weights[at] = (weights[at] ?? 0) * factor;
    if (at % 100_000 === 0) yield;
  }
  return weights;
}

/** One edge from file to file in place of one for each name. */
function* betweenFiles(graph: ReferenceGraph, weights: Float32Array): Generator<void, Edges> {
  const { starts, slots, slotFiles } = graph;
  const count = graph.files.length;
  const merged = {
    starts: new Int32Array(count + 1),
    targets: new Int32Array(slots.length),
    weights: new Float32Array(slots.length),
  };
  const place = new Int32Array(count).fill(-1);
  let length = 0;
  for (let file = 0; file < count; file++) {
    const begin = length;
    merged.starts[file] = begin;
    for (let at = starts[file] ?? 0; at < (starts[file + 1] ?? 0); at++) {
      const target = slotFiles[slots[at] ?? 0] ?? 0;
      let known = place[target] ?? -1;
      if (known < begin) {
        known = length++;
        place[target] = known;
        merged.targets[known] = target;
      }
      merged.weights[known] = (merged.weights[known] ?? 0) + (weights[at] ?? 0);
    }
    if (file % filesPerStep === 0) yield;
  }
  merged.starts[count] = length;
  return {
    starts: merged.starts,
    targets: merged.targets.slice(0, length),
    weights: merged.weights.slice(0, length),
    restart,
  };
}
