import type { Definition } from '../chunk/definition.js';
import { kindRules } from '../chunk/kinds.js';
import { type Extent, type Mark, type Marks, Role } from './marks.js';
import { Enclosing } from './places.js';

/** Local names of a frame, with the name of their type where it is known. */
type Locals = Map<string, string>;

/** A part of the text that local names are declared in: a definition, or a scope that the language's query tells. */
interface Frame extends Extent {
  isContainer: boolean;
}

/** Stands for the type of a name that is declared in several ways. */
const unclear = '?';

/** Which names are local where they stand. What stands at the top of a file or of a class is local to no function. */
export class Scopes {
  readonly #frames: readonly Frame[];
  readonly #parents: Int32Array;
  readonly #locals = new Map<number, Locals>();
  readonly #frameOf: Int32Array;

  /** @param textOf the text of a mark's node */
  constructor(
    { names, scopes }: Marks,
    definitions: readonly Definition[],
    textOf: (node: Mark['node']) => string,
  ) {
    this.#frames = framesOf(definitions, scopes);
    this.#parents = parentsOf(this.#frames);
    this.#frameOf = new Int32Array(names.length);
    const enclosing = new Enclosing(this.#frames);
    const globals: number[] = [];
    for (const [index, { role, node, as }] of names.entries()) {
      const frame = enclosing.at(node.startIndex);
      this.#frameOf[index] = frame;
      if (frame < 0) continue;
      if (role === Role.global) globals.push(index);
      if (role !== Role.local && role !== Role.generic) continue;
      if (role === Role.local && this.#frames[frame]?.isContainer) continue;
      this.#add(frame, textOf(node), as === null ? '' : textOf(as));
    }
    for (const index of globals)
      this.#locals.get(this.#frameOf[index] as number)?.delete(textOf((names[index] as Mark).node));
  }

  /** Type of a local name as seen from a mark; empty if it is unknown, null if the name is not local. */
  typeOf(name: string, mark: number): string | null {
    for (let at = this.#frameOf[mark] ?? -1; at >= 0; at = this.#parents[at] ?? -1) {
      const type = this.#locals.get(at)?.get(name);
      if (type !== undefined) return type === unclear ? '' : type;
    }
    return null;
  }

  /** The type of a name that is declared again is known only if every declaration says the same. */
  #add(frame: number, name: string, type: string): void {
    const known: Locals = this.#locals.get(frame) ?? new Map();
    this.#locals.set(frame, known);
    const before = known.get(name);
    known.set(name, before === undefined || before === type ? type : unclear);
  }
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
