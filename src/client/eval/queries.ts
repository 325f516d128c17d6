import type { Commit } from './git.js';

/** A commit as a question: its message, and the files that answer it. */
export interface Query {
  readonly commit: string;
  readonly text: string;
  readonly answers: readonly string[];
}

/** Why commits were left out, and how many. */
export interface LeftOut {
  /** Changed more files than one purpose has. */
  huge: number;
  /** Say nothing of what was changed. */
  trivial: number;
  /** Changed no file that is still there. */
  gone: number;
}

const mostFiles = 20;
const longestText = 2000;
const fewestWords = 3;
const trivial =
  /^(?:wip|fixup|squash|merge|revert|release|bump|v?\d+\.\d+|version|typo|lint|format|update (?:deps|dependencies|changelog)|changelog|initial commit)\b/i;
const trailer =
  /^(?:signed-off-by|co-authored-by|reviewed-by|acked-by|tested-by|change-id|cc|fixes|closes|refs?|see):?\s.*$/gim;

/**
 * Makes queries of commits, the newest first. Files are those that are there now: what was removed or renamed since is no
 * answer. Pure.
 */
export function queriesOf(
  commits: readonly Commit[],
  existing: ReadonlySet<string>,
  wanted: number,
): { queries: Query[]; leftOut: LeftOut } {
  const leftOut = { huge: 0, trivial: 0, gone: 0 };
  const queries: Query[] = [];
  for (const { id, message, paths } of commits) {
    if (queries.length >= wanted) break;
    const answers = paths.filter((path) => existing.has(path));
    const text = message.replaceAll(trailer, '').trim().slice(0, longestText);
    if (paths.length > mostFiles) leftOut.huge++;
    else if (answers.length === 0) leftOut.gone++;
    else if (isTrivial(text)) leftOut.trivial++;
    else queries.push({ commit: id, text, answers });
  }
  return { queries, leftOut };
}

function isTrivial(text: string): boolean {
  const [subject = ''] = text.split('\n');
  const words = subject.match(/\p{L}{3,}/gu) ?? [];
  return words.length < fewestWords || trivial.test(subject);
}
