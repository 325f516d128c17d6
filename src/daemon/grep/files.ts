import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SearchableRepo, StoredFamily } from '../search/contract.js';
import type { PathFilter } from '../search/filters.js';
import type { MatchedChunk, TextMatches } from '../store/contract.js';
import type { MatchedFile } from './contract.js';

const slice = 4_000;

/**
 * The files that have matching chunks now, by repository and path; the same content in several places is a file in
 * each of them.
 */
export async function filesOf(
  family: StoredFamily,
  matches: TextMatches,
  wanted: PathFilter | null,
): Promise<MatchedFile[]> {
  const byKey = new Map<string, MatchedChunk[]>();
  for (const chunk of matches.chunks) {
    const chunks = byKey.get(chunk.key);
    if (chunks) chunks.push(chunk);
    else byKey.set(chunk.key, [chunk]);
  }
  const files: MatchedFile[] = [];
  let seen = 0;
  for (const [key, chunks] of byKey) {
    if (++seen % slice === 0) await nextTurn();
    chunks.sort((a, b) => a.ord - b.ord);
    for (const repo of family.repos) {
      for (const path of repo.pathsOf(key)) {
        if (!wanted || wanted(path)) files.push({ family, matches, repo, path, key, chunks });
      }
    }
  }
  return files;
}

/** By root, then by path: name by name, as one walks through folders whose entries are sorted. */
export function inOrder(files: readonly MatchedFile[]): MatchedFile[] {
  const keyed = files.map((file) => ({ file, at: `${sortable(file.repo.root)}\0\0${sortable(file.path)}` }));
  keyed.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  return keyed.map(({ file }) => file);
}

const sortable = (path: string) => path.replaceAll('/', '\0');

/** Files of the repositories that are known and not in the index. */
export async function unsearchedFiles(
  repos: readonly SearchableRepo[],
  wanted: PathFilter | null,
): Promise<number> {
  let count = 0;
  let seen = 0;
  for (const { files } of repos) {
    for (const [path, { key }] of files) {
      if (++seen % slice === 0) await nextTurn();
      if (key === '' && (!wanted || wanted(path))) count++;
    }
  }
  return count;
}
