import type { Definition } from './definition.js';
import { definitionsOf, partsOfName } from './find.js';
import type { GraphView } from './graph-view.js';
import type { RepoGraph } from './repo-graph.js';

export interface SymbolQuery {
  name: string;
  match: 'exact' | 'prefix' | 'fuzzy';
  kinds?: readonly string[] | undefined;
  languages?: readonly string[] | undefined;
}

/** How well a name fits: lower is better, null if not at all. */
type Fit = number | null;

/** The first fit that a query does not take. */
const reach = { exact: 2, prefix: 3, fuzzy: 5 };

/** Definitions whose names fit, the best first: as written, then by case, beginning, parts and letters in between. */
export function searchSymbols(
  { contents }: GraphView,
  repos: readonly RepoGraph[],
  query: SymbolQuery,
): Definition[] {
  const { scope, name } = partsOfName(query.name);
  const fitting: { id: number; fit: number; length: number }[] = [];
  for (const id of contents.definedNames()) {
    const text = contents.names.text(id);
    const fit = fitOf(text, name);
    if (fit !== null && fit < reach[query.match]) fitting.push({ id, fit, length: text.length });
  }
  const text = (id: number) => contents.names.text(id);
  fitting.sort((a, b) => a.fit - b.fit || a.length - b.length || (text(a.id) < text(b.id) ? -1 : 1));
  const { kinds, languages } = query;
  return fitting.flatMap(({ id }) =>
    definitionsOf(contents, repos, id, scope)
      .filter(({ content, index }) => !kinds || kinds.includes(content.kind(index)))
      .filter(({ content }) => !languages || languages.includes(content.language))
      .sort((a, b) => outward(a) - outward(b)),
  );
}

/** What other files may use comes first. */
function outward({ content, index }: Definition): number {
  return content.exported(index) === false ? 1 : 0;
}

function fitOf(text: string, wanted: string): Fit {
  if (text === wanted) return 0;
  if (text.length < wanted.length) return null;
  const [lower, lowerWanted] = [text.toLowerCase(), wanted.toLowerCase()];
  if (lower === lowerWanted) return 1;
  if (lower.startsWith(lowerWanted)) return 2;
  if (lower.includes(lowerWanted)) return 3;
  return isSubsequence(lower, lowerWanted) ? 4 : null;
}

function isSubsequence(text: string, wanted: string): boolean {
  let at = 0;
  for (const letter of wanted) {
    at = text.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
