import type { CompletionItem } from '../../protocol/completion-context.js';

/** Share of the tokens of a new selection that an earlier one must have, to be taken again as it is. */
const enough = 0.7;

const keyOf = (item: CompletionItem) => `${item.repo}\0${item.path}\0${item.startLine}\0${item.text}`;

/**
 * The context items of a prompt in an order that does not depend on their ranks, and if that is good enough, the same ones
 * as for the request before: a server computes only what comes behind the first difference.
 * @param own path of the file that is completed, from its root
 */
export function steadySelection(
  items: readonly CompletionItem[],
  before: readonly CompletionItem[],
  own: string,
): readonly CompletionItem[] {
  const sorted = [...items].sort(
    (a, b) => compare(a.repo, b.repo) || compare(a.path, b.path) || a.startLine - b.startLine,
  );
  if (before.length === 0) return sorted;
  const now = new Set(items.map(keyOf));
  // What was elsewhere in the file may stand around the cursor by now.
  if (before.some((item) => item.path === own && !now.has(keyOf(item)))) return sorted;
  const had = new Set(before.map(keyOf));
  const all = items.reduce((sum, { tokens }) => sum + tokens, 0);
  const same = items.reduce((sum, item) => sum + (had.has(keyOf(item)) ? item.tokens : 0), 0);
  return all > 0 && same / all >= enough ? before : sorted;
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
