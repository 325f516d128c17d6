import { inspect } from '../repos/git.js';
import { askGit } from '../repos/git-run.js';
import type { SourceRepo } from './contract.js';
import { NotAvailable } from './pieces.js';

const deadlineMs = 5000;
/** More of a diff or a log than this is not read: no budget for a prompt has room for it. */
const longestOutput = 4 << 20;

/**
 * Asks git in a repository's folder, with no program of that repository's own configuration: those that the commands
 * used here know of are switched off by their options, and the filters that comparing a working tree runs by this.
 *
 * @throws NotAvailable where there is no git, and with git's words where it fails or takes too long; the signal's reason
 */
export async function gitText(
  repo: SourceRepo,
  args: readonly string[],
  signal: AbortSignal,
): Promise<{ text: string; cut: boolean }> {
  const { commonDir } = await inspect(repo.root);
  if (commonDir === null) throw new NotAvailable(`${repo.name} is not in a git repository.`);
  const filters = await withoutOwnFilters(repo.root, signal);
  const answer = await askGit(repo.root, [...filters, ...args], {
    deadlineMs,
    maxBytes: longestOutput,
    signal,
  });
  signal.throwIfAborted();
  if (!answer.ok) throw new NotAvailable(answer.problem.message);
  return { text: answer.output, cut: answer.cut };
}

/**
 * What limits a command to a registered folder: nothing where that is a whole repository, whose history then includes
 * commits that change no file.
 */
export async function pathspec({ root }: SourceRepo, path: string | undefined): Promise<string[]> {
  if (path) return ['--', path];
  return (await inspect(root)).root === root ? [] : ['--', '.'];
}

/** Options that switch off each filter of the repository's own configuration; the user's own stay. */
async function withoutOwnFilters(root: string, signal: AbortSignal): Promise<string[]> {
  const list = ['config', '--show-scope', '-z', '--name-only', '--get-regexp', '^filter\\.'];
  const answer = await askGit(root, list, { deadlineMs, signal });
  signal.throwIfAborted();
  // Without any such key git says nothing and fails.
  if (!answer.ok) return [];
  const names = ownNames(answer.output.split('\0'));
  const unruly = names.find((name) => name.includes('='));
  if (unruly !== undefined)
    throw new NotAvailable(`Its git configuration has a filter that cannot be switched off: ${unruly}`);
  return names.flatMap((name) =>
    ['clean=', 'process=', 'required=false'].flatMap((value) => ['-c', `filter.${name}.${value}`]),
  );
}

/** Filter names from alternating scopes and keys. */
function ownNames(fields: readonly string[]): string[] {
  const names = fields.flatMap((key, at) => {
    const scope = fields[at - 1];
    const isOwn = at % 2 === 1 && (scope === 'local' || scope === 'worktree');
    return (isOwn && /^filter\.(.+)\.[^.]+$/s.exec(key)?.[1]) || [];
  });
  return [...new Set(names)];
}
