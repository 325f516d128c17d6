import type { CompletionItem } from '../../protocol/completion-context.js';

/** Share of the tokens of a new selection that an earlier one must have, to be taken again as it is. */
const enough = 0.7;

/** What of an item is in a prompt; the lines that it stands on are not. */
const keyOf = ({ repo, path, text }: CompletionItem) => `${repo}\0${path}\0${text}`;

/**
 * The context items of a prompt in an order that changes as little as can be while somebody types: a server computes only
 * what comes behind the first difference. If that is good enough, they are the same as for the request before. Else those
 * that are still among the new ones stay where they were, and the others come behind them, the best last: nearest to the
 * code that is completed, and what llama-server keeps of too many.
 * @param items the best first
 * @param before what this made of the request before, for the same document
 * @param own path of the file that is completed, from its root
 */
export function steadySelection(
  items: readonly CompletionItem[],
  before: readonly CompletionItem[],
  own: string,
): readonly CompletionItem[] {
  const now = new Map(items.map((item) => [keyOf(item), item]));
  const kept = before.flatMap((item) => now.get(keyOf(item)) ?? []);
  const gone = before.filter((item) => !now.has(keyOf(item)));
  const all = tokensOf(items);
  const isGood = all > 0 && tokensOf(kept) / all >= enough;
  // What was elsewhere in the file may stand around the cursor by now, and what was changed must not be shown as it was.
  const isTrue = !gone.some((item) => item.path === own || items.some((other) => isOther(item, other)));
  if (isGood && isTrue) return before;
  const had = new Set(kept.map(keyOf));
  return [...kept, ...items.filter((item) => !had.has(keyOf(item))).reverse()];
}

/** The same lines of a file with another text. */
function isOther(old: CompletionItem, fresh: CompletionItem): boolean {
  return (
    old.repo === fresh.repo &&
    old.path === fresh.path &&
    old.startLine <= fresh.endLine &&
    fresh.startLine <= old.endLine
  );
}

function tokensOf(items: readonly CompletionItem[]): number {
  return items.reduce((sum, { tokens }) => sum + tokens, 0);
}
