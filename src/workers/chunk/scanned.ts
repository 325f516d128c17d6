import type { Outline } from '../language-table.js';
import type { Definition } from './definition.js';
import { asciidocSections, markdownSections, rstSections } from './documents.js';
import type { Source } from './source.js';
import { iniSections, tomlTables } from './tables.js';

/** Definitions of a file in a language that is read line by line; none where lines are all that is known. */
export function scannedDefinitions(source: Source, by: Exclude<Outline['by'], 'grammar'>): Definition[] {
  switch (by) {
    case 'markdown':
      return markdownSections(source);
    case 'asciidoc':
      return asciidocSections(source);
    case 'rst':
      return rstSections(source);
    case 'toml':
      return tomlTables(source);
    case 'ini':
      return iniSections(source);
    case 'lines':
      return [];
  }
}
