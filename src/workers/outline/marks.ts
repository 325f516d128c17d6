import type { Node, QueryMatch } from 'web-tree-sitter';
import type { Definition } from '../chunk/definition.js';
import { type ChunkKind, chunkKinds } from '../chunk/kinds.js';
import type { Source } from '../chunk/source.js';
import { type ImportForm, importForms } from './contract.js';

/**
 * What a captured name is. Where several patterns capture one name, the highest counts: a name that is declared is no
 * reference, and what says more of a reference wins.
 */
export const Role = {
  use: 0,
  /** A use of the last name of a path that is one token: `A.B.C`. */
  path: 1,
  /** A use or a call: what follows the name tells. */
  token: 2,
  type: 3,
  call: 4,
  inherit: 5,
  /** Refers to nothing: a label, a key, a declaration that is no definition. */
  other: 6,
  /** A parameter of a type, known in all of the definition around it. */
  generic: 7,
  /** A parameter or a variable of the function around it. */
  local: 8,
  /** Declared not to be local, though it is assigned to. */
  global: 9,
  /** The name of a definition. */
  name: 10,
} as const;

type RoleCode = (typeof Role)[keyof typeof Role];

export interface Mark {
  role: RoleCode;
  node: Node;
  /** For a local name: the type that it was declared or made with, or what it has its value from. */
  as: Node | null;
  how: How;
}

/** What `as` of a local name is. */
interface How {
  /** An expression that is its value, not a type. */
  isValue: boolean;
  /** The name is that of a member of it. */
  isMember: boolean;
}

/** From a character up to another one. */
export interface Extent {
  startIndex: number;
  endIndex: number;
}

interface ImportMark {
  form: ImportForm;
  node: Node;
}

/** What the matches of a language's queries say, besides the definitions that chunks are made from. */
export interface Marks {
  /** Captured names, in the order of their first characters, one for each place. */
  names: Mark[];
  imports: ImportMark[];
  /** Statements that say which names of the file others may use. */
  exports: Node[];
  /** Where bodies of definitions begin, in no order. */
  bodies: number[];
  /** Parts of the text in which the local names that are declared there are known, in no order. */
  scopes: Extent[];
  /** C++'s `public:` and its like. */
  accesses: Node[];
  module: Node | null;
  /** Definitions for the outline alone, too small for a chunk: members, constants of an enumeration. */
  members: Definition[];
}

/**
 * What the captures of grammars/<name>/references.scm mean, besides those of definitions.scm:
 *
 * - `@reference.<kind>` the name of a reference, its kind `call`, `type`, `inherit`, `use`; or `token` for a use that is
 *   a call if `(` follows, and `path` for a use of the last name of a token with dots;
 * - `@local` a name declared in a function, with `@as` the name of its type in the same match, or `@as.value` its value;
 *   `@local.member` one that is taken out of what has that type or is that value; `@generic` a parameter of a type;
 *   `@global` a name that is not local although it is assigned to; `@other` a name that refers to nothing;
 * - `@import.<form>` a statement that imports; `@export` one that lists exported names; `@module` the name of the
 *   package or module that the file belongs to;
 * - `@scope` what the local names declared in it are known in; without any, that is the definition around them;
 * - `@body` where the body of a definition begins; `@access` an access specifier that holds for what follows;
 * - `@outline.<kind>` with `@name` a definition that no chunk begins with.
 */
const roleOf = new Map<string, RoleCode>([
  ['reference.use', Role.use],
  ['reference.path', Role.path],
  ['reference.token', Role.token],
  ['reference.type', Role.type],
  ['reference.call', Role.call],
  ['reference.inherit', Role.inherit],
  ['other', Role.other],
  ['generic', Role.generic],
  ['local', Role.local],
  ['local.member', Role.local],
  ['global', Role.global],
]);
const formOf = new Map<string, ImportForm>(importForms.map((form) => [`import.${form}`, form]));
const memberKindOf = new Map<string, ChunkKind>(chunkKinds.map((kind) => [`outline.${kind}`, kind]));

/**
 * Sorts captures by what they mean. Nodes stay valid as long as those of the matches.
 *
 * @param definitions matches of the language's definitions query
 * @param references matches of its references query
 */
