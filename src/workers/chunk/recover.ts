import type { Definition } from './definition.js';
import type { Source } from './source.js';

/**
 * Functions of a C or C++ file that the parser did not understand, mostly because of macros in their signature: a
 * signature at the margin, then a block from `{` to a `}` at the margin, outside of all known definitions.
 *
 * @param definitions sorted by start, the outer before the inner
 */
export function recoverFunctions(source: Source, definitions: Definition[]): Definition[] {
  const found: Definition[] = [];
  let known = 0;
  for (let line = 0; line < source.lineCount; line++) {
    while (known < definitions.length && (definitions[known] as Definition).endLine < line) known++;
    const next = definitions[known];
    if (next && next.startLine <= line) {
      line = Math.max(line, next.endLine);
      continue;
    }
    const opens = source.indent(line) === 0 && opensBlock(source, line);
    const end = opens ? marginBracket(source, line + 1, next?.startLine ?? source.lineCount) : -1;
    const recovered = end < 0 ? null : functionAt(source, line, end);
    if (recovered === null) continue;
    found.push(recovered);
    line = end;
  }
  return found;
}

function opensBlock(source: Source, line: number): boolean {
  const text = source.line(line).trimEnd();
  return text === '{' || /^[A-Za-z_].*\)[\w\s]*\{$/.test(text);
}

/** The next line that begins with `}`, before any other that begins with `{` or with a definition that is known. */
function marginBracket(source: Source, from: number, before: number): number {
  for (let line = from; line < before; line++) {
    const code = source.text.charCodeAt(source.start(line));
    if (code === 125) return line;
    if (code === 123) return -1;
  }
  return -1;
}

/** Lines that a signature may have. */
const maxSignature = 12;
const noFunctions = new Set(['if', 'for', 'while', 'switch', 'sizeof', 'return', 'defined', '__attribute__']);

function functionAt(source: Source, block: number, end: number): Definition | null {
  let start = block;
  while (start > 0 && block - start < maxSignature && isSignature(source, start - 1)) start--;
  const signature = source.lines(start, block);
  const name = /([A-Za-z_~][\w:~]*)\s*\(/.exec(signature);
  if (!name?.[1] || noFunctions.has(name[1])) return null;
  const parts = name[1].split('::');
  return {
    kind: 'function',
    name: parts.pop() ?? '',
    scope: parts.join('.'),
    startIndex: source.start(start),
    endIndex: source.start(end) + 1,
    docLine: start,
    startLine: start,
    endLine: end,
    nameLine: source.lineAt(source.start(start) + name.index),
    headLine: block,
  };
}

function isSignature(source: Source, line: number): boolean {
  const text = source.line(line).trimEnd();
  return text !== '' && !/[;}]$|\*\/$|^\s*(?:#|\/\/|\/?\*)/.test(text);
}
