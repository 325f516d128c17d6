import type { Definition } from './definition.js';
import type { Source } from './source.js';

/** A heading, or the header of a table in a configuration file. */
export interface Heading {
  /** First line of the section: that of the heading, or of comments before it. */
  line: number;
  /** Line that has the name. */
  nameLine: number;
  /** A section ends where one of the same or a lower level begins. */
  level: number;
  name: string;
}

const maxName = 160;

/** Sections from headings in the file's order. */
export function sectionsOf(source: Source, headings: Heading[]): Definition[] {
  const open: { level: number; definition: Definition }[] = [];
  const definitions: Definition[] = [];
  for (const { line, nameLine, level, name } of headings) {
    while (open.length > 0 && (open.at(-1)?.level ?? 0) >= level)
      close(source, open.pop()?.definition, line - 1);
    const definition = sectionFrom(source, line, nameLine, name);
    definitions.push(definition);
    open.push({ level, definition });
  }
  for (const { definition } of open) close(source, definition, source.lineCount - 1);
  return definitions;
}

function sectionFrom(source: Source, line: number, nameLine: number, name: string): Definition {
  return {
    kind: 'section',
    name: name.replace(/\s+/g, ' ').slice(0, maxName),
    scope: '',
    startIndex: source.start(line),
    endIndex: source.text.length,
    docLine: line,
    startLine: line,
    endLine: line,
    nameLine,
    headLine: -1,
  };
}

function close(source: Source, definition: Definition | undefined, endLine: number): void {
  if (!definition) return;
  definition.endLine = endLine;
  while (definition.endLine > definition.nameLine && source.isBlank(definition.endLine)) definition.endLine--;
  // Past the last line's end, so that an empty last section still has an extent.
  definition.endIndex = source.end(endLine) + 1;
}
