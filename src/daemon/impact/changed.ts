import type { ChangedFile } from '../../protocol/impact.js';
import type { ChunkKind } from '../../workers/chunk/kinds.js';
import type { Content } from '../graph/content.js';
import { isTarget } from '../graph/definition.js';
import type { LineRange } from './diff-text.js';

/** The innermost definitions that lines of a text belong to. Pure. */
export function definitionsAt(content: Content, ranges: readonly LineRange[]): Set<number> {
  const indices = new Set<number>();
  for (const { start, count } of ranges) {
    // Lines that were taken out between two: what is around the gap was changed.
    const inner = count === 0 ? aroundGap(content, start) : within(content, start, start + count - 1);
    for (const index of inner) indices.add(index);
  }
  return indices;
}

function within(content: Content, from: number, to: number): number[] {
  const touched: number[] = [];
  for (let index = 0; index < content.definitionCount; index++) {
    const hit = content.startLine(index) <= to && content.endLine(index) >= from;
    if (hit && isTarget(content.kind(index))) touched.push(index);
  }
  // A definition is changed by itself where a changed line of it is in none that lies within it.
  return touched.filter((index) => {
    const [first, last] = [Math.max(from, content.startLine(index)), Math.min(to, content.endLine(index))];
    const inner = touched.filter((other) => other !== index && content.isWithin(other, index));
    return !isCovered(content, inner, first, last);
  });
}

function isCovered(content: Content, by: readonly number[], from: number, to: number): boolean {
  let line = from;
  const sorted = [...by].sort((a, b) => content.startLine(a) - content.startLine(b));
  for (const index of sorted) {
    if (content.startLine(index) > line) return false;
    line = Math.max(line, content.endLine(index) + 1);
  }
  return line > to;
}

/** The innermost definition that holds both the line before a gap and the one after it. */
function aroundGap(content: Content, before: number): number[] {
  let best = -1;
  for (let index = 0; index < content.definitionCount; index++) {
    const holds = content.startLine(index) <= before && content.endLine(index) > before;
    if (holds && isTarget(content.kind(index))) best = index;
  }
  return best < 0 ? [] : [best];
}

/** What a definition is called, as far as its file tells it from others: several may share it. */
export function nameKey(content: Content, index: number, names: { text(id: number): string }): string {
  const kind: ChunkKind = content.kind(index);
  return `${kind} ${names.text(content.scope(index))}.${names.text(content.name(index))}`;
}

/** Why no symbol of a file is known to be changed. Pure. */
export function whyNone(of: {
  binary: boolean;
  submodule: boolean;
  indexed: boolean;
  content: Content | null;
}): ChangedFile['why'] {
  if (of.submodule) return 'submodule';
  if (of.binary) return 'binary';
  if (!of.indexed) return 'not-indexed';
  if (!of.content || of.content.definitionCount === 0) return 'no-symbols';
  return 'top';
}
