import { termsColumn } from '../../../shared/terms.js';
import { termsOfChunk } from '../../../workers/chunk/terms-column.js';
import type { RawPair } from './code-pairs.js';
import { paragraphsOf, queryFrom } from './comment-text.js';
import { pairRates } from './pair.js';
import type { ParsedFile } from './parsed-file.js';

const minSectionTerms = 12;
const minCodeTerms = 6;
const maxCodeLines = 60;
const plainHeadings =
  /^(?:introduction|overview|usage|examples?|installation|install|licen[cs]e|contributing|notes?|see also|references?|changelog|table of contents|getting started|contents|summary|authors?|credits|description|options|version .*|v?\d[\d.]*.*)$/i;

/** All pairs of a document: its headings with their sections, its paragraphs with the examples below them. */
export function documentPairs(file: ParsedFile, random: () => number): RawPair[] {
  return [...sectionPairs(file, random), ...prosePairs(file, random)];
}

function* sectionPairs({ source, chunks }: ParsedFile, random: () => number): Iterable<RawPair> {
  for (const { name, scope, kind, startLine, endLine } of chunks) {
    if (kind !== 'section' || plainHeadings.test(name) || random() >= pairRates.section) continue;
    const query = queryFrom(name) ?? twoWords(name);
    if (query === null) continue;
    const first = source.line(startLine - 1);
    const hasHeading = first.includes(name.slice(0, 20));
    const from = hasHeading ? startLine : startLine - 1;
    if (from > endLine - 1) continue;
    const document = termsOfChunk({ name: '', scope, symbols: [] }, source.lines(from, endLine - 1));
    if (new Set(document.split(' ')).size >= minSectionTerms) yield { kind: 'section', query, document };
  }
}

const twoWords = (name: string) => (/^[\p{L}][\p{L}-]{2,}\s+[\p{L}][\p{L}-]{2,}$/u.test(name) ? name : null);

/** A paragraph and the code block right below it. */
function* prosePairs({ source, language }: ParsedFile, random: () => number): Iterable<RawPair> {
  for (let line = 0; line < source.lineCount; line++) {
    const block = codeBlockAt(source.line(line), language);
    if (block === null) continue;
    const end = endOfBlock(source, line, block);
    const code = source.lines(Math.min(line + 1, end), Math.min(end - 1, line + maxCodeLines));
    const paragraph = paragraphAbove(source, line);
    line = end;
    const query = paragraph && queryFrom(paragraph);
    if (!query || random() >= pairRates.prose) continue;
    const document = termsColumn(code);
    if (new Set(document.split(' ')).size >= minCodeTerms) yield { kind: 'prose', query, document };
  }
}

/** How a block of code ends: with a line of this mark, or (empty) where the indentation does. */
function codeBlockAt(line: string, language: string): string | null {
  if (language === 'markdown') return /^ {0,3}(`{3,}|~{3,})[^`]*$/.exec(line)?.[1] ?? null;
  if (language === 'asciidoc') return /^(-{4,}|\.{4,})\s*$/.exec(line)?.[1] ?? null;
  return /^\s*\.\. (?:code-block|code|sourcecode|highlight)::|[^:.\s].*::\s*$/.test(line) ? '' : null;
}

function endOfBlock(source: ParsedFile['source'], line: number, mark: string): number {
  const indent = source.indent(line);
  for (let next = line + 1; next < source.lineCount; next++) {
    if (mark !== '' && source.line(next).trim().startsWith(mark)) return next;
    if (mark === '' && !source.isBlank(next) && source.indent(next) <= indent) return next - 1;
  }
  return source.lineCount - 1;
}

function paragraphAbove(source: ParsedFile['source'], line: number): string | null {
  let to = line - 1;
  const text = source.line(line);
  // In reStructuredText the paragraph itself may end with the mark.
  if (/[^:\s.]\s*::\s*$/.test(text) && !text.trim().startsWith('..')) to = line;
  while (to >= 0 && (source.isBlank(to) || /^\[.*\]$|^\.[A-Z]/.test(source.line(to).trim()))) to--;
  let from = to;
  while (from > 0 && !source.isBlank(from - 1) && to - from < 12) from--;
  if (to < 0) return null;
  const lines = source.lines(from, to);
  if (/^\s*(?:#|=+ |[|>]|```|\.\. )/m.test(lines)) return null;
  return paragraphsOf(lines.replace(/:+\s*$/, '.').replace(/^\s*(?:[-*+]|\d+\.)\s+/, '')).at(-1) ?? null;
}
