import type { Place } from './definition.js';
import type { RepoGraph } from './repo-graph.js';
import type { Certainty, Target } from './resolve/contract.js';

/** A file that imports another. */
export interface Importer {
  repo: RepoGraph;
  path: string;
  line: number;
  specifier: string;
  certainty: Certainty;
}

/** An import of a file and what it leads to. */
export interface Dependency {
  line: number;
  specifier: string;
  names: string[];
  target: Target;
}

/** What a file imports, in the order in which it does. */
export function importsOf({ repo, path, content }: Place): Dependency[] {
  return repo.targetsOf(path).flatMap((target, at) => {
    const written = content.written[at];
    if (!written) return [];
    const { line, specifier } = written;
    const names = written.names.map(({ name }) => name);
    if (written.default !== null) names.unshift(written.default);
    if (written.wildcard) names.push('*');
    return [{ line, specifier, names, target }];
  });
}

/** What of some repositories imports a file, by repository and path. */
export function importersOf(of: { repo: RepoGraph; path: string }, repos: readonly RepoGraph[]): Importer[] {
  const found: Importer[] = [];
  for (const repo of repos) {
    for (const { path, at } of repo.importersOf(of.repo.id, of.path)) {
      const written = repo.content(path)?.written[at];
      const target = repo.targetsOf(path)[at];
      if (!written || !target) continue;
      const { line, specifier } = written;
      found.push({ repo, path, line, specifier, certainty: target.certainty });
    }
  }
  const place = ({ repo, path }: Importer) => `${repo.repo.root}\n${path}`;
  return found.sort((a, b) => (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : a.line - b.line));
}
