import { realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemCode } from '../../shared/errors.js';
import { isSecretPath } from '../../workers/scan/secrets.js';
import { selectRepo } from '../repos/select.js';
import type { CollectOptions, SourceRepo } from './contract.js';
import { NotAvailable } from './pieces.js';

/** What the configuration lets be shown of files. */
export interface FileRules {
  readonly includeSecrets: boolean;
  readonly maxFileBytes: number;
}

/** A file or folder in a registered repository. */
export interface Place {
  readonly repo: SourceRepo;
  /** Canonical absolute path. */
  readonly absolute: string;
  /** From the repository's root, with forward slashes; empty for the root itself. */
  readonly path: string;
  /** False if there is nothing there (now). */
  readonly exists: boolean;
}

/**
 * Finds the registered repository that a path leads to, links followed: what a link in a repository leads to outside of
 * it is outside. Git's own folders are in no repository.
 *
 * @throws REPO_NOT_REGISTERED, NotAvailable; system errors, such as EACCES
 */
export async function locate(given: string, repos: readonly SourceRepo[]): Promise<Place> {
  const { absolute, exists } = await canonical(given);
  const repo = selectRepo(repos, absolute);
  const path = absolute === repo.root ? '' : absolute.slice(repo.root === '/' ? 1 : repo.root.length + 1);
  if (path.split('/').includes('.git')) {
    throw new NotAvailable(`${given} is git's own.`);
  }
  return { repo, absolute, path, exists };
}

/** As fs.realpath, for what is not there (any more) too: then from the deepest folder that is. */
async function canonical(path: string): Promise<{ absolute: string; exists: boolean }> {
  const missing: string[] = [];
  for (let at = path; ; at = dirname(at)) {
    try {
      return { absolute: join(await realpath(at), ...missing), exists: missing.length === 0 };
    } catch (error) {
      const code = systemCode(error);
      if ((code !== 'ENOENT' && code !== 'ENOTDIR') || at === dirname(at)) throw error;
      missing.unshift(basename(at));
    }
  }
}

/** The repository of a source without a path. @throws REPO_NOT_REGISTERED, REPO_AMBIGUOUS, NotAvailable */
export function repoOf(selector: string | undefined, { repos, repo }: CollectOptions): SourceRepo {
  if (selector !== undefined) return selectRepo(repos, selector);
  if (repo) return repo;
  throw new NotAvailable('It is not said which repository is meant.');
}

/** Why a path is not shown; null if it may be. Pure. */
export function secretReason(paths: readonly string[], includeSecrets: boolean): string | null {
  const secret = includeSecrets ? undefined : paths.find(isSecretPath);
  return secret === undefined
    ? null
    : `${secret} is a file that commonly holds secrets (see index.includeSecrets).`;
}
