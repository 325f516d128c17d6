import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { LcadError, systemCode } from '../../shared/errors.js';
import type { ScanRules } from '../../workers/messages.js';
import { commonDirOf, gitDirOf, isGitDir, readText } from '../../workers/scan/git-folder.js';
import { readRefFile, resolveRef } from './git-refs.js';
import { askGit, type GitProblem } from './git-run.js';
import { isTooBroad } from './resolve-path.js';

/** What a folder is to git. */
export interface GitPlace {
  kind: 'git' | 'worktree' | 'submodule' | 'folder';
  /** Top level of the working tree, or the folder itself outside git. Canonical. */
  root: string;
  /** Holds HEAD and index of this checkout; null outside git. */
  gitDir: string | null;
  /** Holds what all worktrees share: objects, refs, configuration, info/exclude; null outside git. */
  commonDir: string | null;
}

/** What is checked out. */
export interface Head {
  /** Commit id in hex, null before the first commit. */
  head: string | null;
  /** Branch name without refs/heads/, null when detached. */
  branch: string | null;
}

/** The part of the configuration that goes into the rules of a scan. */
export type RuleSettings = Pick<ScanRules, 'extraIgnore' | 'maxFileBytes' | 'includeSecrets'>;

const maxSubmoduleDepth = 10;

/**
 * Finds out what a folder is to git, from the files alone. A folder in a working tree gives the tree's top level,
 * unless that is a folder too broad to index (a home folder kept in git): then it is a plain folder.
 * @param path canonical
 * @throws REPO_BARE for a bare repository and for what is inside a git directory
 */
export async function inspect(path: string): Promise<GitPlace> {
  const plain: GitPlace = { kind: 'folder', root: path, gitDir: null, commonDir: null };
  for (let folder = path; ; folder = dirname(folder)) {
    if (folder !== path && isTooBroad(folder)) return plain;
    const gitDir = gitDirOf(folder);
    if (gitDir !== null) {
      const commonDir = canonical(commonDirOf(gitDir));
      // A folder whose .git is a bare repository has worktrees beside it, and no files of its own.
      if (commonDir === canonical(gitDir) && isBare(commonDir)) return plain;
      return { kind: kindOf(gitDir, folder), root: folder, gitDir: canonical(gitDir), commonDir };
    }
    if (isGitDir(folder)) {
      const inside = folder.endsWith('/.git');
      const message = `${path} is ${inside ? 'inside a git directory' : 'a bare git repository'}.`;
      throw new LcadError('REPO_BARE', message, inside ? { next: `Add ${dirname(folder)} instead.` } : {});
    }
    if (folder === dirname(folder)) return plain;
  }
}

function kindOf(gitDir: string, root: string): 'git' | 'worktree' | 'submodule' {
  if (gitDir === `${root}/.git`) return 'git';
  if (existsSync(`${gitDir}/commondir`)) return 'worktree';
  return /\/modules\//.test(gitDir) ? 'submodule' : 'git';
}

function isBare(gitDir: string): boolean {
  const core = /^\s*\[core\]([^[]*)/im.exec(readText(`${gitDir}/config`) ?? '')?.[1] ?? '';
  return /^\s*bare\s*(=\s*(true|yes|on|1)\s*)?$/im.test(core);
}

function canonical(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (systemCode(error) !== undefined) return path;
    throw error;
  }
}

/**
 * Reads what is checked out, from the files of the git directory; only a repository that keeps its refs in another
 * format (reftable) costs a git process.
 */
export async function readHead(gitDir: string, commonDir: string): Promise<Head> {
  if (existsSync(`${commonDir}/reftable`)) return await askHead(gitDir);
  const value = readRefFile(`${gitDir}/HEAD`);
  if (value === null) return { head: null, branch: null };
  if ('commit' in value) return { head: value.commit, branch: null };
  return { head: resolveRef(gitDir, commonDir, value.ref), branch: branchOf(value.ref) };
}

async function askHead(gitDir: string): Promise<Head> {
  const [commit, ref] = await Promise.all([
    askGit(gitDir, ['rev-parse', '--verify', '--quiet', 'HEAD']),
    askGit(gitDir, ['symbolic-ref', '--quiet', 'HEAD']),
  ]);
  return {
    head: commit.ok ? commit.output.trim() : null,
    branch: ref.ok ? branchOf(ref.output.trim()) : null,
  };
}

