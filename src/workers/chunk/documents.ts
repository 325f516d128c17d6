import type { Definition } from './definition.js';
import { type Heading, sectionsOf } from './sections.js';
import type { Source } from './source.js';

/**
 * Sections of a Markdown document by its headings (CommonMark 0.31: ATX and setext). Front matter, fenced and
 * indented code, and HTML comments have no headings.
 */
export function markdownSections(source: Source): Definition[] {
  const headings: Heading[] = [];
  let line = endOfFrontMatter(source);
  let paragraph = false;
  while (line < source.lineCount) {
    const text = source.line(line);
    const hidden = endOfHidden(source, line, text);
    if (hidden > line) {
      line = hidden;
      paragraph = false;
      continue;
    }
    const atx = atxHeading.exec(text);
    if (atx) headings.push({ line, nameLine: line, level: atx[1]?.length ?? 1, name: plain(atx[2] ?? '') });
    else if (paragraph && setextUnderline.test(text)) {
      const name = plain(source.line(line - 1));
      headings.push({ line: line - 1, nameLine: line - 1, level: text.includes('=') ? 1 : 2, name });
    }
    paragraph = !atx && isParagraph(text);
    line++;
  }
  return sectionsOf(source, headings);
}

const atxHeading = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/;
const setextUnderline = /^ {0,3}(?:=+|-{2,})[ \t]*$/;
/** Lists, quotes, tables, HTML and rules can stand above a line of dashes without being a heading. */
const isParagraph = (text: string) => /^ {0,3}[^\s>|<#=*+-]/.test(text) || /^ {0,3}[*+-][^\s*+-]/.test(text);
/** A heading without its links' targets and marks of emphasis or code. */
const plain = (text: string) =>
  text
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[`*]|\{#[\w-]+\}$/g, '')
    .trim();

function endOfFrontMatter(source: Source): number {
  const mark = source.line(0).trimEnd();
  if (mark !== '---' && mark !== '+++') return 0;
  for (let line = 1; line < source.lineCount; line++) {
    const text = source.line(line).trimEnd();
    if (text === mark || (mark === '---' && text === '...')) return line + 1;
  }
  return 0;
}

/** The line after a fenced code block or an HTML comment that begins in a line; the line itself if none does. */
function endOfHidden(source: Source, line: number, text: string): number {
  const fence = /^\s*(?:[-*+]\s+|\d+[.)]\s+)?(`{3,}|~{3,})(.*)$/.exec(text);
  if (fence && !(fence[1]?.startsWith('`') && fence[2]?.includes('`'))) {
    const mark = fence[1] ?? '';
    const closing = new RegExp(`^\\s*${mark[0]}{${mark.length},}\\s*$`);
    return after(source, line + 1, (one) => closing.test(one));
  }
  const comment = /^ {0,3}<!--/.test(text) && !text.includes('-->');
  return comment ? after(source, line + 1, (one) => one.includes('-->')) : line;
}

function after(source: Source, from: number, ends: (text: string) => boolean): number {
  for (let line = from; line < source.lineCount; line++) if (ends(source.line(line))) return line + 1;
  return source.lineCount;
}

/** Sections of an AsciiDoc document by its headings; delimited blocks have none. */
export function asciidocSections(source: Source): Definition[] {
  const headings: Heading[] = [];
  for (let line = 0; line < source.lineCount; line++) {
    const text = source.line(line).trimEnd();
    if (/^(?:-{4,}|\.{4,}|\+{4,}|\/{4,}|`{3,})$/.test(text)) {
      line = after(source, line + 1, (one) => one.trimEnd() === text) - 1;
      continue;
    }
    const heading = /^(={1,6})[ \t]+(\S.*?)(?:[ \t]+=+)?$/.exec(text);
    if (heading)
      headings.push({ line, nameLine: line, level: heading[1]?.length ?? 1, name: heading[2] ?? '' });
  }
  return sectionsOf(source, headings);
}

/**
 * Sections of a reStructuredText document. Its titles are lines with a line of punctuation below, or also above;
 * the order in which such styles come tells their levels.
 */
export function rstSections(source: Source): Definition[] {
  const headings: Heading[] = [];
  const styles: string[] = [];
  for (let line = 0; line + 1 < source.lineCount; line++) {
    const over = adornment(source.line(line)) !== '' && line + 2 < source.lineCount;
    const titleLine = over ? line + 1 : line;
    const title = source.line(titleLine).trimEnd();
    const below = adornment(source.line(titleLine + 1));
    if (below === '' || title.trim() === '' || below.length < Math.min(title.trim().length, 200)) continue;
    if (over ? adornment(source.line(line)) !== below : !isTitle(source, line, title)) continue;
    const style = (over ? 'over ' : '') + below[0];
    if (!styles.includes(style)) styles.push(style);
    headings.push({
      line,
      nameLine: titleLine,
      level: styles.indexOf(style),
      name: title.replace(/[`*]/g, '').trim(),
    });
    line = titleLine + 1;
  }
  return sectionsOf(source, headings);
}

function isTitle(source: Source, line: number, title: string): boolean {
  if (line > 0 && !source.isBlank(line - 1)) return false;
  return !/^\s/.test(title) && adornment(title) === '';
}

/** The line, if it is one character of punctuation again and again; else empty. */
function adornment(text: string): string {
  const line = text.trimEnd();
  return /^([!-/:-@[-`{-~])\1{2,}$/.test(line) ? line : '';
}
