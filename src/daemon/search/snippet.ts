import { termsOf } from '../../shared/terms.js';
import type { ChunkRow } from '../../workers/chunk-rows.js';

export interface Snippet {
  startLine: number;
  text: string;
}

/** The line with the definition's name is worth this many distinct words of the query. */
const definitionWorth = 1.5;
/** Repeats of a word count this much of its first appearance. */
const repeatWorth = 0.1;

/**
 * The lines of a chunk that match best, verbatim: the window of at most `lines` lines with the most distinct query
 * words, the definition's first line preferred, the earliest of equals. Null for no lines. Pure.
 */
export function snippetOf(
  { text, startLine, name }: Pick<ChunkRow, 'text' | 'startLine' | 'name'>,
  terms: ReadonlySet<string>,
  lines: number,
): Snippet | null {
  if (lines <= 0) return null;
  const all = text.split('\n');
  if (all.length <= lines) return { startLine, text };
  const beginnings = beginningsOf(terms);
  const found = all.map((line) =>
    beginnings.test(line) ? termsOf(line).filter((term) => terms.has(term)) : [],
  );
  const definition = name === '' ? -1 : all.findIndex((line) => line.includes(name));
  const from = bestWindow(found, definition, lines);
  return { startLine: startLine + from, text: all.slice(from, from + lines).join('\n') };
}

const knownBeginnings = new WeakMap<ReadonlySet<string>, RegExp>();

/** Matches every line that can hold one of the terms: splitting a line costs much more than looking at it. */
function beginningsOf(terms: ReadonlySet<string>): RegExp {
  const known = knownBeginnings.get(terms);
  if (known) return known;
  const starts = [...new Set([...terms].map((term) => term.slice(0, 3).replaceAll(/[^\p{L}\p{N}]/gu, '.')))];
  const beginnings = new RegExp(starts.length === 0 ? '$^' : starts.join('|'), 'iu');
  knownBeginnings.set(terms, beginnings);
  return beginnings;
}

/** Slides over the lines, keeping how often each word is inside. */
function bestWindow(found: readonly string[][], definition: number, lines: number): number {
  const inside = new Map<string, number>();
  let total = 0;
  let best = 0;
  let most = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < found.length; at++) {
    for (const term of found[at] ?? []) {
      inside.set(term, (inside.get(term) ?? 0) + 1);
      total++;
    }
    const from = at - lines + 1;
    for (const term of found[from - 1] ?? []) {
      const left = (inside.get(term) ?? 0) - 1;
      if (left > 0) inside.set(term, left);
      else inside.delete(term);
      total--;
    }
    if (from < 0) continue;
    const defines = definition >= from && definition <= at;
    const worth = inside.size + repeatWorth * (total - inside.size) + (defines ? definitionWorth : 0);
    if (worth > most) {
      most = worth;
      best = from;
    }
  }
  return best;
}
