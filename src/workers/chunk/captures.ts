import type { Node, QueryMatch } from 'web-tree-sitter';
import { maxChars, maxLines } from './cut.js';
import type { Definition } from './definition.js';
import { type ChunkKind, chunkKinds, kindRules } from './kinds.js';
import { isSpace, type Source } from './source.js';

/**
 * What the captures of a query in grammars/ mean:
 *
 * - `@definition.<kind>` a definition, its kind one of `chunkKinds`;
 * - `@name` its name, `@scope` a name around it that its place does not tell;
 * - `@end` a node after it up to which it reaches, where the grammar has a body beside its signature;
 * - `@comment` a comment, decorator or attribute: it belongs to the definition that follows without a blank line;
 * - captures that begin with `_` are for predicates only.
 */
interface Captured {
  kind: ChunkKind | null;
  node: Node | null;
  name: Node | null;
  scope: Node | null;
  end: Node | null;
}

const kindOf = new Map<string, ChunkKind>(chunkKinds.map((kind) => [`definition.${kind}`, kind]));
/** Two definitions of the same thing (a constant that is a function) become one, of the kind that says more. */
const precedence = new Map<ChunkKind, number>([
  ['variable', 0],
  ['constant', 1],
  ['type', 2],
]);
const maxName = 160;

/**
 * Definitions of a file from the matches of its language's query, sorted by start, the outer before the inner.
 *
 * @param recover finds definitions that the parser missed
 */
export function definitionsOf(
  source: Source,
  matches: QueryMatch[],
  recover?: (source: Source, definitions: Definition[]) => Definition[],
): Definition[] {
  const definitions: Definition[] = [];
  /** First line of the comment that ends in a line. */
  const comments = new Map<number, number>();
  for (const match of matches) {
    const captured = read(match);
    if (captured.node === null) continue;
    if (captured.kind === null) noteComment(source, captured.node, comments);
    else definitions.push(definitionOf(source, captured.node, captured.kind, captured));
  }
  definitions.sort(byPlace);
  let single = withoutTwins(source, definitions);
  if (recover) single = [...single, ...recover(source, single)].sort(byPlace);
  for (const definition of single) definition.docLine = docLineOf(definition.startLine, comments);
  return withJoinedClauses(single);
}

const byPlace = (a: Definition, b: Definition) => a.startIndex - b.startIndex || b.endIndex - a.endIndex;

function read(match: QueryMatch): Captured {
  const captured: Captured = { kind: null, node: null, name: null, scope: null, end: null };
  for (const { name, node } of match.captures) {
    const kind = kindOf.get(name);
    if (kind !== undefined) {
      captured.kind = kind;
      captured.node = node;
    } else if (name === 'comment') captured.node = node;
    else if (name === 'name') captured.name ??= node;
    else if (name === 'scope') captured.scope = node;
    else if (name === 'end') captured.end = node;
  }
  return captured;
}

function noteComment(source: Source, node: Node, comments: Map<number, number>): void {
  const startLine = node.startPosition.row;
  // Code before it on its line: a remark on that code.
  if (source.start(startLine) + leadingBlanks(source, startLine) < node.startIndex) return;
  comments.set(lastLine(source, node), startLine);
}

function leadingBlanks(source: Source, line: number): number {
  const start = source.start(line);
  let at = start;
  while (isSpace(source.text.charCodeAt(at))) at++;
  return at - start;
}

function docLineOf(startLine: number, comments: Map<number, number>): number {
  let line = startLine;
  for (let above = comments.get(line - 1); above !== undefined; above = comments.get(line - 1)) line = above;
  return line;
}

/** Some grammars count the line end after a node as part of it. */
function lastLine(source: Source, node: Node): number {
  let end = node.endIndex;
  while (end > node.startIndex + 1 && isSpace(source.text.charCodeAt(end - 1))) end--;
  return source.lineAt(Math.max(node.startIndex, end - 1));
}

function definitionOf(source: Source, node: Node, kind: ChunkKind, captured: Captured): Definition {
  const { name, scope } = captured;
  const last = captured.end ?? node;
  const endIndex = last.endIndex;
  const startLine = node.startPosition.row;
  const endLine = lastLine(source, last);
  const written = name ? textOf(source, name) : '';
  const outer = scope ? textOf(source, scope) : '';
  const split = isPath(kind) ? splitName(written) : { name: written, scope: '' };
  const large = endLine - startLine >= maxLines || endIndex - node.startIndex > maxChars;
  return {
    kind,
    name: split.name,
    scope: outer !== '' && split.scope !== '' ? `${outer}.${split.scope}` : outer + split.scope,
    startIndex: node.startIndex,
    endIndex,
    docLine: startLine,
    startLine,
    endLine,
    nameLine: name ? name.startPosition.row : startLine,
    headLine: large ? headLineOf(source, node, captured.end) : -1,
  };
}

