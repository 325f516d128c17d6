import type { Definition } from '../chunk/definition.js';
import { kindRules } from '../chunk/kinds.js';
import { isSpace, type Source } from '../chunk/source.js';
import { maxSignature } from './contract.js';

/** Heads longer than this are cut before they are folded. */
const maxHead = 1500;
const maxBodies = 8;

/**
 * Where the body of a definition begins, or -1: the first body after its name that is not inside brackets, or else the
 * first inside them (`memo(() => {…})`).
 */
export function bodyOf(
  source: Source,
  definition: Definition,
  nameIndex: number,
  bodies: Float64Array,
): number {
  const first = firstAfter(bodies, nameIndex);
  let wrapped = -1;
  for (let at = first; at < first + maxBodies; at++) {
    const body = bodies[at];
    if (body === undefined || body >= definition.endIndex || body - nameIndex > maxHead) break;
    if (depthAt(source.text, nameIndex, body) <= 0) return body;
    if (wrapped < 0) wrapped = body;
  }
  return wrapped;
}

function firstAfter(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function depthAt(text: string, from: number, to: number): number {
  let depth = 0;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === 40 || code === 91 || code === 123) depth++;
    else if (code === 41 || code === 93 || code === 125) depth--;
    else if (code === 34 || code === 39 || code === 96) at = stringEnd(text, at, to);
  }
  return depth;
}

/** End of a string that closes in its line; a lone quote, as of a lifetime, is one character. */
function stringEnd(text: string, from: number, to: number): number {
  const quote = text.charCodeAt(from);
  for (let at = from + 1; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === 92) at++;
    else if (code === quote) return at;
    else if (code === 10) break;
  }
  return from;
}

/** The declaration's text before its body, from the first line that is no annotation, not folded yet. */
export function headOf(source: Source, definition: Definition, nameIndex: number, body: number): string {
  const start = definition.startIndex;
  const limit = Math.min(definition.endIndex, Math.max(start, nameIndex) + maxHead);
  const end = body >= 0 ? body : withoutBody(source, definition, nameIndex, limit);
  return withoutAnnotations(source.text.slice(start, end));
}

/** Where a definition without a known body ends in a signature. */
function withoutBody(source: Source, definition: Definition, nameIndex: number, limit: number): number {
  const { text } = source;
  const { kind, startLine, endLine, endIndex } = definition;
  const short = endIndex - definition.startIndex <= maxSignature;
  if (short && (startLine === endLine || kind === 'type')) return endIndex;
  const hasBlock = kindRules[kind].hasHead || kindRules[kind].hasMethods || kind === 'module';
  let depth = 0;
  for (let at = nameIndex; at < limit; at++) {
    const code = text.charCodeAt(at);
    if (code === 123 && (depth === 0 || hasBlock) && depth <= 0) return at;
    if (code === 40 || code === 91 || code === 123) depth++;
    else if (code === 41 || code === 93 || code === 125) depth--;
    else if (code === 10 && depth <= 0 && kind !== 'type') return at;
    else if (code === 34 || code === 39 || code === 96) at = stringEnd(text, at, limit);
  }
  return limit;
}

const annotation = /^(?:@(?!(?:interface|mixin|function)\b)[\w.:]+|#!?(?=\[)|(?=\[\[?\w))/;

/** `@Override public int f()` and `#[inline] fn f()` without what is before the declaration itself. */
function withoutAnnotations(head: string): string {
  let rest = head.trimStart();
  for (;;) {
    const found = annotation.exec(rest);
    if (found === null) return rest;
    let at = found[0].length;
    const opens = rest.charAt(at);
    if (opens === '(' || opens === '[') at = closing(rest, at);
    if (at === 0 || at >= rest.length) return rest;
    rest = rest.slice(at).trimStart();
  }
}

function closing(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 40 || code === 91 || code === 123) depth++;
    else if (code === 41 || code === 93 || code === 125) {
      depth--;
      if (depth === 0) return at + 1;
    } else if (code === 34 || code === 39) at = stringEnd(text, at, text.length);
  }
  return text.length;
}

/** `name : Type` of the lines right above a definition, or empty. */
export function annotationAbove(source: Source, { name, docLine, startLine }: Definition): string {
  for (let line = startLine - 1; line >= Math.max(docLine, 0); line--) {
    if (source.line(line).startsWith(`${name} :`)) return source.lines(line, startLine - 1);
  }
  return '';
}

/** Of `(defn name "doc" [a b] …)` all but the documentation, up to the parameters. */
export function lispHead(source: Source, definition: Definition, nameIndex: number): string {
  const { text } = source;
  const end = Math.min(definition.endIndex, nameIndex + maxHead);
  const before = text.slice(definition.startIndex, nameIndex + definition.name.length);
  const after = text.slice(nameIndex + definition.name.length, end);
  const parameters = /^\s*(?:"(?:[^"\\]|\\.)*")?\s*(?:\^?\{[^{}]*\}\s*)?([\s\S]*)$/.exec(after)?.[1] ?? '';
  if (parameters.startsWith('[')) return `${before} ${parameters.slice(0, closing(parameters, 0))}`;
  return `${before} ${parameters.split('\n', 1)[0]}`;
}

/** A head on one line, without comments and without the sign that opens the body. */
export function folded(head: string, lineComment: RegExp | null): string {
  let text = head;
  if (/\/\*|\/\/|#|--|;/.test(text)) {
    text = text.replace(/\/\*[\s\S]*?\*\//g, ' ');
    if (lineComment !== null && text.includes('\n')) text = text.replace(lineComment, '');
  }
  text = text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/(?:\s*(?:\{|=>|=|:|\bdo|\bthen))+$/, '')
    .trimEnd();
  if (text.length <= maxSignature) return text;
  let end = maxSignature - 1;
  while (end > 0 && isSpace(text.charCodeAt(end - 1))) end--;
  return `${text.slice(0, end)}…`;
}
