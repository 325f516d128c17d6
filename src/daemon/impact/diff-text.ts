/** Lines of one side: the first, from 1, and how many. Of none, the line before is named, as git does. */
export interface LineRange {
  readonly start: number;
  readonly count: number;
}

export interface Hunk {
  readonly old: LineRange;
  readonly new: LineRange;
}

export interface FileDiff {
  /** Null: the file is not on that side. */
  oldPath: string | null;
  newPath: string | null;
  renamed: boolean;
  binary: boolean;
  submodule: boolean;
  readonly hunks: Hunk[];
}

/**
 * Reads a diff of git with `a/` and `b/` before its paths, best one without lines around the changes. Whatever the
 * changed lines say, they are skipped by their number. Pure.
 */
export function parseDiff(text: string): FileDiff[] {
  const files: FileDiff[] = [];
  let file: FileDiff | null = null;
  let at = 0;
  while (at < text.length) {
    const end = lineEnd(text, at);
    const line = text.slice(at, Math.min(end, at + longestHeader));
    at = end + 1;
    if (line.startsWith('diff --git ')) {
      const path = samePath(line.slice('diff --git '.length));
      file = { oldPath: path, newPath: path, renamed: false, binary: false, submodule: false, hunks: [] };
      files.push(file);
    } else if (file) {
      const hunk = hunkOf(line);
      if (hunk) {
        file.hunks.push(hunk);
        at = afterLines(text, at, hunk);
      } else readHeader(file, line);
    }
  }
  return files;
}

const longestHeader = 20_000;

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** The place behind the lines of a hunk: those with neither sign nor blank before them are git's own. */
function afterLines(text: string, from: number, hunk: Hunk): number {
  let [old, fresh, at] = [hunk.old.count, hunk.new.count, from];
  while ((old > 0 || fresh > 0) && at < text.length) {
    const sign = text[at];
    if (sign === '-' || sign === ' ') old--;
    if (sign === '+' || sign === ' ') fresh--;
    at = lineEnd(text, at) + 1;
  }
  return at;
}

function hunkOf(line: string): Hunk | null {
  const [whole, oldStart, oldCount = '1', newStart, newCount = '1'] =
    /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line) ?? [];
  if (whole === undefined) return null;
  return {
    old: { start: Number(oldStart), count: Number(oldCount) },
    new: { start: Number(newStart), count: Number(newCount) },
  };
}

function readHeader(file: FileDiff, line: string): void {
  const [, word, value = ''] =
    /^(--- |\+\+\+ |rename from |rename to |copy from |copy to |new file mode |deleted file mode |index |Binary files |GIT binary patch)(.*)$/s.exec(
      line,
    ) ?? [];
  switch (word) {
    case '--- ':
      file.oldPath = pathOf(value);
      break;
    case '+++ ':
      file.newPath = pathOf(value);
      break;
    case 'rename from ':
      file.oldPath = unquoted(value);
      file.renamed = true;
      break;
    case 'copy from ':
      file.oldPath = null;
      break;
    case 'rename to ':
    case 'copy to ':
      file.newPath = unquoted(value);
      break;
    case 'new file mode ':
      file.oldPath = null;
      file.submodule ||= value.startsWith('160000');
      break;
    case 'deleted file mode ':
      file.newPath = null;
      file.submodule ||= value.startsWith('160000');
      break;
    case 'index ':
      file.submodule ||= value.endsWith(' 160000');
      break;
    case 'Binary files ':
    case 'GIT binary patch':
      file.binary = true;
      break;
  }
}

/** The path of a line `--- a/path`; a tab at its end marks a path with blanks. */
function pathOf(value: string): string | null {
  const path = unquoted(value.replace(/\t$/, ''));
  return path === '/dev/null' ? null : path.slice(2);
}

/** The path of `a/path b/path`, where both are the same. */
function samePath(both: string): string | null {
  const half = (both.length - 1) / 2;
  const [first, second] = [both.slice(0, half), both.slice(half + 1)];
  const [a, b] = [unquoted(first).slice(2), unquoted(second).slice(2)];
  return a === b ? a : null;
}

const escapes: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  t: 9,
  n: 10,
  v: 11,
  f: 12,
  r: 13,
  '"': 34,
  '\\': 92,
};

/** A path as git quotes it: in C's way, where it has signs that would be in the way. */
export function unquoted(path: string): string {
  if (!path.startsWith('"') || !path.endsWith('"') || path.length < 2) return path;
  const bytes: number[] = [];
  for (const [, octal, letter, plain = ''] of path.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/gsu)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else if (letter !== undefined) bytes.push(escapes[letter] ?? letter.charCodeAt(0));
    else bytes.push(...Buffer.from(plain));
  }
  return Buffer.from(bytes).toString();
}
