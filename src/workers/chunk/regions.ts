import { type Span, trim } from './cut.js';
import type { Definition } from './definition.js';
import { kindRules } from './kinds.js';
import type { Source } from './source.js';

/** The lines of a definition, within those of its parent and apart from those of its siblings. */
export interface Region extends Span {
  /** Null for the whole file. */
  definition: Definition | null;
  /** Names of the definitions around it, joined by ".". */
  scope: string;
  children: Region[];
}

/** Definitions nested deeper are taken as part of the one around them: no code that people write is so deep. */
const maxDepth = 60;

interface Open {
  region: Region;
  endIndex: number;
}

/**
 * Nests definitions by their characters and gives each the lines that are its own. A line that two definitions share
 * belongs to the first; one that has no line left is no region.
 *
 * @param definitions sorted by start, the outer before the inner; kinds of functions in classes become `method`
 */
export function buildTree(source: Source, definitions: Definition[]): Region {
  const root: Region = { definition: null, scope: '', from: 0, to: source.lineCount - 1, children: [] };
  const stack: Open[] = [{ region: root, endIndex: Number.POSITIVE_INFINITY }];
  for (const definition of definitions) {
    while ((stack.at(-1) as Open).endIndex <= definition.startIndex) stack.pop();
    const parent = (stack.at(-1) as Open).region;
    if (definition.kind === 'function' && parent.definition && kindRules[parent.definition.kind].hasMethods) {
      definition.kind = 'method';
    }
    const region = regionIn(source, parent, definition);
    if (region === null || stack.length > maxDepth) continue;
    parent.children.push(region);
    stack.push({ region, endIndex: definition.endIndex });
  }
  return root;
}

function regionIn(source: Source, parent: Region, definition: Definition): Region | null {
  const before = parent.children.at(-1);
  const free = before ? before.to + 1 : (parent.definition?.startLine ?? 0);
  const to = Math.min(definition.endLine, parent.to);
  const from = Math.max(free, Math.min(definition.docLine, definition.startLine));
  const own = trim(source, { from, to });
  if (own === null) return null;
  const around = parent.definition ? join(parent.scope, parent.definition.name) : '';
  return { definition, scope: join(around, definition.scope), ...own, children: [] };
}

function join(outer: string, inner: string): string {
  if (outer === '') return inner;
  return inner === '' ? outer : `${outer}.${inner}`;
}
