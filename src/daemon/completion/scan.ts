import { newlinesIn } from './lines.js';

/** How a name occurs around the cursor. */
export interface Mention {
  name: string;
  /** What stands before it, as in `receiver.name`; null: nothing; empty: neither a name nor a path. */
  receiver: string | null;
  /** Lines between it and the cursor, 0 for the line of the cursor; of the nearest one. */
  distance: number;
  count: number;
}

/** What the lines around the cursor say, found without parsing. Its own line, which changes with every key, is not in it. */
export interface LinesScan {
  /** The nearest first. */
  mentions: Mention[];
  /** The identifiers of the lines near the cursor. */
  nearby: Set<string>;
  /** All identifiers. */
  names: Set<string>;
}

/** What the line of the cursor says. */
export interface LineScan {
  mentions: Mention[];
  /** The part of a name that stands directly before the cursor, or empty. */
  partial: string;
  /** What stands before `partial`: `a.b` of `a.b.par|`; null: nothing. */
  receiver: string | null;
  /** All identifiers, with the one that the cursor is in. */
  names: Set<string>;
}

const identifier = /[A-Za-z_$\u00aa-\uffff][\w$\u00aa-\uffff]*/g;
const partialBefore = /[A-Za-z_$\u00aa-\uffff][\w$\u00aa-\uffff]*$/;
const partialAfter = /^[\w$\u00aa-\uffff]+/;
/** Longest name or path of names that is looked at. */
const longestPath = 200;
/** Lines on either side that count as near. */
const nearLines = 12;
/** Distinct names that are taken down at most: the nearest. */
const mostMentions = 400;

/**
 * Finds the names around the cursor. A name in a comment or a string counts like any other.
 * @param before the lines before that of the cursor, with their ends
 * @param after what follows it, from its line end on
 */
export function scanLines(before: string, after: string): LinesScan {
  const seen: Seen = { found: new Map(), nearby: new Set(), names: new Set() };
  collect(before, newlinesIn(before), seen);
  collect(after, 0, seen);
  const mentions = [...seen.found.values()].sort((a, b) => a.distance - b.distance || b.count - a.count);
  return { mentions: mentions.slice(0, mostMentions), nearby: seen.nearby, names: seen.names };
}

/**
 * Finds the names on the line of the cursor.
 * @param left what stands before the cursor
 * @param right what stands after it
 */
export function scanLine(left: string, right: string): LineScan {
  const partial = partialBefore.exec(left.slice(-longestPath))?.[0] ?? '';
  const before = left.slice(0, left.length - partial.length);
  const rest = partial === '' ? '' : (partialAfter.exec(right.slice(0, longestPath))?.[0] ?? '');
  const names = new Set([`${partial}${rest}`]);
  const seen: Seen = { found: new Map(), nearby: new Set(), names };
  const last = collect(before, 0, seen);
  collect(right.slice(rest.length), 0, seen);
  const mentions = [...seen.found.values()].sort((a, b) => b.count - a.count).slice(0, mostMentions);
  return { mentions, partial, receiver: receiverAt(before, before.length, last), names };
}

/** The distinct names in a text. */
export function identifiersOf(text: string): Set<string> {
  return new Set(text.match(identifier));
}

/** The share of what either has that both have. */
export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const [small, large] = a.size < b.size ? [a, b] : [b, a];
  let shared = 0;
  for (const one of small) if (large.has(one)) shared++;
  const all = a.size + b.size - shared;
  return all === 0 ? 0 : shared / all;
}

/** A path of names, and where it ended. */
interface Path {
  path: string;
  end: number;
}

/** What is found in the text. */
interface Seen extends Pick<LinesScan, 'nearby' | 'names'> {
  /** By the name with what stands before it. */
  found: Map<string, Mention>;
}

/**
 * @param toCursor lines from the first one to that of the cursor; 0 if the text begins there
 * @returns the last path of names
 */
function collect(text: string, toCursor: number, { found, nearby, names }: Seen): Path {
  let line = 0;
  let lineEnd = text.indexOf('\n');
  let last: Path = { path: '', end: -1 };
  for (const match of text.matchAll(identifier)) {
    const at = match.index;
    while (lineEnd >= 0 && lineEnd < at) {
      line++;
      lineEnd = text.indexOf('\n', lineEnd + 1);
    }
    const [name] = match;
    names.add(name);
    const distance = Math.abs(toCursor - line);
    if (distance > 0 && distance <= nearLines) nearby.add(name);
    const receiver = receiverAt(text, at, last);
    const sign = receiver ? text.slice(last.end, at).replace(/^[?!]/, '') : '';
    last = { path: receiver ? `${receiver}${sign}${name}` : name, end: at + name.length };
    const key = receiver === null ? name : `${receiver}.${name}`;
    const known = found.get(key);
    if (!known) found.set(key, { name, receiver, distance, count: 1 });
    else {
      known.count++;
      known.distance = Math.min(known.distance, distance);
    }
  }
  return last;
}

/** What stands before a place of a text, if a sign that leads to a member does: empty if that is no path of names. */
function receiverAt(text: string, at: number, last: Path): string | null {
  const length = signBefore(text, at);
  if (length === 0) return null;
  return last.end === at - length && last.path.length <= longestPath ? last.path : '';
}

/** Length of the sign before a place: ".", "?.", "!.", "->" or "::". */
function signBefore(text: string, at: number): number {
  const [one, two] = [text.charCodeAt(at - 1), text.charCodeAt(at - 2)];
  if (one === 46) return two === 63 || two === 33 ? 2 : 1;
  return (one === 58 && two === 58) || (one === 62 && two === 45) ? 2 : 0;
}
