import type { Content } from '../graph/content.js';
import { hasMembers, isTarget } from '../graph/definition.js';
import { groupOf } from '../graph/languages.js';
import type { Ranks } from './ranked.js';
import type { ReferenceGraph } from './reference-graph.js';

/** A definition of a map. */
export interface Ranked {
  /** Number of the file. */
  file: number;
  /** Index in its content. */
  index: number;
  rank: number;
  /** How much showing it adds. */
  gain: number;
}

/**
 * The definitions that it adds most to show, the first the best. Of a name that a file defines several times in one place (a
 * class and its constructor, overloads), one is taken.
 *
 * @param wanted whether a file is asked for
 */
export function bestDefinitions(
  graph: ReferenceGraph,
  ranks: Ranks,
  most: number,
  wanted: (file: number) => boolean,
): Ranked[] {
  const scores = new Float64Array(graph.slotNames.length);
  for (let slot = 0; slot < scores.length; slot++) {
    if (wanted(graph.slotFiles[slot] ?? 0)) scores[slot] = ranks.gains[slot] ?? 0;
  }
  const least = Math.max(largest(scores, most), Number.MIN_VALUE);
  const found: Ranked[] = [];
  for (let slot = 0; slot < scores.length; slot++) {
    if ((scores[slot] ?? 0) >= least) found.push(...definitionsOf(graph, slot, ranks));
  }
  return found.sort((a, b) => b.gain - a.gain || a.file - b.file || a.index - b.index).slice(0, most);
}

/** One definition of a name for each place that it is defined in, which share its rank. */
function definitionsOf(
  { files, slotFiles, slotNames }: ReferenceGraph,
  slot: number,
  ranks: Ranks,
): Ranked[] {
  const file = slotFiles[slot] ?? 0;
  const content = files[file]?.content;
  const byScope = new Map<number, number>();
  for (const index of content?.defining(slotNames[slot] ?? 0) ?? []) {
    if (!content || !isTarget(content.kind(index)) || isAlias(content, index)) continue;
    // A constructor is called like its class: the class is what is meant.
    const parent = content.parent(index);
    if (parent >= 0 && content.name(parent) === content.name(index)) continue;
    const known = byScope.get(content.scope(index));
    const better =
      known === undefined || (hasMembers(content.kind(index)) && !hasMembers(content.kind(known)));
    if (better) byScope.set(content.scope(index), index);
  }
  const [rank, gain] = [ranks.slots[slot] ?? 0, ranks.gains[slot] ?? 0].map((one) => one / byScope.size);
  return [...byScope.values()].map((index) => ({ file, index, rank: rank ?? 0, gain: gain ?? 0 }));
}

/** `var join = path.join`, `const a = require('a').a`: what another module defines, under a name of this one. */
const alias = /^(?:var|let|const) ([\w$]+) = (?:require\(|[\w$.]+\.\1;?$)/;

function isAlias(content: Content, index: number): boolean {
  if (content.kind(index) !== 'variable' && content.kind(index) !== 'constant') return false;
  return groupOf(content.language) === 'javascript' && alias.test(content.texts(index).signature);
}

/** The n-th largest number, by Hoare's selection; 0 if there are not so many. */
function largest(numbers: Float64Array, n: number): number {
  if (numbers.length <= n) return 0;
  const all = numbers.slice();
  let [low, high] = [0, all.length - 1];
  const place = n - 1;
  while (low < high) {
    const pivot = all[(low + high) >> 1] ?? 0;
    let [i, j] = [low, high];
    while (i <= j) {
      while ((all[i] ?? 0) > pivot) i++;
      while ((all[j] ?? 0) < pivot) j--;
      if (i > j) break;
      const kept = all[i] ?? 0;
      all[i++] = all[j] ?? 0;
      all[j--] = kept;
    }
    if (place <= j) high = j;
    else if (place >= i) low = i;
    else break;
  }
  return all[place] ?? 0;
}
