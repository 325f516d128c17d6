import type { Definition } from '../../../workers/chunk/definition.js';
import type { Source } from '../../../workers/chunk/source.js';

/** A comment, or some of them line below line; also a documentation string. Lines from 0, both included. */
export interface Comment {
  startIndex: number;
  endIndex: number;
  from: number;
  to: number;
  /** Whether it has its lines for itself. */
  alone: boolean;
  /** A string inside of the definition that it documents. */
  inside: Definition | null;
}

/** What documents nothing although grammars' queries mark it as a comment: attributes, decorators, pragmas. */
const attribute = /^(?:#!?\[|@(?!doc\b|moduledoc\b|typedoc\b)|\[|\{-#|#!)/;

/** Makes a comment of its place in the text; null for attributes and the like. */
export function commentAt(source: Source, startIndex: number, endIndex: number): Comment | null {
  let end = endIndex;
  while (end > startIndex && /\s/.test(source.text.charAt(end - 1))) end--;
  if (attribute.test(source.text.slice(startIndex, startIndex + 16))) return null;
  const from = source.lineAt(startIndex);
  const alone = source.text.slice(source.start(from), startIndex).trim() === '';
  return {
    startIndex,
    endIndex: end,
    from,
    to: source.lineAt(Math.max(startIndex, end - 1)),
    alone,
    inside: null,
  };
}

/** Comments line below line become one; sorted by place. */
export function joinedComments(comments: Comment[]): Comment[] {
  const sorted = [...comments].sort((a, b) => a.startIndex - b.startIndex);
  const joined: Comment[] = [];
  for (const comment of sorted) {
    const before = joined.at(-1);
    if (before && comment.startIndex < before.endIndex) continue;
    const follows =
      before?.alone && comment.alone && comment.from === before.to + 1 && !comment.inside && !before.inside;
    if (before && follows) {
      before.endIndex = comment.endIndex;
      before.to = comment.to;
    } else {
      joined.push({ ...comment });
    }
  }
  return joined;
}

const opensString = /^\s*[rRuUbB]{0,2}("""|'''|"|')/;
const maxSignatureLines = 40;

/** Documentation strings of Python's definitions and of the module. */
export function docStrings(source: Source, definitions: readonly Definition[]): Comment[] {
  const found: Comment[] = [];
  const first = firstCodeLine(source);
  const ofModule = first < 0 ? null : stringAt(source, first);
  if (ofModule) found.push(ofModule);
  for (const definition of definitions) {
    if (!['function', 'method', 'class'].includes(definition.kind)) continue;
    const line = bodyLine(source, definition);
    const string = line < 0 ? null : stringAt(source, line);
    if (string) found.push({ ...string, inside: definition });
  }
  return found;
}

function firstCodeLine(source: Source): number {
  for (let line = 0; line < source.lineCount; line++) {
    if (!source.isBlank(line) && !source.line(line).startsWith('#')) return line;
  }
  return -1;
}

/** The first line of a Python body that begins below its signature; -1 if none is found. */
function bodyLine(source: Source, { nameLine, endLine }: Definition): number {
  const last = Math.min(endLine, nameLine + maxSignatureLines);
  for (let line = nameLine; line < last; line++) {
    if (!/:\s*(?:#.*)?$/.test(source.line(line))) continue;
    let next = line + 1;
    while (next <= endLine && source.isBlank(next)) next++;
    return next <= endLine ? next : -1;
  }
  return -1;
}

function stringAt(source: Source, line: number): Comment | null {
  const opens = opensString.exec(source.line(line));
  if (!opens?.[1]) return null;
  const startIndex = source.start(line) + source.line(line).search(/\S/);
  const inner = source.start(line) + opens[0].length;
  const close = source.text.indexOf(opens[1], inner);
  if (close < 0) return null;
  const endIndex = close + opens[1].length;
  const to = source.lineAt(endIndex - 1);
  // What goes on behind the string is an expression.
  if (source.text.slice(endIndex, source.end(to)).trim() !== '') return null;
  return { startIndex, endIndex, from: line, to, alone: true, inside: null };
}

const lineSigns: Readonly<Record<string, RegExp>> = {
  erlang: /^\s*%/,
  lisp: /^\s*;/,
  sql: /^\s*--/,
  julia: /^\s*#/,
  powershell: /^\s*#/,
  makefile: /^#(?!#{8})/,
  cmake: /^\s*#/,
  tcl: /^\s*#/,
  awk: /^\s*#/,
  fish: /^\s*#/,
  dockerfile: /^\s*#/,
  nim: /^\s*#/,
  fortran: /^\s*!/,
  viml: /^\s*"/,
  solidity: /^\s*(?:\/\/|\/?\*)/,
  protobuf: /^\s*(?:\/\/|\/?\*)/,
  groovy: /^\s*(?:\/\/|\/?\*)/,
  'objective-c': /^\s*(?:\/\/|\/?\*)/,
  fsharp: /^\s*\/\//,
  less: /^\s*(?:\/\/|\/?\*)/,
  graphql: /^\s*#/,
};

/** Comments that have their lines for themselves, of languages without a grammar. */
export function lineComments(source: Source, language: string): Comment[] {
  const sign = lineSigns[language];
  const found: Comment[] = [];
  for (let line = 0; sign !== undefined && line < source.lineCount; line++) {
    if (!sign.test(source.line(line))) continue;
    const startIndex = source.start(line) + source.line(line).search(/\S/);
    found.push({ startIndex, endIndex: source.end(line), from: line, to: line, alone: true, inside: null });
  }
  return found;
}

/** Text of lines, both included, without the given comments (sorted by place). */
export function withoutComments(
  source: Source,
  from: number,
  to: number,
  comments: readonly Comment[],
): string {
  const end = source.end(to);
  let at = source.start(from);
  let text = '';
  for (const comment of comments) {
    if (comment.endIndex <= at) continue;
    if (comment.startIndex >= end) break;
    text += source.text.slice(at, Math.max(at, comment.startIndex));
    at = comment.endIndex;
  }
  return at < end ? text + source.text.slice(at, end) : text;
}