export function marksOf(
  source: Source,
  definitions: readonly QueryMatch[],
  references: readonly QueryMatch[],
): Marks {
  const marks: Marks = {
    names: [],
    imports: [],
    exports: [],
    bodies: [],
    scopes: [],
    accesses: [],
    module: null,
    members: [],
  };
  const names: Mark[] = [];
  const defined = new Set<number>();
  for (const { captures } of definitions) {
    for (const { name, node } of captures) if (name === 'name') addName(names, defined, node);
  }
  const members: QueryMatch[] = [];
  for (const match of references) {
    const { captures } = match;
    for (let index = 0; index < captures.length; index++) {
      const { name, node } = captures[index] as QueryMatch['captures'][number];
      const role = roleOf.get(name);
      if (role !== undefined)
        names.push({ role, node, ...(role === Role.local ? typeIn(name, captures) : untyped) });
      else if (name === 'body') marks.bodies.push(node.startIndex);
      else if (name === 'scope') marks.scopes.push({ startIndex: node.startIndex, endIndex: node.endIndex });
      else if (memberKindOf.has(name)) members.push(match);
      else if (formOf.has(name)) marks.imports.push({ form: formOf.get(name) as ImportForm, node });
      else if (name === 'export') marks.exports.push(node);
      else if (name === 'access') marks.accesses.push(node);
      else if (name === 'module') marks.module ??= node;
    }
  }
  for (const { captures } of members) {
    const name = captures.find((capture) => capture.name === 'name')?.node;
    // What is a definition already is none twice.
    if (!name || defined.has(name.startIndex)) continue;
    addName(names, defined, name);
    marks.members.push(memberOf(source, captures, name));
  }
  marks.names = inOrder(names);
  return marks;
}

function addName(names: Mark[], defined: Set<number>, node: Node): void {
  defined.add(node.startIndex);
  names.push({ role: Role.name, node, ...untyped });
}

const untyped = { as: null, how: { isValue: false, isMember: false } };

function typeIn(local: string, captures: QueryMatch['captures']): Pick<Mark, 'as' | 'how'> {
  const found = captures.length === 1 ? undefined : captures.find(({ name }) => name.startsWith('as'));
  if (!found) return untyped;
  return { as: found.node, how: { isValue: found.name === 'as.value', isMember: local === 'local.member' } };
}

/** By place; of the marks of one place the one that says most. */
function inOrder(marks: readonly Mark[]): Mark[] {
  // One number for a place and its mark: native sorting of numbers is several times as fast as with a comparison.
  const keys = new Float64Array(marks.length);
  for (let index = 0; index < marks.length; index++)
    keys[index] = (marks[index] as Mark).node.startIndex * maxMarks + index;
  keys.sort();
  const ordered: Mark[] = [];
  let before: Mark | null = null;
  for (const key of keys) {
    const mark = marks[key % maxMarks] as Mark;
    if (before !== null && before.node.startIndex === mark.node.startIndex) {
      if (mark.role > before.role) {
        before.role = mark.role;
        before.node = mark.node;
      }
      if (before.as === null) {
        before.as = mark.as;
        before.how = mark.how;
      }
      continue;
    }
    ordered.push(mark);
    before = mark;
  }
  return ordered;
}

/** A power of two above the marks of any file, so that places times it are exact up to 4 GiB. */
const maxMarks = 2 ** 21;

function memberOf(source: Source, captures: QueryMatch['captures'], name: Node): Definition {
  const whole = captures.find((capture) => memberKindOf.has(capture.name)) as QueryMatch['captures'][number];
  const { startIndex, endIndex, startPosition } = whole.node;
  return {
    kind: memberKindOf.get(whole.name) as ChunkKind,
    name: source.text.slice(name.startIndex, name.endIndex).replace(/^[:$@]+/, ''),
    scope: '',
    startIndex,
    endIndex,
    docLine: -1,
    startLine: startPosition.row,
    endLine: source.lineAt(Math.max(startIndex, endIndex - 1)),
    nameLine: name.startPosition.row,
    headLine: -1,
  };
}
