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
  const found = termsByLine(text, terms);
  const definition = name === '' ? -1 : all.findIndex((line) => line.includes(name));
  const from = bestWindow(found, all.length, definition, lines);
  return { startLine: startLine + from, text: all.slice(from, from + lines).join('\n') };
}

/** The terms in each line that has any, with repeats. */
function termsByLine(text: string, terms: ReadonlySet<string>): Map<number, string[]> {
  const byLine = new Map<number, string[]>();
  const words = new Map<string, string[]>();
  const beginnings = beginningsOf(terms);
  let line = 0;
  let lineEnd = text.indexOf('\n');
  beginnings.lastIndex = 0;
  for (let match = beginnings.exec(text); match; match = beginnings.exec(text)) {
    let start = match.index;
    let end = start;
    while (isInWord(text.charCodeAt(start - 1))) start--;
    while (isInWord(text.charCodeAt(end))) end++;
    beginnings.lastIndex = Math.max(end, match.index + 1);
    const word = text.slice(start, end);
    const found = words.get(word) ?? termsOf(word).filter((term) => terms.has(term));
    words.set(word, found);
    if (found.length === 0) continue;
    for (; lineEnd >= 0 && lineEnd < start; lineEnd = text.indexOf('\n', lineEnd + 1)) line++;
    byLine.set(line, [...(byLine.get(line) ?? []), ...found]);
  }
  return byLine;
}

/** Letters, digits, "_" and "$", and whatever is not ASCII: as shared/terms.ts has words. NaN beyond the ends. */
function isInWord(unit: number): boolean {
  return (
    (unit >= 97 && unit <= 122) ||
    (unit >= 65 && unit <= 90) ||
    (unit >= 48 && unit <= 57) ||
    unit === 95 ||
    unit === 36 ||
    unit >= 128
  );
}

const knownBeginnings = new WeakMap<ReadonlySet<string>, RegExp>();
/** So many letters of a term are looked for, wherever "_" and "$" part them. */
const sought = 3;

/** Matches in every word that can hold one of the terms: splitting a text costs much more than looking at it. */
function beginningsOf(terms: ReadonlySet<string>): RegExp {
  const known = knownBeginnings.get(terms);
  if (known) return known;
  const starts = new Set([...terms].map(beginningOf).filter((start) => start !== ''));
  const beginnings = new RegExp(starts.size === 0 ? '$^' : [...starts].join('|'), 'giu');
  knownBeginnings.set(terms, beginnings);
  return beginnings;
}

/** A stem ends as the word does but for its last letter: "flies" has the stem "fly". */
function beginningOf(term: string): string {
  const letters = [...term];
  const most = letters.length > sought || !letters.at(-1)?.endsWith('y') ? sought : sought - 1;
  return letters
    .slice(0, most)
    .map((letter) => letter.replace(/[^\p{L}\p{N}]/u, '.'))
    .join('[_$]*');
}

/** Slides over the lines, keeping how often each word is inside. */
function bestWindow(
  found: ReadonlyMap<number, readonly string[]>,
  count: number,
  definition: number,
  lines: number,
): number {
  const inside = new Map<string, number>();
  let total = 0;
  let best = 0;
  let most = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < count; at++) {
    for (const term of found.get(at) ?? []) {
      inside.set(term, (inside.get(term) ?? 0) + 1);
      total++;
    }
    const from = at - lines + 1;
    for (const term of found.get(from - 1) ?? []) {
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
