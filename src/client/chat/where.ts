import type { Cli } from '../cli.js';
import type { Connection } from '../connection.js';
import { freshnessWarnings } from '../output/freshness.js';
import { askInScope, type ScopeOptions } from '../scope.js';

/**
 * The repositories that a conversation is about, as the options say and as other commands choose them. Nothing is asked of a
 * model for it: a question is asked once.
 * @returns undefined for all of them
 * @throws REPO_NOT_REGISTERED
 */
export async function reposFor(
  cli: Cli,
  connection: Connection,
  options: ScopeOptions,
): Promise<string[] | undefined> {
  let repos: string[] | undefined;
  const { freshness } = await askInScope(cli, connection, options, (scope, wait) => {
    repos = scope.repos;
    const params = { query: 'main', limit: 1, snippetLines: 0, ...scope };
    return connection.request('lcad/search', params, { signal: cli.signal, ...wait });
  });
  for (const warning of freshnessWarnings(freshness, options.wait === true)) cli.note(`note: ${warning}`);
  return repos;
}
