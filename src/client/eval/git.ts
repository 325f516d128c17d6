import { execFile } from 'node:child_process';
import { LcadError, messageOf, systemCode } from '../../shared/errors.js';

const mostBytes = 64 << 20;
const longestMs = 60_000;

/** A commit: what it says and which files it changed, by their paths from the root. */
export interface Commit {
  readonly id: string;
  readonly message: string;
  readonly paths: readonly string[];
}

/** The files that git has in a folder. @throws GIT_UNAVAILABLE, the signal's reason */
export async function trackedFiles(root: string, signal: AbortSignal): Promise<string[]> {
  return listed(root, ['--cached'], signal);
}

/** The files of a folder that git has or does not ignore. @throws as trackedFiles */
export async function presentFiles(root: string, signal: AbortSignal): Promise<string[]> {
  return listed(root, ['--cached', '--others', '--exclude-standard'], signal);
}

async function listed(root: string, which: readonly string[], signal: AbortSignal): Promise<string[]> {
  const output = await git(root, ['ls-files', '-z', ...which], signal);
  return output.split('\0').filter((path) => path !== '');
}

/** The latest commits, without merges, the newest first. @throws as trackedFiles */
export async function commitsOf(root: string, most: number, signal: AbortSignal): Promise<Commit[]> {
  const format = '--format=%x01%H%x00%B%x00';
  const options = ['--no-merges', '--name-only', '--relative', '--no-renames', '-z', `--max-count=${most}`];
  const head = await git(root, ['rev-parse', '--quiet', '--verify', 'HEAD'], signal).catch(() => null);
  if (head === null) {
    await git(root, ['rev-parse', '--git-dir'], signal);
    return [];
  }
  return parseLog(await git(root, ['log', format, ...options], signal));
}

/** Reads what `git log` wrote. Pure. */
export function parseLog(output: string): Commit[] {
  return output
    .split('\x01')
    .slice(1)
    .map((record) => {
      const [id = '', message = '', ...paths] = record.split('\0');
      const names = paths.map((path) => path.replace(/^\n+/, '')).filter((path) => path !== '');
      return { id, message: message.trim(), paths: names };
    });
}

function git(root: string, words: readonly string[], signal: AbortSignal): Promise<string> {
  const options = {
    cwd: root,
    maxBuffer: mostBytes,
    timeout: longestMs,
    signal,
    env: { ...process.env, LC_ALL: 'C' },
  };
  return new Promise((resolve, reject) => {
    execFile('git', ['-c', 'core.quotePath=false', '--no-pager', ...words], options, (error, output) => {
      if (!error) resolve(output);
      else if (signal.aborted) reject(signal.reason);
      else reject(unavailable(root, error));
    });
  });
}

function unavailable(root: string, error: Error): LcadError {
  if (systemCode(error) === 'ENOENT') {
    return new LcadError('GIT_UNAVAILABLE', 'The program git was not found.', {
      next: 'Install git.',
      cause: error,
    });
  }
  const [first = ''] = messageOf(error).split('\n').slice(1);
  return new LcadError('GIT_UNAVAILABLE', `git cannot read ${root}: ${first || messageOf(error)}`, {
    next: 'This needs a git repository with its history.',
    cause: error,
  });
}
