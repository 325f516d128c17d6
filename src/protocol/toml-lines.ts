import { parse } from 'smol-toml';

/** One statement of a TOML text: a table's header or an assignment. Line numbers count from 0. */
export interface Statement {
  readonly kind: 'table' | 'value';
  readonly first: number;
  readonly last: number;
  /** The whole path from the root: of the table, or of the assigned key. */
  readonly path: readonly string[];
  /** What is assigned; undefined for a header. */
  readonly value: unknown;
}

/**
 * The statements of a TOML text with their lines, which the parser does not tell. Where a statement ends is asked of
 * the parser too: at the first line with which it can be parsed. The text must be valid TOML as a whole. Pure.
 */
export function statements(text: string): Statement[] {
  const lines = text.split('\n');
  const found: Statement[] = [];
  let table: readonly string[] = [];
  for (let first = 0; first < lines.length; first++) {
    const line = lines[first] ?? '';
    if (/^\s*(#|$)/.test(line)) continue;
    if (/^\s*\[/.test(line)) {
      table = pathOf(parse(`${line}\n`));
      found.push({ kind: 'table', first, last: first, path: table, value: undefined });
      continue;
    }
    const last = endOf(lines, first);
    const whole = `${lines.slice(first, last + 1).join('\n')}\n`;
    const path = pathOf(parse(`${keyPart(whole)} = 1`));
    found.push({ kind: 'value', first, last, path: [...table, ...path], value: valueAt(parse(whole), path) });
    first = last;
  }
  return found;
}

/** The key of an assignment as written: what stands before the first equals sign that is not part of the key. */
export function keyPart(assignment: string): string {
  for (let at = assignment.indexOf('='); at >= 0; at = assignment.indexOf('=', at + 1)) {
    const key = assignment.slice(0, at);
    if (parses(`${key} = 1`)) return key;
  }
  return assignment;
}

/** The comment that ends an assignment, with the space before it; empty if there is none. */
export function trailingComment(assignment: string): string {
  const lastLine = assignment.lastIndexOf('\n') + 1;
  for (let at = assignment.indexOf('#', lastLine); at >= 0; at = assignment.indexOf('#', at + 1)) {
    const before = assignment.slice(0, at);
    if (parses(before)) return assignment.slice(before.trimEnd().length).trimEnd();
  }
  return '';
}

function endOf(lines: readonly string[], first: number): number {
  for (let last = first; last < lines.length; last++) {
    // With a line end: the parser takes a carriage return only before one.
    if (parses(`${lines.slice(first, last + 1).join('\n')}\n`)) return last;
  }
  return lines.length - 1;
}

function parses(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch {
    // That is the answer.
    return false;
  }
}

/** Follows tables of a single key down to what is no such table; arrays of tables lead on into their first one. */
function pathOf(value: unknown): string[] {
  const inner = Array.isArray(value) ? value[0] : value;
  if (typeof inner !== 'object' || inner === null) return [];
  const entry = Object.entries(inner)[0];
  return entry ? [entry[0], ...pathOf(entry[1])] : [];
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => (inner as Record<string, unknown>)[name], value);
}
