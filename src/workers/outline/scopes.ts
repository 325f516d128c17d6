import type { Definition } from '../chunk/definition.js';
import { kindRules } from '../chunk/kinds.js';
import { type Extent, type Mark, type Marks, Role } from './marks.js';
import { Enclosing } from './places.js';
import { valuePath } from './value-path.js';

/** What is known of the type of a local name. */
interface Local {
  /** A type, or the path of a value (see `valuePath`); empty: nothing. */
  type: string;
  isValue: boolean;
  /** The mark of the name. */
  mark: number;
}

/** Local names of a frame. */
type Locals = Map<string, Local>;

/** A part of the text that local names are declared in: a definition, or a scope that the language's query tells. */
interface Frame extends Extent {
  isContainer: boolean;
}

/** Locals that have their values from each other: followed so far. */
const mostLocals = 4;
const longestType = 100;

/** Which names are local where they stand. What stands at the top of a file or of a class is local to no function. */
export class Scopes {
  readonly #frames: readonly Frame[];
  readonly #parents: Int32Array;
  readonly #locals = new Map<number, Locals>();
  readonly #frameOf: Int32Array;

  /**
   * @param textOf the name at a mark's node
   * @param text that of the file
   */
  constructor(
    { names, scopes }: Marks,
    definitions: readonly Definition[],
    textOf: (node: Mark['node']) => string,
    text: string,
  ) {
    this.#frames = framesOf(definitions, scopes);
    this.#parents = parentsOf(this.#frames);
    this.#frameOf = new Int32Array(names.length);
    const enclosing = new Enclosing(this.#frames);
    const globals: number[] = [];
    for (const [index, mark] of names.entries()) {
      const { role, node } = mark;
      const frame = enclosing.at(node.startIndex);
      this.#frameOf[index] = frame;
      if (frame < 0) continue;
      if (role === Role.global) globals.push(index);
      if (role !== Role.local && role !== Role.generic) continue;
      if (role === Role.local && this.#frames[frame]?.isContainer) continue;
      this.#add(frame, textOf(node), localOf(mark, index, textOf, text));
    }
    for (const index of globals)
      this.#locals.get(this.#frameOf[index] as number)?.delete(textOf((names[index] as Mark).node));
  }

  /**
   * Type of a local name as seen from a mark; empty if it is unknown, null if the name is not local. Where the name has
   * its value from something else, the steps that lead to it, each behind ">" (see `valuePath`), from a name that is not
   * local.
   */
  typeOf(name: string, mark: number, depth = 0): string | null {
    for (let at = this.#frameOf[mark] ?? -1; at >= 0; at = this.#parents[at] ?? -1) {
      const local = this.#locals.get(at)?.get(name);
      if (local !== undefined) return local.isValue ? this.#ofValue(local, name, depth) : local.type;
    }
    return null;
  }

  #ofValue({ type, mark }: Local, name: string, depth: number): string {
    const [head = '', ...steps] = type.split('>');
    const called = head.endsWith('()');
    const first = called ? head.slice(0, -2) : head;
    if (first === name || depth === mostLocals) return '';
    const before = this.typeOf(first, mark, depth + 1);
    // What a local function returns is not known.
    if (before === '' || (before !== null && called)) return '';
    const whole = [before ?? head, ...steps].join('>');
    return whole.length > longestType ? '' : whole;
  }

  /** The type of a name that is declared again is known only if every declaration says the same. */
  #add(frame: number, name: string, local: Local): void {
    const known: Locals = this.#locals.get(frame) ?? new Map();
    this.#locals.set(frame, known);
    const before = known.get(name);
    const isSame = before === undefined || (before.type === local.type && before.isValue === local.isValue);
    known.set(name, isSame ? local : { ...local, type: '', isValue: false });
  }
}

function localOf(
  { node, as, how }: Mark,
  mark: number,
  textOf: (node: Mark['node']) => string,
  text: string,
): Local {
  if (as === null) return { type: '', isValue: false, mark };
  const type = how.isValue ? (valuePath(text, as.startIndex, as.endIndex) ?? '') : textOf(as);
  const isKnown = type !== '' && (!how.isValue || type.includes('>') || type.includes('()') || how.isMember);
  if (!isKnown) return { type: '', isValue: false, mark };
  return { type: how.isMember ? `${type}>${textOf(node)}` : type, isValue: how.isValue, mark };
}

function framesOf(definitions: readonly Definition[], scopes: readonly Extent[]): Frame[] {
  const frames = definitions.map(({ kind, startIndex, endIndex }) => {
    return { startIndex, endIndex, isContainer: kindRules[kind].hasMethods || kind === 'module' };
  });
  if (scopes.length === 0) return frames;
  const more = scopes.map(({ startIndex, endIndex }) => ({ startIndex, endIndex, isContainer: false }));
  return [...frames, ...more].sort((a, b) => a.startIndex - b.startIndex || b.endIndex - a.endIndex);
}

function parentsOf(frames: readonly Frame[]): Int32Array {
  const parents = new Int32Array(frames.length);
  const open: number[] = [];
  for (const [index, { startIndex }] of frames.entries()) {
    while (open.length > 0 && (frames[open.at(-1) as number] as Frame).endIndex <= startIndex) open.pop();
    parents[index] = open.at(-1) ?? -1;
    open.push(index);
  }
  return parents;
}
