import { parsePatch, type StructuredPatch, type StructuredPatchHunk } from 'diff';
import { messageOf } from '../../shared/errors.js';
import type { Edit, EditHunk } from './contract.js';

/** What a diff says of one file, from one line of the answer to another. */
export interface DiffPart {
  readonly from: number;
  readonly to: number;
  readonly read: { readonly edit: Edit } | { readonly path: string | null; readonly message: string };
}

interface TextLine {
  readonly text: string;
}

interface Place {
  /** The line behind the last that may be read. */
  readonly to: number;
  /** What stands before `to` is all of the diff, so that hunks end there whatever numbers they give. */
  readonly closed: boolean;
}

/** True if a unified diff of a file begins at a line. Pure. */
export function startsDiff(lines: readonly TextLine[], at: number): boolean {
  const text = lines[at]?.text ?? '';
  return text.startsWith('diff --git ') || isHeader(lines, at);
}

/**
 * Reads the unified diffs that begin at a line, one part a file. Numbers of lines in the heads of hunks are counted
 * again where the end of the diff is known; where it is not, they must be right. Pure.
 * @returns the parts, and the line behind the last
 */
export function readDiff(
  lines: readonly TextLine[],
  from: number,
  place: Place,
): { parts: DiffPart[]; next: number } {
  const parts: DiffPart[] = [];
  let at = from;
  while (at < place.to) {
    if (startsDiff(lines, at)) {
      const file = readFile(lines, at, place);
      parts.push({ from: at, to: file.next - 1, read: file.read });
      at = file.next;
    } else if (place.closed || (lines[at]?.text.trim() === '' && startsDiff(lines, at + 1))) at++;
    else break;
  }
  return { parts, next: at };
}

function isHeader(lines: readonly TextLine[], at: number): boolean {
  return /^--- \S/.test(lines[at]?.text ?? '') && /^\+\+\+ \S/.test(lines[at + 1]?.text ?? '');
}

/** True if the two lines of a header name no other file than the line "diff --git" above them. */
function namesOnly(lines: readonly TextLine[], at: number, git: string): boolean {
  const names = [lines[at], lines[at + 1]].map((line) => line?.text.slice(4).split('\t')[0]?.trim() ?? '');
  return names.every((name) => name === '/dev/null' || git.includes(name));
}

/** Lines of git between "diff --git" and the first hunk. */
const extended =
  /^(index |old mode |new mode |new file mode |deleted file mode |similarity index |dissimilarity index |rename from |rename to |copy from |copy to |Binary files |GIT binary patch)/;

function readFile(
  lines: readonly TextLine[],
  from: number,
  place: Place,
): { read: DiffPart['read']; next: number } {
  const text: string[] = [];
  const unplaced = new Set<number>();
  let at = from;
  const take = () => text.push(lines[at++]?.text ?? '');
  const git = lines[at]?.text.startsWith('diff --git ') ? (lines[at]?.text ?? '') : null;
  if (git !== null) take();
  while (at < place.to && extended.test(lines[at]?.text ?? '')) take();
  if (isHeader(lines, at) && (git === null || namesOnly(lines, at, git))) {
    take();
    take();
  }
  let problem: string | null = null;
  let hunks = 0;
  while (at < place.to && (lines[at]?.text ?? '').startsWith('@@')) {
    const hunk = readHunk(lines, at, place);
    if (hunk === null) {
      problem ??= `The hunk in line ${at + 1} of the answer does not have as many lines as it says.`;
      at++;
      while (at < place.to && /^[ +\-\\]/.test(lines[at]?.text ?? '') && !startsDiff(lines, at)) at++;
      continue;
    }
    text.push(hunk.head, ...hunk.body);
    if (!hunk.placed) unplaced.add(hunks);
    hunks++;
    at = hunk.next;
  }
  const next = Math.max(at, from + 1);
  if (problem !== null) return { read: { path: namedPath(text), message: problem }, next };
  return { read: editOf(text, unplaced), next };
}