function textOf(source: Source, node: Node): string {
  const end = Math.min(node.endIndex, node.startIndex + 2 * maxName);
  const text = source.text.slice(node.startIndex, end).trim();
  const bare = quoted.exec(text)?.[2] ?? text;
  return (/\s/.test(bare) ? bare.replace(/\s+/g, ' ') : bare).slice(0, maxName);
}

const quoted = /^(["'`])([\s\S]*)\1$/;
/** `Shape::area`, `shapes.area`, `Shape.prototype.area`, `shapes:area`; not `operator::x`, `.5`, `a b`. */
const qualified = /^[\w$~]+(?:<[\w\s,:*&]*>)?(?:(?:::|\.|:)[\w$~]+(?:<[\w\s,:*&]*>)?)+$/;

/** Headings, selectors, keys and titles of tests have dots and colons that separate nothing. */
const isPath = (kind: ChunkKind) => !['section', 'key', 'element', 'rule', 'test'].includes(kind);

function splitName(written: string): { name: string; scope: string } {
  if (!qualified.test(written)) return { name: written, scope: '' };
  const parts = written.replace(/<[^>]*>/g, '').split(/::|\.|:/);
  const name = parts.pop() ?? '';
  return {
    name,
    scope: parts.filter((part) => part !== 'prototype' && part !== 'self' && part !== 'this').join('.'),
  };
}

/** Where the body begins: behind the signature, and behind a documentation string that opens the body. */
function headLineOf(source: Source, node: Node, end: Node | null): number {
  const body = end ?? bodyOf(node, 4);
  if (body === null) return -1;
  const first = body.firstNamedChild;
  const text = first?.type === 'expression_statement' ? first.firstNamedChild : first;
  if (first && text && (text.type === 'string' || text.type === 'concatenated_string'))
    return lastLine(source, first);
  const line = body.startPosition.row;
  // `{` opens the body in the signature's line, or below it; a body without a bracket begins one line below.
  const opens = source.text.charCodeAt(body.startIndex) === 123;
  return opens || line === node.startPosition.row ? line : line - 1;
}

function bodyOf(node: Node, depth: number): Node | null {
  const body = node.childForFieldName('body');
  if (body !== null) return body;
  let inner: Node | null = null;
  for (let index = 0; index < node.namedChildCount; index++) {
    const child = node.namedChild(index);
    if (child === null) continue;
    if (/body|block/.test(child.type)) return child;
    if (depth > 0 && inner === null && child.endIndex >= node.endIndex - 1) inner = bodyOf(child, depth - 1);
  }
  return inner;
}

/** Of definitions with one name of which the outer ends with the inner, the outer stays, with the better kind. */
function withoutTwins(source: Source, definitions: Definition[]): Definition[] {
  const open: Definition[] = [];
  return definitions.filter((definition) => {
    while (open.length > 0 && (open.at(-1) as Definition).endIndex <= definition.startIndex) open.pop();
    const outer = open.at(-1);
    if (outer && isTwin(source, outer, definition)) {
      if (rank(definition.kind) > rank(outer.kind)) outer.kind = definition.kind;
      if (outer.scope === '') outer.scope = definition.scope;
      if (outer.name === '') outer.name = definition.name;
      outer.headLine = Math.max(outer.headLine, definition.headLine);
      outer.nameLine = definition.nameLine;
      return false;
    }
    open.push(definition);
    return true;
  });
}

function isTwin(source: Source, outer: Definition, inner: Definition): boolean {
  if (outer.startIndex === inner.startIndex && outer.endIndex === inner.endIndex) return true;
  if (outer.name !== inner.name || outer.nameLine !== inner.nameLine) return false;
  // In a style without semicolons the one that ends a statement may stand in the line that follows.
  return outer.endLine === inner.endLine || /^\s*;$/.test(source.text.slice(inner.endIndex, outer.endIndex));
}

/**
 * Clauses and overloads that follow each other line by line under one name become one definition, where one of them
 * is small: a Haskell function with its signature, the heads of an Elixir or TypeScript function.
 */
function withJoinedClauses(definitions: Definition[]): Definition[] {
  const open: Definition[] = [];
  return definitions.filter((definition) => {
    let before: Definition | undefined;
    while (open.length > 0 && (open.at(-1) as Definition).endIndex <= definition.startIndex)
      before = open.pop();
    if (before && isNextClause(before, definition)) {
      before.endIndex = definition.endIndex;
      before.endLine = definition.endLine;
      before.headLine = -1;
      open.push(before);
      return false;
    }
    open.push(definition);
    return true;
  });
}

function isNextClause(before: Definition, next: Definition): boolean {
  if (before.name !== next.name || before.kind !== next.kind || kindRules[next.kind].hasHead === false)
    return false;
  if (next.docLine !== before.endLine + 1 || next.name === '') return false;
  const small = (definition: Definition) => definition.endLine - definition.startLine < 4;
  return small(before) || small(next);
}

const rank = (kind: ChunkKind) => precedence.get(kind) ?? 3;
