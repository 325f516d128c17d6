import { execFile } from 'node:child_process';
import { systemCode } from '../../shared/errors.js';

/** Why git gave no answer. */
export interface GitProblem {
  /** `git-missing`: not installed. `git-unsafe`: git refuses because the folder belongs to another user. */
  kind: 'git-missing' | 'git-unsafe' | 'git-timeout' | 'git-failed';
  message: string;
  next: string;
}

export type GitAnswer =
  /** `cut`: there was more than the limit allows. */
  { ok: true; output: string; cut: boolean } | { ok: false; problem: GitProblem };

export interface GitLimits {
  /** It is ended after this time; default 20 s. */
  deadlineMs?: number;
  /** Of a longer answer the beginning is taken; without this limit, an answer of 256 MiB is a failure. */
  maxBytes?: number;
  /** Ends it early; the answer is then a failure. */
  signal?: AbortSignal;
}

const defaultDeadlineMs = 20_000;
const maxOutputBytes = 256 << 20;

/**
 * Nothing of a repository's configuration that runs programs: no hooks, no file system monitor, no pager. Git itself
 * runs no others for the commands used here.
 */
const fixedOptions = [
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.hooksPath=/dev/null',
  '--no-pager',
  '--literal-pathspecs',
];
const keptVariables = new Set(['GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_CONFIG_NOSYSTEM']);

/**
 * Asks git something. It takes no locks, asks nobody for anything, fetches nothing, and is ended after the deadline.
 * Never throws: a failure is part of the answer.
 *
 * @param folder where it runs
 */
export function askGit(
  folder: string,
  args: readonly string[],
  { deadlineMs = defaultDeadlineMs, maxBytes, signal }: GitLimits = {},
): Promise<GitAnswer> {
  return new Promise((resolve) => {
    const options = {
      cwd: folder,
      env: gitEnvironment(process.env),
      timeout: deadlineMs,
      killSignal: 'SIGKILL' as const,
      maxBuffer: maxBytes ?? maxOutputBytes,
      encoding: 'utf8' as const,
      signal,
    };
    const child = execFile('git', [...fixedOptions, ...args], options, (error, output, errors) => {
      const cut = maxBytes !== undefined && systemCode(error) === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER';
      if (error && !cut) resolve({ ok: false, problem: problemOf(error, errors, folder, deadlineMs) });
      else resolve({ ok: true, output, cut });
    });
    child.stdin?.end();
  });
}

/**
 * The daemon's environment without the variables that point git elsewhere (a daemon started from a hook has them).
 * Pure.
 */
export function gitEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.entries(env).filter(([name]) => !name.startsWith('GIT_') || keptVariables.has(name));
  return {
    ...Object.fromEntries(own),
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_LAZY_FETCH: '1',
    // Versions before 2.44 do not know the variable above: they have no way left to fetch by.
    GIT_ALLOW_PROTOCOL: '',
    LC_ALL: 'C',
  };
}

function problemOf(
  error: Error & { killed?: boolean },
  errors: string,
  folder: string,
  deadlineMs: number,
): GitProblem {
  const code = systemCode(error);
  if (code === 'ENOENT') {
    return {
      kind: 'git-missing',
      message:
        'The git command was not found: global ignore files and tracked files cannot be taken into account.',
      next: 'Install git, or put it on the PATH that the daemon is started with.',
    };
  }
  if (errors.includes('dubious ownership') || errors.includes('unsafe repository')) {
    return {
      kind: 'git-unsafe',
      message: `Git refuses to read ${folder} because it belongs to another user.`,
      next: `If you trust it: git config --global --add safe.directory ${quoted(folder)}`,
    };
  }
  if (error.killed) {
    return {
      kind: 'git-timeout',
      message: `Git gave no answer in ${deadlineMs / 1000} s in ${folder}.`,
      next: 'Run `git status` there to see what holds it up.',
    };
  }
  const reason = errors.trim().split('\n').at(-1) || error.message;
  return { kind: 'git-failed', message: `Git failed in ${folder}: ${reason}`, next: 'Run `git fsck` there.' };
}

function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
