/** A line of a file, and how it ends: the last one may end with nothing. */
export interface Line {
  readonly text: string;
  readonly end: '' | '\n' | '\r\n';
}

/** Where lines were found. */
export interface Found {
  /** Index of the first line. */
  readonly start: number;
  /** How they differ from what was asked for: nothing, or white space that lines in their place get too. */
  readonly shift: Shift | null;
}

/** Indentation that the file has more, or less, than what was searched; both may be empty. */
interface Shift {
  readonly more: string;
  readonly less: string;
}

/** Lines that take the place of others, from `start` up to but without `end`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly lines: readonly Line[];
}

/** Most lines that are compared where lines that repeat could have each compared with each. */
const mostCompared = 2_000_000;

/** The lines of a text. Joined again they are the text. Pure. */
export function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let at = 0;
  while (at < text.length) {
    const newline = text.indexOf('\n', at);
    if (newline < 0) {
      lines.push({ text: text.slice(at), end: '' });
      break;
    }
    const crlf = newline > at && text[newline - 1] === '\r';
    lines.push({ text: text.slice(at, crlf ? newline - 1 : newline), end: crlf ? '\r\n' : '\n' });
    at = newline + 1;
  }
  return lines;
}

/** The text of lines. Pure. */
export function textOf(lines: readonly Line[]): string {
  return lines.map(({ text, end }) => text + end).join('');
}

/**
 * Every place where lines stand exactly so, by the index of the first; no more than `most` of them. The algorithm of
 * Knuth, Morris and Pratt (1977): its time does not depend on how often lines repeat. Pure.
 */
export function exactPlaces(lines: readonly Line[], wanted: readonly string[], most = 20): number[] {
  const back = [0];
  for (let i = 1, same = 0; i < wanted.length; i++) {
    while (same > 0 && wanted[i] !== wanted[same]) same = back[same - 1] ?? 0;
    if (wanted[i] === wanted[same]) same++;
    back.push(same);
  }
  const found: number[] = [];
  for (let i = 0, same = 0; i < lines.length && found.length < most; i++) {
    while (same > 0 && lines[i]?.text !== wanted[same]) same = back[same - 1] ?? 0;
    if (lines[i]?.text === wanted[same]) same++;
    if (same < wanted.length) continue;
    found.push(i + 1 - same);
    same = back[same - 1] ?? 0;
  }
  return found;
}

/** True if the wanted lines stand at `start`. Pure. */
export function matchesAt(lines: readonly Line[], wanted: readonly string[], start: number): boolean {
  return start >= 0 && wanted.every((text, i) => lines[start + i]?.text === text);
}

/**
 * Every place where lines stand so, but for white space at their ends and indentation that all of them have more or
 * less. Pure.
 */
export function loosePlaces(lines: readonly Line[], wanted: readonly string[], most = 20): Found[] {
  const ends = wanted.map((text) => text.trimEnd());
  const anchor = ends.findIndex((text) => text !== '');
  if (anchor < 0) return [];
  const found: Found[] = [];
  const work = { left: mostCompared };
  for (let start = 0; start + wanted.length <= lines.length && found.length < most; start++) {
    const shift = shiftAt(lines, ends, { start, anchor, work });
    if (shift) found.push({ start, shift });
    // What was not looked at could be a second place.
    if (work.left < 0) return [];
  }
  return found;
}

function shiftAt(
  lines: readonly Line[],
  wanted: readonly string[],
  { start, anchor, work }: { start: number; anchor: number; work: { left: number } },
): Shift | null {
  const shift = shiftBetween((lines[start + anchor]?.text ?? '').trimEnd(), wanted[anchor] ?? '');
  if (!shift) return null;
  const fits = wanted.every((text, i) => {
    work.left--;
    const there = (lines[start + i]?.text ?? '').trimEnd();
    if (text === '' || there === '') return text === there;
    return shift.less + there === shift.more + text;
  });
  return fits ? shift : null;
}

function shiftBetween(there: string, wanted: string): Shift | null {
  const difference = there.length - wanted.length;
  const [longer, shorter] = difference >= 0 ? [there, wanted] : [wanted, there];
  const extra = longer.slice(0, Math.abs(difference));
  if (shorter === '' || extra.trim() !== '' || extra + shorter !== longer) return null;
  return difference >= 0 ? { more: extra, less: '' } : { more: '', less: extra };
}

/** Lines with the indentation that a place has more or less; null: they have less than is to be taken. Pure. */
export function shifted(lines: readonly string[], { more, less }: Shift): string[] | null {
  const moved: string[] = [];
  for (const line of lines) {
    if (line.trim() === '') moved.push(line);
    else if (line.startsWith(less)) moved.push(more + line.slice(less.length));
    else return null;
  }
  return moved;
}

/** How many of the wanted lines stand together somewhere, counted from the first, and where. Pure. */
export function longestStart(
  lines: readonly Line[],
  wanted: readonly string[],
): { start: number; count: number } {
  let best = { start: 0, count: 0 };
  let work = mostCompared;
  for (let start = 0; start < lines.length && work > 0; start++) {
    let count = 0;
    while (count < wanted.length && lines[start + count]?.text.trim() === wanted[count]?.trim()) count++;
    work -= count + 1;
    const meaningful = wanted.slice(0, count).some((text) => text.trim() !== '');
    if (meaningful && count > best.count) best = { start, count };
  }
  return best;
}

/**
 * The splice that puts lines in the place of others. Lines that both have at the beginning and the end stay as they
 * are; new ones end as those around them do. Pure.
 */
export function spliceOf(
  lines: readonly Line[],
  start: number,
  { old, fresh }: { old: readonly string[]; fresh: readonly string[] },
): Splice {
  let before = 0;
  while (before < Math.min(old.length, fresh.length) && old[before] === fresh[before]) before++;
  let after = 0;
  const rest = Math.min(old.length, fresh.length) - before;
  while (after < rest && old.at(-1 - after) === fresh.at(-1 - after)) after++;
  const first = start + before;
  const end = lines[first]?.end || lines[first - 1]?.end || '\n';
  return {
    start: first,
    end: start + old.length - after,
    lines: fresh.slice(before, fresh.length - after).map((text) => ({ text, end })),
  };
}

/** True if two splices touch the same lines, or both put lines between the same two. Pure. */
export function overlap(a: Splice, b: Splice): boolean {
  const [first, second] = a.start < b.start || (a.start === b.start && a.end <= b.end) ? [a, b] : [b, a];
  if (first.end > second.start) return true;
  return first.start === first.end && second.start === second.end && first.start === second.start;
}

/**
 * The lines after all splices, none of which overlap.
 * @param ends whether the last line is to have an end; null: as it has now
 */
export function spliced(lines: readonly Line[], splices: readonly Splice[], ends: boolean | null): Line[] {
  const result: Line[] = [];
  let at = 0;
  for (const splice of [...splices].sort((a, b) => a.start - b.start || a.end - b.end)) {
    for (; at < splice.start; at++) result.push(lines[at] as Line);
    for (const line of splice.lines) result.push(line);
    at = splice.end;
  }
  for (; at < lines.length; at++) result.push(lines[at] as Line);
  const ended = ends ?? (lines.length === 0 || lines.at(-1)?.end !== '');
  const usual = lines[0]?.end || '\n';
  const last = result.length - 1;
  return result.map((line, i) => {
    if (i === last && !ended) return { text: line.text, end: '' };
    return line.end === '' ? { text: line.text, end: usual } : line;
  });
}
