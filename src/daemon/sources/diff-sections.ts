/** What a diff says of one file. */
export interface DiffSection {
  /** From the folder that the diff was made in; of a deleted file the path it had. */
  readonly path: string;
  /** The path it had before. */
  readonly from: string;
  /** Lines of the new side from the first change to the last; null without any (deleted, binary, mode only). */
  readonly startLine: number | null;
  readonly endLine: number | null;
  /** The section as git wrote it. */
  readonly text: string;
}

/**
 * Cuts the output of `git diff` (prefixes `a/` and `b/`) into its files. No line of a change begins like the header of a
 * file, since each has a sign before it. Pure.
 */
export function diffSections(diff: string): DiffSection[] {
  return diff
    .split(/^(?=diff --git )/m)
    .filter((text) => text.startsWith('diff --git '))
    .map(sectionOf);
}

function sectionOf(text: string): DiffSection {
  const hunksAt = text.search(/^@@ /m);
  const header = (hunksAt < 0 ? text : text.slice(0, hunksAt)).split('\n');
  const after = (start: string) => header.find((line) => line.startsWith(start))?.slice(start.length);
  const both = sameName(header[0]?.slice('diff --git '.length) ?? '');
  const oldName = side(after('--- '), 'a/') ?? unquoted(after('rename from ') ?? after('copy from '));
  const newName = side(after('+++ '), 'b/') ?? unquoted(after('rename to ') ?? after('copy to '));
  const path = newName ?? oldName ?? both;
  const hunks = hunksAt < 0 ? [] : [...text.slice(hunksAt).matchAll(/^@@ -\S+ \+(\d+)(?:,(\d+))? @@/gm)];
  const ranges = hunks
    .map(([, start, count = '1']) => ({ start: Number(start), count: Number(count) }))
    .filter(({ count }) => count > 0);
  const [first, last] = [ranges[0], ranges.at(-1)];
  return {
    path,
    from: oldName ?? path,
    startLine: first?.start ?? null,
    endLine: last ? last.start + last.count - 1 : null,
    text,
  };
}

/** The name in a line `--- a/name` or `+++ b/name`; undefined for /dev/null. Git ends names with spaces by a tab. */
function side(text: string | undefined, prefix: string): string | undefined {
  const name = unquoted(text?.replace(/\t$/, ''));
  return name?.startsWith(prefix) ? name.slice(prefix.length) : undefined;
}

/** The name in `a/name b/name`, where no other line has it: then both are the same. */
function sameName(pair: string): string {
  if (!pair.startsWith('"')) return pair.slice((pair.length + 1) / 2 + 'b/'.length);
  const name = unquoted(pair.slice(0, (pair.length - 1) / 2)) ?? pair;
  return name.slice('a/'.length);
}

const escapes: Record<string, string> = {
  a: '\u0007',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  '"': '"',
  '\\': '\\',
};

/** A name as git writes it: in quotes, with escapes as in C, if it has signs that need them. */
function unquoted(text: string | undefined): string | undefined {
  if (text === undefined || !text.startsWith('"')) return text;
  const bytes: Buffer[] = [];
  for (const [, plain, octal, sign] of text.slice(1, -1).matchAll(/([^\\]+)|\\([0-7]{3})|\\(.)/gs)) {
    if (octal !== undefined) bytes.push(Buffer.from([Number.parseInt(octal, 8)]));
    else bytes.push(Buffer.from(plain ?? escapes[sign ?? ''] ?? ''));
  }
  return Buffer.concat(bytes).toString('utf8');
}
