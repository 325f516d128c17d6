import { type ChunkKind, chunkKinds } from '../../workers/chunk/kinds.js';
import {
  type Outline,
  type OutlineImport,
  type ReferenceKind,
  referenceKinds,
} from '../../workers/outline/contract.js';
import { definitionTexts, lineAt, linesIn, textAt } from '../../workers/outline/packed-texts.js';
import type { Names } from './names.js';
import type { Import } from './resolve/contract.js';
import type { Declared } from './resolve/declarations.js';
import { declaredBy, importsOf } from './resolve/from-outline.js';

/** Numbers of a definition: name, scope, kind and exported, parent, first line, last line, line, column. */
const perDefinition = 8;
/** Numbers of a reference: name; column, flags and kind; line; receiver; its type; definition. */
const perReference = 6;

const hasReceiver = 8;
const isLocal = 16;
const flagBits = 5;
const exportCodes = [null, false, true] as const;

/**
 * The outline of one content as numbers in one array: definitions, references, and the order of both by their
 * names, so that those of one name are found by halving. About 28 bytes a reference.
 */
export class Content {
  readonly key: string;
  readonly language: string;
  readonly definitionCount: number;
  readonly referenceCount: number;
  /** What the file imports, as written and as resolution takes it, one each. */
  readonly written: readonly OutlineImport[];
  readonly imports: readonly Import[];
  /** Null for languages that are resolved by paths. */
  readonly declared: Declared | null;
  readonly module: string | null;
  readonly #packed: Uint8Array;
  /** Where they begin, once it was asked for. */
  #texts: Int32Array | null = null;
  #lines: Int32Array | null = null;
  readonly #data: Int32Array;
  readonly #references: number;
  readonly #order: number;
  readonly #definitionOrder: number;

  constructor(key: string, language: string, outline: Outline, packed: Uint8Array, names: Names) {
    const { definitions, references } = outline;
    this.key = key;
    this.language = language;
    this.module = outline.module === null ? null : kept(outline.module, names);
    this.definitionCount = definitions.length;
    this.referenceCount = references.length;
    this.written = outline.imports.map((entry) => keptImport(entry, names));
    this.imports = importsOf({ ...outline, imports: [...this.written] }, language);
    this.declared = keptDeclared(declaredBy(outline, language), names);
    this.#packed = packed;
    this.#references = definitions.length * perDefinition;
    this.#order = this.#references + references.length * perReference;
    this.#definitionOrder = this.#order + references.length;
    this.#data = new Int32Array(this.#definitionOrder + definitions.length);
    this.#fill(outline, names);
  }

  // Of definitions.

  name(definition: number): number {
    return this.#data[definition * perDefinition] ?? 0;
  }

  scope(definition: number): number {
    return this.#data[definition * perDefinition + 1] ?? 0;
  }

