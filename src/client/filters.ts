import type { Command } from 'commander';
import type { SearchParams } from '../protocol/search.js';
import { each, list, wholeNumber } from './options.js';
import type { ScopeOptions } from './scope.js';

/** Options of `filterOptions` as commander gives them. */
export interface FilterOptions extends ScopeOptions {
  path?: string[];
  lang?: string[];
  kind?: string[];
  limit?: number;
}

/** What was asked, for the hints when nothing was found. */
export interface Asked {
  /** Filters as they were given on the command line: ["--kind function"]. */
  filters: string[];
  waited: boolean;
  allRepos: boolean;
}

/** Gives a command the options that say where to search, and for how many results of which kind. */
export function filterOptions(
  command: Command,
  { here, limit, most }: { here: string; limit: string; most: number },
): Command {
  return command
    .option('-r, --repo <repo>', 'only in this repository: name, id or path (repeatable)', each)
    .option('-A, --all-repos', `in all registered repositories (default: ${here})`)
    .option('-p, --path <glob>', 'only paths that match, "!" excludes (repeatable)', each)
    .option('-l, --lang <language>', 'only these languages (repeatable, or with commas)', list)
    .option('-k, --kind <kind>', 'only these kinds of definitions (repeatable, or with commas)', list)
    .option('-n, --limit <number>', `results wanted (${limit})`, wholeNumber(1, most));
}

/** The params that these options become. */
export function filterParams(
  options: FilterOptions,
): Pick<SearchParams, 'paths' | 'languages' | 'kinds' | 'limit'> {
  return {
    ...(options.path ? { paths: options.path } : {}),
    ...(options.lang ? { languages: options.lang } : {}),
    ...(options.kind ? { kinds: options.kind } : {}),
    ...(options.limit === undefined ? {} : { limit: options.limit }),
  };
}

/** The options once more, as a person reads them. */
export function askedOf(options: FilterOptions): Asked {
  return {
    filters: [
      ...(options.path ?? []).map((value) => `--path ${value}`),
      ...(options.lang ?? []).map((value) => `--lang ${value}`),
      ...(options.kind ?? []).map((value) => `--kind ${value}`),
    ],
    waited: options.wait === true,
    allRepos: options.allRepos === true,
  };
}
