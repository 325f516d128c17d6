import type { Definition } from './definition.js';
import { type Heading, sectionsOf } from './sections.js';
import type { Source } from './source.js';

/** Sections of an INI file, a unit file or the like. A comment directly above a header belongs to its section. */
export function iniSections(source: Source): Definition[] {
  const headings: Heading[] = [];
  for (let line = 0; line < source.lineCount; line++) {
    const header = /^\s*\[([^\]]+)\]\s*(?:[;#].*)?$/.exec(source.line(line));
    if (header) headings.push(headingAt(source, line, header[1] ?? '', /^\s*[;#]/));
  }
  return sectionsOf(source, headings);
}

/** Tables of a TOML 1.0 document. What looks like a header within a string or an array over several lines is none. */
export function tomlTables(source: Source): Definition[] {
  const headings: Heading[] = [];
  const reader = new TomlReader();
  for (let line = 0; line < source.lineCount; line++) {
    const text = source.line(line);
    const header = reader.isBetweenValues ? tomlHeader.exec(text) : null;
    if (header) headings.push(headingAt(source, line, header[1] ?? header[2] ?? '', /^\s*#/));
    else reader.read(text);
  }
  return sectionsOf(source, headings);
}

const tomlHeader = /^\s*(?:\[\[\s*([^\]]+?)\s*\]\]|\[\s*((?:"[^"]*"|'[^']*'|[^\]"'])+?)\s*\])\s*(?:#.*)?$/;

function headingAt(source: Source, line: number, name: string, comment: RegExp): Heading {
  let first = line;
  while (first > 0 && comment.test(source.line(first - 1))) first--;
  return { line: first, nameLine: line, level: 1, name: name.replace(/["']/g, '') };
}

/** Follows strings, arrays and inline tables of a TOML document from line to line. */
class TomlReader {
  /** The delimiter that ends an open string over several lines, or empty. */
  #string = '';
  #depth = 0;

  get isBetweenValues(): boolean {
    return this.#string === '' && this.#depth === 0;
  }

  read(text: string): void {
    let at = 0;
    while (at < text.length) {
      if (this.#string !== '') {
        at = this.#endOfString(text, at);
        continue;
      }
      const character = text[at];
      if (character === '#') return;
      if (character === '"' || character === "'") at = this.#startString(text, at, character);
      else {
        if (character === '[' || character === '{') this.#depth++;
        else if ((character === ']' || character === '}') && this.#depth > 0) this.#depth--;
        at++;
      }
    }
  }

  #startString(text: string, at: number, quote: string): number {
    if (text.startsWith(quote.repeat(3), at)) {
      this.#string = quote.repeat(3);
      return at + 3;
    }
    let end = at + 1;
    while (end < text.length && text[end] !== quote) end += quote === '"' && text[end] === '\\' ? 2 : 1;
    return end + 1;
  }

  #endOfString(text: string, from: number): number {
    for (let at = from; at < text.length; at++) {
      if (this.#string === '"""' && text[at] === '\\') at++;
      else if (text.startsWith(this.#string, at)) {
        const quote = this.#string[0];
        this.#string = '';
        // Up to two quotes may stand before the delimiter.
        let end = at + 3;
        while (end < at + 5 && text[end] === quote) end++;
        return end;
      }
    }
    return text.length;
  }
}
