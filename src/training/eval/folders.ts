import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LcadError } from '../../shared/errors.js';
import type { Query } from './queries.js';
import { grouped } from './score.js';

/** A folder to index, with the queries that are asked of it. */
export interface Subject {
  repo: string;
  /** Absolute path of what is registered. */
  folder: string;
  /** What leads from the repository's root to `folder`: empty, or a path that ends in a slash. */
  prefix: string;
  queries: Query[];
}

/**
 * The folders that queries ask for: `dir`/repo, or the part of it that the benchmark indexes unless `whole`.
 * @throws USAGE naming every folder that is not there
 */
export function subjectsOf(queries: readonly Query[], dir: string, whole: boolean): Subject[] {
  const subjects = [
    ...grouped(queries, ({ repo, benchmark_root: root }) => `${repo}\0${whole ? '' : root}`),
  ].map(([key, asked]): Subject => {
    const [repo = '', part = ''] = key.split('\0');
    return { repo, folder: join(dir, repo, part), prefix: part === '' ? '' : `${part}/`, queries: asked };
  });
  const missing = subjects.filter(({ folder }) => !existsSync(folder) || !statSync(folder).isDirectory());
  if (missing.length > 0) {
    const names = missing.map(({ folder }) => folder).join(', ');
    throw new LcadError(
      'USAGE',
      `${missing.length === 1 ? 'A folder is' : 'Folders are'} missing: ${names}.`,
      {
        next: 'Check out every repository of the queries under the folder of --repos, by its name there.',
      },
    );
  }
  return subjects;
}
