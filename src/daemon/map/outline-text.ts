import type { Content } from '../graph/content.js';
import { isTarget } from '../graph/definition.js';
import type { Names } from '../graph/names.js';

/** A file with what is shown of it. */
export interface Shown {
  path: string;
  content: Content;
  /** Indices of definitions, in order. */
  indices: readonly number[];
}

const elision = '⋮';
const longestLine = 120;
const indent = '  ';

/** Declarations of definitions, each read once. */
export class Declarations {
  readonly #texts = new Map<Content, Map<number, string>>();
  readonly #names: Pick<Names, 'text'>;

  constructor(names: Pick<Names, 'text'>) {
    this.#names = names;
  }

  /** One line, without what opens a body. */
  of(content: Content, index: number): string {
    const known = this.#texts.get(content) ?? new Map<number, string>();
    this.#texts.set(content, known);
    const before = known.get(index);
    if (before !== undefined) return before;
    const { signature } = content.texts(index);
    const name = this.#names.text(content.name(index));
    const whole = signature === '' ? `${content.kind(index)} ${name}` : signature.replace(/\s*[{:]$/, '');
    const text = whole.length > longestLine ? `${whole.slice(0, longestLine - 1)}…` : whole;
    known.set(index, text);
    return text;
  }
}

/** Definitions with those around them: a method stands below its class. In order. */
export function withAround(content: Content, indices: Iterable<number>): number[] {
  const all = new Set<number>();
  for (const index of indices) {
    for (let at = index; at >= 0 && !all.has(at); at = content.parent(at))
      if (isTarget(content.kind(at))) all.add(at);
  }
  return [...all].sort((a, b) => a - b);
}

/**
 * The text of a map: the path of each file, below it the declarations that are shown, those inside of others further to
 * the right, and a mark where others were left out. Pure.
 */
export function mapText(files: readonly Shown[], declarations: Declarations): string {
  return files.map((file) => fileText(file, declarations)).join('\n');
}

function fileText({ path, content, indices }: Shown, declarations: Declarations): string {
  const lines = [`${path}:`];
  let next = 0;
  let depth = 1;
  for (const index of indices) {
    const here = depthOf(content, index);
    if (leavesOut(content, next, index)) lines.push(indent.repeat(here) + elision);
    lines.push(indent.repeat(here) + declarations.of(content, index));
    next = index + 1;
    depth = here;
  }
  if (leavesOut(content, next, content.definitionCount))
    lines.push(indent.repeat(indices.length > 0 ? depth : 1) + elision);
  return lines.map((line) => `${line}\n`).join('');
}

function depthOf(content: Content, index: number): number {
  let depth = 1;
  for (let at = content.parent(index); at >= 0; at = content.parent(at))
    if (isTarget(content.kind(at))) depth++;
  return depth;
}

function leavesOut(content: Content, from: number, to: number): boolean {
  for (let index = from; index < to; index++) if (isTarget(content.kind(index))) return true;
  return false;
}
