import type { Lines } from './contract.js';

/** The places that an answer names. */
export interface Cited {
  /** In the order of the answer, each once: what was seen of them. */
  readonly citations: Lines[];
  /** What looks like a place and was not seen, as the answer has it; each once. */
  readonly unknown: string[];
}

/** A repository by its id, as answers may name it. */
export type RepoNames = ReadonlyMap<string, string>;

const mostCitations = 200;
const mostUnknown = 20;
const longestPath = 1024;

/** `:12`, `:12-20`, `:L12-L20`, `#L12-L20`, with further ranges after commas. */
const ranges = /(?::|#)L?(\d{1,7})(?:\s?[-–—]\s?L?(\d{1,7}))?((?:,\s?\d{1,7}(?:[-–—]\d{1,7})?)*)/g;
const furtherRange = /(\d{1,7})(?:[-–—](\d{1,7}))?/g;
/** The characters of a path that is not in the way of Markdown or a sentence. */
const pathBefore = /[^\s`'"“”‘’()<>[\]{},;|*#]+$/u;
const looksLikePath = /^(?!.*:\/\/)(?!\d+(?:\.\d+)*$)(?:.*\/)?[^/]*(?:\.[A-Za-z]\w{0,11}|\/[\w.-]+)$/;

/**
 * Finds the places `path:line` or `path:from-to` in an answer. Only places that the model was shown count: of each the
 * lines that it was shown, so that no citation is invented. A path may be given from the root, with the name of its
 * repository before it, absolute, or by its end where only one file that was shown ends so. Pure.
 *
 * @param seen what the model was shown
 * @param names the names of repositories by their ids
 */
export function citationsIn(answer: string, seen: readonly Lines[], names: RepoNames): Cited {
  const files = filesOf(seen);
  const citations = new Map<string, Lines>();
  const unknown = new Set<string>();
  for (const match of answer.matchAll(ranges)) {
    const before = answer.slice(Math.max(0, match.index - longestPath), match.index);
    const found = fileBefore(before, files, names);
    if (!found) continue;
    for (const [from, to] of rangesOf(match)) {
      const cited = found.files.map((file) => shown(file, from, to)).find((one) => one !== null);
      if (cited) citations.set(`${cited.repo}:${cited.path}:${cited.startLine}-${cited.endLine}`, cited);
      else unknown.add(`${found.path}:${from}${to === from ? '' : `-${to}`}`);
    }
  }
  return {
    citations: [...citations.values()].slice(0, mostCitations),
    unknown: [...unknown].slice(0, mostUnknown),
  };
}

/** One file with all that was seen of it. */
interface SeenFile {
  readonly repo: string;
  readonly root: string;
  readonly path: string;
  readonly lines: Lines[];
}

function filesOf(seen: readonly Lines[]): SeenFile[] {
  const files = new Map<string, SeenFile>();
  for (const one of seen) {
    const key = `${one.repo}\n${one.path}`;
    const file = files.get(key) ?? { repo: one.repo, root: one.root, path: one.path, lines: [] };
    file.lines.push(one);
    files.set(key, file);
  }
  return [...files.values()];
}

function rangesOf(match: RegExpExecArray): [number, number][] {
  const [, from = '', to = from, further = ''] = match;
  const all: [string, string][] = [[from, to]];
  for (const [, next = '', end = next] of further.matchAll(furtherRange)) all.push([next, end]);
  return all.map(([a, b]) => [Math.min(Number(a), Number(b)), Math.max(Number(a), Number(b))]);
}

/** The files that a text which ends in a path may mean; none of them: it looks like a path and is of no file. */
function fileBefore(
  before: string,
  files: readonly SeenFile[],
  names: RepoNames,
): { path: string; files: readonly SeenFile[] } | null {
  const written = pathBefore.exec(before)?.[0];
  const path = written?.replace(/^(?:\.\/)+/, '') ?? '';
  const exact = files.filter((file) => writings(file, names).includes(path));
  if (exact.length > 0) return { path, files: exact };
  // Paths with blanks or brackets in them do not end where a word of a sentence ends.
  const ended = files.filter(
    (file) => before.endsWith(file.path) && !/[\w./-]/.test(before.at(-file.path.length - 1) ?? ' '),
  );
  if (ended.length > 0) return { path: ended[0]?.path ?? path, files: ended };
  const ending = path === '' ? [] : files.filter((file) => file.path.endsWith(`/${path}`));
  if (ending.length === 1) return { path, files: ending };
  return looksLikePath.test(path) ? { path, files: [] } : null;
}

function writings(file: SeenFile, names: RepoNames): string[] {
  const name = names.get(file.repo);
  return [file.path, `${file.root}/${file.path}`, ...(name === undefined ? [] : [`${name}/${file.path}`])];
}

/** What was seen of some lines of a file, or null if nothing was. */
function shown(file: SeenFile, from: number, to: number): Lines | null {
  const met = file.lines.filter(({ startLine, endLine }) => startLine <= to && endLine >= from);
  if (met.length === 0) return null;
  const { repo, root, path } = file;
  const first = Math.min(...met.map(({ startLine }) => startLine));
  const last = Math.max(...met.map(({ endLine }) => endLine));
  return { repo, root, path, startLine: Math.max(from, first), endLine: Math.min(to, last) };
}
