import { randomFrom, shuffled } from './statistics.js';

/** A place in a file from which the rest of the line is hidden. */
export interface Mask {
  readonly path: string;
  /** From 1; the column in UTF-16 units. */
  readonly line: number;
  readonly column: number;
  /** The text without what is hidden. */
  readonly text: string;
  readonly hidden: string;
}

const shortestLine = 10;
const shortestHidden = 4;
const linesAround = 5;
const mostOfOneFile = 3;
const comment = /^\s*(?:\/\/|\/\*|\*|#(?!\s*(?:include|define|if))|--|;|%|"""|'''|<!--)/;

/** Whether a line has enough code to be completed. Pure. */
export function hasCode(line: string): boolean {
  const bare = line.trim();
  return (
    bare.length >= shortestLine && bare.length <= 300 && !comment.test(line) && /[A-Za-z_]\w*\W+\w/.test(bare)
  );
}

/**
 * Hides the rest of a line: in the middle of the file, from a word on that is not in the last third of the line.
 * @returns null if no line of the text is fit
 */
function maskLine(path: string, text: string, random: () => number): Mask | null {
  const lines = text.split('\n');
  const fit = lines
    .map((line, index) => ({ line, index }))
    .filter(({ line, index }) => index >= linesAround && index < lines.length - linesAround && hasCode(line));
  const one = fit[Math.floor(random() * fit.length)];
  if (!one) return null;
  const line = one.line.replace(/\s+$/, '');
  const indent = line.length - line.trimStart().length;
  const latest = indent + ((line.length - indent) * 2) / 3;
  const starts = [...line.matchAll(/(?<=[^\w\s])\s*(?=\w)|(?<=\s)(?=\S)/g)]
    .map(({ index, 0: { length } }) => index + length)
    .filter((at) => at >= indent && at <= latest && line.length - at >= shortestHidden);
  const at = starts[Math.floor(random() * starts.length)];
  if (at === undefined) return null;
  const shown = [...lines];
  shown[one.index] = one.line.slice(0, at);
  return {
    path,
    line: one.index + 1,
    column: at + 1,
    text: shown.join('\n'),
    hidden: line.slice(at),
  };
}

/**
 * Chooses masks: the files in an order that the seed gives, one line of each, then a second of each, at most three.
 * The same seed and files give the same masks.
 * @param read the text of a file, or null to leave it out
 */
export function chooseMasks(
  paths: readonly string[],
  wanted: number,
  seed: number,
  read: (path: string) => string | null,
): Mask[] {
  const random = randomFrom(seed);
  const order = shuffled([...paths].sort(), random);
  const masks = new Map<string, Mask>();
  for (let round = 0; round < mostOfOneFile && masks.size < wanted; round++) {
    for (const path of order) {
      if (masks.size >= wanted) break;
      const text = read(path);
      const mask = text === null ? null : maskLine(path, text, random);
      if (mask) masks.set(`${path}:${mask.line}`, mask);
    }
  }
  return [...masks.values()];
}

/**
 * The first masks whose lines, white space around them aside, stand in no other file, so that code from elsewhere cannot
 * have what is hidden.
 * @param paths of all files that may hold a copy
 * @returns as well: how many masks before the last one taken were left out
 */
export function heldOut(
  masks: readonly Mask[],
  wanted: number,
  paths: readonly string[],
  read: (path: string) => string | null,
): { masks: Mask[]; copied: number } {
  const homes = new Map<string, Set<string>>();
  for (const mask of masks) homes.set(lineOf(mask), new Set([mask.path]));
  for (const path of paths) {
    for (const line of read(path)?.split('\n') ?? []) homes.get(line.trim())?.add(path);
  }
  const taken: Mask[] = [];
  let copied = 0;
  for (const mask of masks) {
    if (taken.length === wanted) break;
    if (homes.get(lineOf(mask))?.size === 1) taken.push(mask);
    else copied++;
  }
  return { masks: taken, copied };
}

function lineOf({ text, line, hidden }: Mask): string {
  return `${text.split('\n')[line - 1] ?? ''}${hidden}`.trim();
}