  kind(definition: number): ChunkKind {
    return chunkKinds[(this.#data[definition * perDefinition + 2] ?? 0) >> 2] ?? 'block';
  }

  exported(definition: number): boolean | null {
    return exportCodes[(this.#data[definition * perDefinition + 2] ?? 0) & 3] ?? null;
  }

  /** The definition around it, or -1. */
  parent(definition: number): number {
    return this.#data[definition * perDefinition + 3] ?? -1;
  }

  startLine(definition: number): number {
    return this.#data[definition * perDefinition + 4] ?? 0;
  }

  endLine(definition: number): number {
    return this.#data[definition * perDefinition + 5] ?? 0;
  }

  line(definition: number): number {
    return this.#data[definition * perDefinition + 6] ?? 0;
  }

  column(definition: number): number {
    return this.#data[definition * perDefinition + 7] ?? 0;
  }

  /** The definitions of this name, in order. */
  defining(name: number): number[] {
    return this.#named(this.#definitionOrder, this.definitionCount, perDefinition, 0, name);
  }

  /** Whether it has a definition of this name. */
  defines(name: number): boolean {
    return this.#firstOf(this.#definitionOrder, this.definitionCount, perDefinition, 0, name) >= 0;
  }

  /** Whether one definition is the other, or lies within it. */
  isWithin(definition: number, around: number): boolean {
    for (let at = definition; at >= 0; at = this.parent(at)) if (at === around) return true;
    return false;
  }

  /** Declaration and documentation of a definition. */
  texts(definition: number): { signature: string; doc: string } {
    this.#texts ??= definitionTexts(this.#packed);
    const at = (text: number) => textAt(this.#packed, this.#texts?.[definition * 2 + text] ?? 0);
    return { signature: at(0), doc: at(1) };
  }

  /** Text of a line that holds references, without blanks around it. */
  lineText(line: number): string {
    this.#lines ??= linesIn(this.#packed);
    return lineAt(this.#packed, this.#lines, line);
  }

  // Of references.

  referenceName(reference: number): number {
    return this.#data[this.#references + reference * perReference] ?? 0;
  }

  referenceKind(reference: number): ReferenceKind {
    return referenceKinds[this.#flags(reference) & 7] ?? 'use';
  }

  /** What stands before the name, as a number; -1 if nothing does. */
  receiver(reference: number): number {
    if ((this.#flags(reference) & hasReceiver) === 0) return -1;
    return this.#data[this.#references + reference * perReference + 3] ?? 0;
  }

  /** Whether what stands before the name begins with a local variable. */
  isLocal(reference: number): boolean {
    return (this.#flags(reference) & isLocal) !== 0;
  }

  /** Type of the local variable that stands before the name, as a number; 0 if it is not known. */
  receiverType(reference: number): number {
    return this.#data[this.#references + reference * perReference + 4] ?? 0;
  }

  referenceLine(reference: number): number {
    return this.#data[this.#references + reference * perReference + 2] ?? 0;
  }

  referenceColumn(reference: number): number {
    return this.#flags(reference) >> flagBits;
  }

  /** The innermost definition around it, or -1. */
  around(reference: number): number {
    return this.#data[this.#references + reference * perReference + 5] ?? -1;
  }

  /** The references of this name, in order. */
  referring(name: number): number[] {
    return this.#named(this.#order, this.referenceCount, perReference, this.#references, name);
  }

  /** The distinct names of its definitions, or of its references. */
  definedNames(): Set<number> {
    const found = new Set<number>();
    for (let at = 0; at < this.definitionCount; at++) found.add(this.name(at));
    return found;
  }

  referredNames(): Set<number> {
    const found = new Set<number>();
    for (let at = 0; at < this.referenceCount; at++) found.add(this.referenceName(at));
    return found;
  }

  #flags(reference: number): number {
    return this.#data[this.#references + reference * perReference + 1] ?? 0;
  }

  /** The place in an order of the first entry of a name, found by halving; -1 if there is none. */
  #firstOf(order: number, count: number, size: number, from: number, name: number): number {
    const data = this.#data;
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((data[from + (data[order + middle] ?? 0) * size] ?? 0) < name) low = middle + 1;
      else high = middle;
    }
    return low < count && data[from + (data[order + low] ?? 0) * size] === name ? low : -1;
  }

  /** The entries of a name. */
  #named(order: number, count: number, size: number, from: number, name: number): number[] {
    const data = this.#data;
    const found: number[] = [];
    const first = this.#firstOf(order, count, size, from, name);
    if (first < 0) return found;
    for (let at = first; at < count; at++) {
      const entry = data[order + at] ?? 0;
      if (data[from + entry * size] !== name) break;
      found.push(entry);
    }
    return found;
  }

  #fill({ definitions, references }: Outline, names: Names): void {
    const data = this.#data;
    let at = 0;
    for (const one of definitions) {
      data[at++] = names.id(one.name);
      data[at++] = names.id(one.scope);
      data[at++] = (chunkKinds.indexOf(one.kind) << 2) | exportCodes.indexOf(one.exported);
      data[at++] = one.parent;
      data[at++] = one.startLine;
      data[at++] = one.endLine;
      data[at++] = one.line;
      data[at++] = one.column;
    }
    for (const one of references) {
      const { receiver, receiverType } = one;
      const flags = (receiver === null ? 0 : hasReceiver) | (one.localReceiver ? isLocal : 0);
      data[at++] = names.id(one.name);
      data[at++] = referenceKinds.indexOf(one.kind) | flags | (one.column << flagBits);
      data[at++] = one.line;
      data[at++] = receiver === null ? 0 : names.id(receiver);
      data[at++] = receiverType === null ? 0 : names.id(receiverType);
      data[at++] = one.definition;
    }
    this.#sort(this.#order, references.length, (place) => this.referenceName(place));
    this.#sort(this.#definitionOrder, definitions.length, (place) => this.name(place));
  }

  /** Puts entries in order by name, then place. */
  #sort(from: number, count: number, nameOf: (place: number) => number): void {
    // Numbers are put in order without a function to compare them, in a tenth of the time.
    const keys = new Float64Array(count);
    for (let place = 0; place < count; place++) keys[place] = nameOf(place) * count + place;
    keys.sort();
    for (let place = 0; place < count; place++) this.#data[from + place] = (keys[place] ?? 0) % count;
  }
}

/** The same string, kept once. */
function kept(text: string, names: Names): string {
  return names.text(names.id(text));
}

function keptImport(entry: OutlineImport, names: Names): OutlineImport {
  return {
    ...entry,
    specifier: kept(entry.specifier, names),
    default: entry.default === null ? null : kept(entry.default, names),
    namespace: entry.namespace === null ? null : kept(entry.namespace, names),
    names: entry.names.map(({ name, alias }) => ({ name: kept(name, names), alias: kept(alias, names) })),
  };
}

function keptDeclared(declared: Declared | null, names: Names): Declared | null {
  if (declared === null) return null;
  const packages = declared.packages.map((name) => kept(name, names));
  if (!declared.names) return { packages };
  return { packages, names: new Set([...declared.names].map((name) => kept(name, names))) };
}
