/**
 * The kinds that a chunk can have. The first thirteen are of definitions in code; `test` is a test case or group
 * that is written as a call; `section` is a heading or a table with what belongs to it;
 * `key` is a key of a configuration file with its value; `element` is an element of HTML or XML; `rule` is a rule of a style sheet. `block` is code between definitions, and
 * `lines` is a piece of a file that was not parsed.
 */
export const chunkKinds = [
  'function',
  'method',
  'class',
  'interface',
  'struct',
  'enum',
  'trait',
  'impl',
  'type',
  'module',
  'constant',
  'variable',
  'macro',
  'test',
  'section',
  'key',
  'element',
  'rule',
  'block',
  'lines',
] as const;

export type ChunkKind = (typeof chunkKinds)[number];

/** How definitions of a kind become chunks. */
export interface KindRule {
  /** A definition with fewer lines that are not blank is merged into its parent's chunk. */
  ownLines: number;
  /** Whether definitions inside become chunks of their own always, or only when the whole is too large for one. */
  split: 'always' | 'large';
  /** Functions directly inside are methods. */
  hasMethods: boolean;
  /** A large one begins with a chunk of its signature and documentation. */
  hasHead: boolean;
}

const ownLines = 5;
const leaf: KindRule = { ownLines, split: 'large', hasMethods: false, hasHead: false };
const callable: KindRule = { ...leaf, hasHead: true };
const classLike: KindRule = { ownLines, split: 'always', hasMethods: true, hasHead: false };

/** The rule of each kind. */
export const kindRules: Readonly<Record<ChunkKind, KindRule>> = {
  function: callable,
  method: callable,
  class: classLike,
  interface: classLike,
  struct: classLike,
  enum: classLike,
  trait: classLike,
  impl: classLike,
  type: leaf,
  module: { ...classLike, hasMethods: false },
  constant: leaf,
  variable: leaf,
  macro: leaf,
  test: { ...leaf, ownLines: 8 },
  section: { ...leaf, split: 'always' },
  key: leaf,
  // Markup and style rules are small and many: only sizeable ones are worth a chunk of their own.
  element: { ...leaf, ownLines: 20 },
  rule: { ...leaf, ownLines: 15 },
  block: leaf,
  lines: leaf,
};