function namedPath(text: readonly string[]): string | null {
  const line = text.find((one) => one.startsWith('+++ ') && !one.includes('/dev/null'));
  return line === undefined ? null : line.slice(4).replace(/^b\//, '').trim();
}

interface RawHunk {
  head: string;
  body: string[];
  /** Its head tells where it stands. */
  placed: boolean;
  next: number;
}

function readHunk(lines: readonly TextLine[], at: number, place: Place): RawHunk | null {
  const [, oldStart, oldCount = '1', newStart, newCount = '1'] =
    /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(lines[at]?.text ?? '') ?? [];
  const placed = oldStart !== undefined && newStart !== undefined;
  if (placed) {
    const counted = countedBody(lines, at + 1, {
      old: Number(oldCount),
      fresh: Number(newCount),
      to: place.to,
    });
    const next = counted && lines[counted.next]?.text;
    const goesOn =
      counted !== null &&
      counted.next < place.to &&
      /^[ +\-\\]/.test(next ?? '') &&
      !isHeader(lines, counted.next);
    if (counted && !(goesOn && place.closed)) return { head: lines[at]?.text ?? '', placed, ...counted };
  }
  if (!place.closed) return null;
  const rest = restBody(lines, at + 1, place.to);
  if (rest === null) return null;
  const old = rest.body.filter((line) => /^[ -]/.test(line)).length;
  const fresh = rest.body.filter((line) => /^[ +]/.test(line)).length;
  const start = Number(oldStart ?? 1);
  return { head: `@@ -${start},${old} +${start},${fresh} @@`, placed, ...rest };
}

/** The body of a hunk that has as many lines as its head says. */
function countedBody(
  lines: readonly TextLine[],
  from: number,
  { old, fresh, to }: { old: number; fresh: number; to: number },
): { body: string[]; next: number } | null {
  const body: string[] = [];
  let at = from;
  let [leftOld, leftFresh] = [old, fresh];
  while (leftOld > 0 || leftFresh > 0) {
    const line = at < to ? bodyLine(lines[at]?.text ?? '') : null;
    if (line === null) return null;
    if (/^[ -]/.test(line)) leftOld--;
    if (/^[ +]/.test(line)) leftFresh--;
    if (leftOld < 0 || leftFresh < 0) return null;
    body.push(line);
    at++;
  }
  if (at < to && lines[at]?.text.startsWith('\\')) body.push(lines[at++]?.text ?? '');
  return { body, next: at };
}

/** The body of a hunk that goes on to the next hunk, the next file or the end. */
function restBody(
  lines: readonly TextLine[],
  from: number,
  to: number,
): { body: string[]; next: number } | null {
  const body: string[] = [];
  let at = from;
  for (; at < to; at++) {
    const text = lines[at]?.text ?? '';
    if (text.startsWith('@@') || startsDiff(lines, at)) break;
    const line = bodyLine(text);
    if (line === null) return null;
    body.push(line);
  }
  // Blank lines before the next hunk or the end of the fence are no part of the file.
  while (body.length > 0 && lines[from + body.length - 1]?.text === '') body.pop();
  return body.length === 0 ? null : { body, next: at };
}

/** A line of a hunk; an empty one is an unchanged empty line whose blank was lost. */
function bodyLine(text: string): string | null {
  if (text === '') return ' ';
  return /^[ +\-\\]/.test(text) ? text : null;
}

function editOf(text: readonly string[], unplaced: ReadonlySet<number>): DiffPart['read'] {
  let patch: StructuredPatch | undefined;
  try {
    [patch] = parsePatch(`${text.join('\n')}\n`);
  } catch (error) {
    return { path: namedPath(text), message: `The diff cannot be read: ${messageOf(error)}.` };
  }
  if (!patch) return { path: namedPath(text), message: 'The diff is empty.' };
  const hunks = patch.hunks.map((hunk, i) => hunkOf(hunk, !unplaced.has(i)));
  if (patch.isCopy) {
    const message = 'The diff copies a file: only changes, new files, deletions and renames are done.';
    return { path: namedPath(text), message };
  }
  const names = namesOf(patch);
  if (typeof names === 'string') return { path: namedPath(text), message: names };
  const { path, to, kind } = names;
  if (patch.isBinary) return { path, message: 'The diff is of a binary file.' };
  if (hunks.length === 0 && kind === 'change') return { path, message: 'The diff has no hunks.' };
  return { edit: { is: 'patch', path, kind, to, hunks } };
}

type Kind = Extract<Edit, { is: 'patch' }>['kind'];

function namesOf(patch: StructuredPatch): { path: string; to: string | null; kind: Kind } | string {
  const { oldFileName: old, newFileName: fresh } = patch;
  if (!old || !fresh) return 'The diff does not say of which file it is.';
  const isOld = (name: string) => name.replace(/^a\//, '');
  const isNew = (name: string) => name.replace(/^b\//, '');
  if (old === '/dev/null' && fresh === '/dev/null') return 'The diff does not say of which file it is.';
  if (old === '/dev/null' || patch.isCreate) return { path: isNew(fresh), to: null, kind: 'create' };
  if (fresh === '/dev/null' || patch.isDelete) return { path: isOld(old), to: null, kind: 'delete' };
  const prefixed = old.startsWith('a/') && fresh.startsWith('b/');
  const [from, to] = prefixed ? [isOld(old), isNew(fresh)] : [old, fresh];
  if (patch.isRename) return { path: from, to, kind: 'rename' };
  if (from !== to) return `The diff names two files, ${from} and ${to}, and does not say "rename from".`;
  return { path: from, to: null, kind: 'change' };
}

function hunkOf(hunk: StructuredPatchHunk, placed: boolean): EditHunk {
  const old: string[] = [];
  const fresh: string[] = [];
  let oldOpen = false;
  let freshOpen = false;
  let before = '';
  for (const line of hunk.lines) {
    const sign = line[0] ?? ' ';
    if (sign === '\\') {
      if (before !== '+') oldOpen = true;
      if (before !== '-') freshOpen = true;
    }
    if (sign === ' ' || sign === '-') old.push(line.slice(1));
    if (sign === ' ' || sign === '+') fresh.push(line.slice(1));
    before = sign;
  }
  return { line: placed ? hunk.oldStart : null, old, fresh, oldOpen, freshOpen };
}