function branchOf(ref: string): string {
  return ref.replace(/^refs\/heads\//, '');
}

/** The git operation that a checkout is in the middle of, null if none. */
export async function operationInProgress(gitDir: string): Promise<string | null> {
  const has = (name: string) => existsSync(join(gitDir, name));
  if (has('rebase-merge')) return 'rebase';
  if (has('rebase-apply')) return has('rebase-apply/applying') ? 'am' : 'rebase';
  if (has('MERGE_HEAD')) return 'merge';
  if (has('CHERRY_PICK_HEAD')) return 'cherry-pick';
  if (has('REVERT_HEAD')) return 'revert';
  const todo = readText(join(gitDir, 'sequencer/todo'));
  if (todo !== null) return todo.startsWith('revert') ? 'revert' : 'cherry-pick';
  return has('BISECT_LOG') ? 'bisect' : null;
}

/**
 * The family of a repository: worktrees of one repository and clones of one history share it, and with it all derived
 * data. It is made from the oldest commit (the smallest id where history has several beginnings); where that cannot
 * be had (no commit, a shallow clone, no git) from the common directory, and from the path of a plain folder.
 * @returns a short id, safe as a file name
 */
export async function familyOf(place: GitPlace): Promise<string> {
  const { root, commonDir } = place;
  if (commonDir === null) return familyId(`folder ${root}`);
  // The common directory's own HEAD: the same whichever of its worktrees asks.
  const { head } = await readHead(commonDir, commonDir);
  const commit = head ?? (place.gitDir && (await readHead(place.gitDir, commonDir)).head);
  if (commit && !existsSync(`${commonDir}/shallow`)) {
    const answer = await askGit(root, ['rev-list', '--max-parents=0', commit]);
    const first = answer.ok ? answer.output.trim().split('\n').sort()[0] : '';
    if (first) return familyId(`history ${first}`);
  }
  return familyId(`repository ${commonDir}`);
}

function familyId(of: string): string {
  return createHash('sha256').update(of).digest('hex').slice(0, 16);
}

/**
 * Collects what git knows and a scan has to: the user's excludes, tracked files that a rule ignores, submodules that
 * are checked out. What git cannot tell is left out of the rules.
 * @param onProblem told why git gave no answer; the rules are still usable
 */
export async function scanRules(
  place: GitPlace,
  settings: RuleSettings,
  onProblem: (problem: GitProblem) => void = () => {},
): Promise<ScanRules> {
  const { extraIgnore, maxFileBytes, includeSecrets } = settings;
  // A folder that was registered on its own may still lie in a working tree, and then follows its rules.
  const tree = place.commonDir === null ? await inspect(place.root).catch(() => place) : place;
  const [user, known] = await Promise.all([
    userSettings(place.root, onProblem),
    tree.commonDir === null ? nothing : indexFacts(place.root, tree.root, 0, onProblem),
  ]);
  return { extraIgnore, maxFileBytes, includeSecrets, gitDir: tree.commonDir, ...user, ...known };
}

type UserSettings = Pick<ScanRules, 'globalExcludes' | 'ignoreCase'>;

async function userSettings(folder: string, onProblem: (problem: GitProblem) => void): Promise<UserSettings> {
  const answer = await askGit(folder, [
    'config',
    '-z',
    '--type=path',
    '--get-regexp',
    '^core\\.(excludesfile|ignorecase)$',
  ]);
  // Without any such key git says nothing and fails.
  if (!answer.ok && answer.problem.kind !== 'git-failed') onProblem(answer.problem);
  let file: string | null = join(process.env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'git', 'ignore');
  let ignoreCase = false;
  for (const entry of answer.ok ? answer.output.split('\0') : []) {
    const [key, value] = splitOnce(entry, '\n');
    if (key === 'core.excludesfile') file = value === '' ? null : resolve(folder, value);
    if (key === 'core.ignorecase') ignoreCase = value !== 'false' && value !== '';
  }
  return { globalExcludes: file !== null && existsSync(file) ? file : null, ignoreCase };
}

type IndexFacts = Pick<ScanRules, 'trackedIgnored' | 'submodules'>;
const nothing: IndexFacts = { trackedIgnored: [], submodules: [] };

/** What the index of a working tree tells of the files below a folder in it, submodules included. */
async function indexFacts(
  folder: string,
  top: string,
  depth: number,
  onProblem: (problem: GitProblem) => void,
): Promise<IndexFacts> {
  const [ignored, modules] = await Promise.all([
    askGit(folder, ['ls-files', '-z', '--cached', '--ignored', '--exclude-standard']),
    folder === top && depth < maxSubmoduleDepth ? checkedOutSubmodules(top) : [],
  ]);
  if (!ignored.ok) onProblem(ignored.problem);
  const facts: IndexFacts = { trackedIgnored: ignored.ok ? entriesOf(ignored.output) : [], submodules: [] };
  for (const path of modules) {
    const inner = await indexFacts(`${top}/${path}`, `${top}/${path}`, depth + 1, onProblem);
    const below = (paths: string[]) => paths.map((one) => `${path}/${one}`);
    facts.submodules.push(path, ...below(inner.submodules));
    facts.trackedIgnored.push(...below(inner.trackedIgnored));
  }
  return facts;
}

async function checkedOutSubmodules(top: string): Promise<string[]> {
  if (!existsSync(`${top}/.gitmodules`)) return [];
  const answer = await askGit(top, [
    'config',
    '-z',
    '-f',
    '.gitmodules',
    '--get-regexp',
    '^submodule\\..*\\.path$',
  ]);
  if (!answer.ok) return [];
  const paths = entriesOf(answer.output).map((entry) => splitOnce(entry, '\n')[1].replace(/\/+$/, ''));
  const present = paths.filter((path) => isInside(path) && gitDirOf(`${top}/${path}`) !== null);
  if (present.length === 0) return [];
  const index = await askGit(top, ['ls-files', '-z', '--stage', '--', ...present]);
  if (!index.ok) return [];
  return entriesOf(index.output).flatMap((entry) =>
    entry.startsWith('160000 ') ? splitOnce(entry, '\t')[1] : [],
  );
}

function isInside(path: string): boolean {
  return path !== '' && !path.startsWith('/') && !path.split('/').includes('..');
}

function entriesOf(output: string): string[] {
  return output.split('\0').filter((entry) => entry !== '');
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}
