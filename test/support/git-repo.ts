import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A git repository in a temporary folder. */
export interface TestRepo {
  /** Canonical absolute path of the working tree. */
  readonly root: string;
  /** Runs git in the repository, apart from the user's own configuration. @returns what it printed */
  git(...args: string[]): string;
  /** Writes a file, with its folders. */
  write(path: string, text: string | Uint8Array): void;
  /** Removes the whole temporary folder. */
  remove(): void;
}

/** Environment in which git knows nothing of the user's configuration and always has the same author and time. */
function gitEnv(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    GIT_CONFIG_GLOBAL: process.env.GIT_CONFIG_GLOBAL ?? '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Test',
    GIT_AUTHOR_EMAIL: 'test@example.org',
    GIT_COMMITTER_NAME: 'Test',
    GIT_COMMITTER_EMAIL: 'test@example.org',
    GIT_AUTHOR_DATE: '2024-01-01T00:00:00Z',
    GIT_COMMITTER_DATE: '2024-01-01T00:00:00Z',
    LC_ALL: 'C',
  };
}

/** Runs git in a folder. @returns what it printed, without the last line end */
export function runGit(folder: string, ...args: string[]): string {
  const fixed = ['-c', 'protocol.file.allow=always', '-c', 'init.defaultBranch=main', '-c', 'gc.auto=0'];
  const output = execFileSync('git', [...fixed, ...args], {
    cwd: folder,
    env: gitEnv(),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 << 20,
  });
  return output.replace(/\n$/, '');
}

/** A new temporary folder, by its canonical path. */
export function makeFolder(prefix = 'lcad-test-'): string {
  return realpathSync(mkdtempSync(join(tmpdir(), prefix)));
}

/** Writes a file below a folder, with the folders between. */
export function writeBelow(folder: string, path: string, text: string | Uint8Array): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/**
 * Makes a git repository on branch `main` in a temporary folder.
 * @param files path to text; committed if there are any
 */
export function makeRepo(files: Record<string, string | Uint8Array> = {}): TestRepo {
  const folder = makeFolder('lcad-repo-');
  const root = join(folder, 'repo');
  mkdirSync(root);
  const git = (...args: string[]) => runGit(root, ...args);
  const write = (path: string, text: string | Uint8Array) => writeBelow(root, path, text);
  git('init', '-q');
  for (const [path, text] of Object.entries(files)) write(path, text);
  if (Object.keys(files).length > 0) {
    git('add', '-A', '-f');
    git('commit', '-q', '-m', 'first');
  }
  return { root, git, write, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
