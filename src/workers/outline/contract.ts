import type { ChunkKind } from '../chunk/kinds.js';

/** How a name is referred to. `use` is any mention that is none of the others: a value, a member, a decorator. */
export const referenceKinds = ['call', 'type', 'inherit', 'import', 'use'] as const;

export type ReferenceKind = (typeof referenceKinds)[number];

/**
 * How a module is brought in: a `static` import; a `dynamic` one (evaluated when met); a `reexport`; an `include` of
 * another file's text, a Rust `mod x;` among them; a `use` of names of a package or namespace; a `require` call.
 */
export const importForms = ['static', 'dynamic', 'reexport', 'include', 'use', 'require'] as const;

export type ImportForm = (typeof importForms)[number];

/** Lines are counted from 1, columns from 0 in UTF-16 units; "\r\n" counts as one. */
export interface OutlineDefinition {
  kind: ChunkKind;
  name: string;
  /** Names of the definitions around it, outermost first, joined by "."; a Go method has its receiver's type. */
  scope: string;
  /** The declaration without its body, on one line; at most `maxSignature` characters. */
  signature: string;
  /** First paragraph of its documentation, without markers; at most `maxDoc` characters; empty if there is none. */
  doc: string;
  /** Whether the language lets others than the file use it; null where it has no such notion. */
  exported: boolean | null;
  /** Index of the definition around it in `Outline.definitions`, or -1. */
  parent: number;
  /** First and last line, without the documentation before it. */
  startLine: number;
  endLine: number;
  /** Where the name stands. */
  line: number;
  column: number;
}

export interface OutlineReference {
  kind: ReferenceKind;
  name: string;
  /**
   * What stands before the name, without blanks (`foo` of `foo.bar()`, `a::b` of `a::b::c()`); empty if it is neither a
   * name nor a path (`f().bar()`); null if nothing stands before the name.
   */
  receiver: string | null;
  /** The receiver begins with a local variable or a parameter: it names no module and no class. */
  localReceiver: boolean;
  /**
   * The type that the local receiver was declared or made with, where its declaration says so; else null. Or the steps that
   * lead to it, each behind ">": `open()` is what a function returns, `Place>content` a member, `Place>file()` what a
   * method returns.
   */
  receiverType: string | null;
  line: number;
  column: number;
  /** Index of the innermost definition around it in `Outline.definitions`, or -1. */
  definition: number;
}

/** A name that an import brings in: `import { name as alias }`. `alias` equals `name` if there is no other. */
export interface ImportedName {
  name: string;
  alias: string;
}

export interface OutlineImport {
  form: ImportForm;
  /** As written, without quotes: "./a.js", "a.b", "..b", "crate::a", "stdio.h". */
  specifier: string;
  names: ImportedName[];
  /** Local name of what the module exports as default, or null. */
  default: string | null;
  /** Local name of the module as a whole (`import * as ns`, `import a.b as ns`, `const ns = require(…)`), or null. */
  namespace: string | null;
  /** Brings in all that the module exports. */
  wildcard: boolean;
  line: number;
}

/** What a file defines, refers to and imports: a function of its bytes and its language. */
export interface Outline {
  /** Name that the file gives to the package, namespace or module that its top belongs to, or null. */
  module: string | null;
  /** Sorted by place, the outer before the inner. */
  definitions: OutlineDefinition[];
  /** Sorted by place. */
  references: OutlineReference[];
  imports: OutlineImport[];
}

/** Limits in characters. */
export const maxSignature = 300;
export const maxDoc = 400;
export const maxReceiver = 100;
