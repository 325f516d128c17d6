import type { Asked } from './asked.js';
import { hasMembers, isTarget, type Place, preferred, type Resolution } from './definition.js';
import { hasImplicitSelf } from './languages.js';

/** A definition of the same file that is in scope, the innermost one. */
export function inScope({ repo, path, content }: Place, { name, around }: Asked): Resolution | null {
  let best: number[] = [];
  let depth = -1;
  for (const index of content.defining(name)) {
    if (!isTarget(content.kind(index))) continue;
    const parent = content.parent(index);
    if (parent >= 0 && !content.isWithin(around, parent)) continue;
    const isMember = parent >= 0 && hasMembers(content.kind(parent)) && content.kind(parent) !== 'module';
    if (isMember && !hasImplicitSelf(content.language)) continue;
    const isFree = hasImplicitSelf(content.language) && (parent >= 0 || content.scope(index) === 0);
    if (content.kind(index) === 'method' && !isFree) continue;
    const deep = depthOf(content, index);
    if (deep > depth) best = [];
    if (deep >= depth) best.push(index);
    depth = Math.max(depth, deep);
  }
  if (best.length === 0) return null;
  const targets = best.map((index) => ({ repo, path, content, index }));
  return { confidence: 'same-scope', targets: preferred(targets) };
}

function depthOf(content: Place['content'], index: number): number {
  let depth = 0;
  for (let at = content.parent(index); at >= 0; at = content.parent(at)) depth++;
  return depth;
}
