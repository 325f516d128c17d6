import type { Definition } from '../chunk/definition.js';
import { type ChunkKind, kindRules } from '../chunk/kinds.js';
import type { OutlineDefinition } from './contract.js';
import type { Extent } from './marks.js';

/**
 * Walks over definitions, or other parts of a text, sorted by start with the outer before the inner, and tells which one
 * a place is in. Places must be asked for in ascending order.
 */
export class Enclosing {
  readonly #definitions: readonly Extent[];
  readonly #open: number[] = [];
  #next = 0;

  constructor(definitions: readonly Extent[]) {
    this.#definitions = definitions;
  }

  /** Index of the innermost definition around a character, or -1. */
  at(index: number): number {
    const open = this.#open;
    for (;;) {
      const next = this.#definitions[this.#next];
      if (next === undefined || next.startIndex > index) break;
      this.#close(next.startIndex);
      open.push(this.#next++);
    }
    this.#close(index);
    return open.at(-1) ?? -1;
  }

  #close(index: number): void {
    const open = this.#open;
    while (open.length > 0 && (this.#definitions[open.at(-1) as number] as Extent).endIndex <= index)
      open.pop();
  }
}

const single = new Set<string>(['variable', 'constant']);

/** The parent of each definition, as an index, or -1. Names that one declaration declares are beside each other. */
export function parentsOf(definitions: readonly Definition[]): Int32Array {
  const parents = new Int32Array(definitions.length);
  const open: number[] = [];
  for (let index = 0; index < definitions.length; index++) {
    const { kind, startIndex } = definitions[index] as Definition;
    while (open.length > 0 && (definitions[open.at(-1) as number] as Definition).endIndex <= startIndex)
      open.pop();
    let parent = open.at(-1) ?? -1;
    while (parent >= 0 && single.has(kind) && single.has((definitions[parent] as Definition).kind))
      parent = parents[parent] as number;
    parents[index] = parent;
    open.push(index);
  }
  return parents;
}

/** A function directly in a class or what is like one is a method. */
export function kindOf({ kind }: Definition, parent: OutlineDefinition | null): ChunkKind {
  return kind === 'function' && parent !== null && kindRules[parent.kind].hasMethods ? 'method' : kind;
}

/** Names of what is around a definition, joined by "."; also of what its own name was written with (`Shape::area`). */
export function scopeOf(definition: Definition, parent: OutlineDefinition | null): string {
  if (parent === null) return definition.scope;
  return [parent.scope, parent.name, definition.scope].filter((part) => part !== '').join('.');
}
