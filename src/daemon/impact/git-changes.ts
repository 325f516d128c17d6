import { LcadError } from '../../shared/errors.js';
import { askGit, type GitAnswer } from '../repos/git-run.js';
import { type FileDiff, type Hunk, parseDiff } from './diff-text.js';

/** Which changes are meant; neither: those of the working tree against HEAD. */
export interface DiffWanted {
  range?: string | undefined;
  staged?: boolean | undefined;
}

/** Changes of a repository. */
export interface GitChanges {
  /** What was compared, in words. */
  against: string;
  /** Commit or tree of the old side. */
  base: string;
  files: FileDiff[];
  /** Files that git does not know, whole. */
  untracked: string[];
  /** For new sides other than the working tree: what changed from there to it, by path. */
  later: ReadonlyMap<string, readonly Hunk[]>;
  /** The diff was longer than what was read. */
  cut: boolean;
}

const mostBytes = 32 << 20;
const mostUntracked = 5_000;
const mostPathspecs = 500;
const largestText = 1 << 20;

/** The same output whatever the user's configuration says, and no programs of others. */
const options = [
  '--no-ext-diff',
  '--no-textconv',
  '--no-color',
  '--src-prefix=a/',
  '--dst-prefix=b/',
  '--unified=0',
  '--inter-hunk-context=0',
  '--submodule=short',
  '--ignore-submodules=dirty',
  '--relative',
  '-O/dev/null',
];

/** Asks git what was changed in a folder of a working tree. @throws REVISION_UNKNOWN, GIT_UNAVAILABLE, the signal's reason */
export async function changesIn(root: string, wanted: DiffWanted, signal: AbortSignal): Promise<GitChanges> {
  if (wanted.range !== undefined) return rangeChanges(root, wanted.range, signal);
  const head = await commitOf(root, 'HEAD', signal);
  const base = head ?? (await emptyTree(root, signal));
  const name = head === null ? 'nothing (there is no commit yet)' : `HEAD (${head.slice(0, 7)})`;
  if (wanted.staged) {
    const staged = await diff(root, ['--cached', '--find-renames', base], signal);
    const later = await laterChanges(root, [], staged.files, signal);
    return { against: `what is staged against ${name}`, base, ...staged, untracked: [], later };
  }
  const [changed, untracked] = await Promise.all([
    diff(root, ['--find-renames', base], signal),
    ask(root, ['ls-files', '-z', '--others', '--exclude-standard'], signal),
  ]);
  return {
    against: `the working tree against ${name}`,
    base,
    ...changed,
    untracked: untracked.output
      .split('\0')
      .filter((path) => path !== '' && !path.endsWith('/'))
      .slice(0, mostUntracked),
    later: new Map(),
  };
}

async function rangeChanges(root: string, range: string, signal: AbortSignal): Promise<GitChanges> {
  const { from, to, against } = await endsOf(root, range, signal);
  const changed = await diff(root, ['--find-renames', from, to], signal);
  const later = await laterChanges(root, [to], changed.files, signal);
  return { against, base: from, ...changed, untracked: [], later };
}

async function endsOf(
  root: string,
  range: string,
  signal: AbortSignal,
): Promise<{ from: string; to: string; against: string }> {
  const [, left = '', dots, right = ''] = /^(.*?)(\.{2,3})(.*)$/s.exec(range) ?? [];
  if (dots === undefined) {
    const to = await known(root, range, signal);
    const from = (await commitOf(root, `${to}^`, signal)) ?? (await emptyTree(root, signal));
    return { from, to, against: `commit ${to.slice(0, 7)}` };
  }
  const [a, to] = [await known(root, left || 'HEAD', signal), await known(root, right || 'HEAD', signal)];
  const from = dots === '..' ? a : (await ask(root, ['merge-base', a, to], signal)).output.trim();
  return { from, to, against: `${from.slice(0, 7)} to ${to.slice(0, 7)}` };
}

async function known(root: string, revision: string, signal: AbortSignal): Promise<string> {
  const commit = await commitOf(root, revision, signal);
  if (commit !== null) return commit;
  throw new LcadError('REVISION_UNKNOWN', `${revision} is no commit of ${root}.`);
}

/** The commit that a revision names, or null. What begins like an option is none. */
async function commitOf(root: string, revision: string, signal: AbortSignal): Promise<string | null> {
  if (revision.startsWith('-')) return null;
  const answer = await askGit(root, ['rev-parse', '--verify', '--quiet', `${revision}^{commit}`], { signal });
  signal.throwIfAborted();
  if (answer.ok) return answer.output.trim();
  await ask(root, ['rev-parse', '--git-dir'], signal);
  return null;
}

async function emptyTree(root: string, signal: AbortSignal): Promise<string> {
  return (await ask(root, ['hash-object', '-t', 'tree', '/dev/null'], signal)).output.trim();
}

async function diff(
  root: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<{ files: FileDiff[]; cut: boolean }> {
  const answer = await ask(root, ['-c', 'core.quotePath=false', 'diff', ...options, ...args, '--'], signal);
  return { files: parseDiff(answer.output), cut: answer.cut };
}

/** What became of the files since, as they are in the working tree. */
async function laterChanges(
  root: string,
  from: readonly string[],
  files: readonly FileDiff[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly Hunk[]>> {
  const paths = files.flatMap(({ newPath }) => newPath ?? []);
  if (paths.length === 0) return new Map();
  const only = paths.length <= mostPathspecs ? paths : [];
  const command = ['-c', 'core.quotePath=false', 'diff', ...options, '--no-renames', ...from, '--', ...only];
  const { output } = await ask(root, command, signal);
  return new Map(
    parseDiff(output).flatMap(({ oldPath, hunks }) => (oldPath === null ? [] : [[oldPath, hunks] as const])),
  );
}

/** The text of a file as it was; null if it is not there, is not small, or is no text. */
export async function oldText(
  root: string,
  base: string,
  path: string,
  signal: AbortSignal,
): Promise<string | null> {
  const answer = await askGit(root, ['cat-file', 'blob', `${base}:./${path}`], {
    signal,
    maxBytes: largestText,
  });
  signal.throwIfAborted();
  return answer.ok && !answer.cut && !answer.output.includes('\0') ? answer.output : null;
}

async function ask(
  root: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<Extract<GitAnswer, { ok: true }>> {
  const answer = await askGit(root, args, { signal, maxBytes: mostBytes });
  signal.throwIfAborted();
  if (answer.ok) return answer;
  const { kind, message, next } = answer.problem;
  const isOutside = kind === 'git-failed' && /not a git repository/i.test(message);
  if (isOutside) throw new LcadError('GIT_UNAVAILABLE', `${root} is in no git repository.`);
  throw new LcadError('GIT_UNAVAILABLE', message, { next });
}
