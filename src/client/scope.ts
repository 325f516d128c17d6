import type { Freshness } from '../protocol/common.js';
import { LcadError } from '../shared/errors.js';
import { checkoutAround } from './checkout.js';
import type { Cli } from './cli.js';
import type { Connection } from './connection.js';
import { selectorOf } from './options.js';

/** The options of commands that search, as far as they say where. */
export interface ScopeOptions {
  repo?: string[];
  allRepos?: boolean;
  add?: boolean;
  wait?: boolean;
}

/** The part of a request's params that says where to search, and whether to wait. */
interface ScopeParams {
  repos?: string[];
  waitFresh?: boolean;
  deadlineMs?: number;
}

/** Sends the request; `deadlineMs` is the longest wait for its reply. */
type Ask<R> = (scope: ScopeParams, options?: { deadlineMs: number }) => Promise<R>;

const waitMs = 60_000;

/**
 * Searches where the options say, by default in the repository around the current folder, and waits for what is
 * written as they say.
 * @throws REPO_NOT_REGISTERED
 */
export async function askInScope<R extends { freshness: Freshness[] }>(
  cli: Cli,
  connection: Connection,
  options: ScopeOptions,
  ask: Ask<R>,
): Promise<R> {
  if (options.add) await add(cli, connection, { path: cli.cwd() });
  const result = await askOnce(cli, connection, options, ask);
  return options.wait ? askAgainFresh(cli, connection, ask, result) : result;
}

async function askOnce<R extends { freshness: Freshness[] }>(
  cli: Cli,
  connection: Connection,
  options: ScopeOptions,
  ask: Ask<R>,
): Promise<R> {
  if (options.repo) {
    const cwd = cli.cwd();
    return ask({ repos: options.repo.map((repo) => selectorOf(repo, cwd)) });
  }
  if (options.allRepos) return ensureAny(await ask({}));
  const cwd = cli.cwd();
  const checkout = checkoutAround(cwd);
  const here = await ask({ repos: [cwd] }).catch((thrown: unknown) => {
    if (thrown instanceof LcadError && thrown.kind === 'REPO_NOT_REGISTERED') return null;
    throw thrown;
  });
  // A checkout nested in a registered repository is not part of it, unless it is a submodule.
  const nested =
    checkout &&
    !checkout.submodule &&
    here?.freshness.some((one) => checkout.root.startsWith(`${one.root}/`));
  if (here && !nested) return here;
  if (!checkout) return ensureAny(await ask({}));
  await offerToAdd(cli, connection, checkout.root);
  return ask({ repos: [checkout.root] });
}

function ensureAny<R extends { freshness: Freshness[] }>(result: R): R {
  if (result.freshness.length > 0) return result;
  throw new LcadError('REPO_NOT_REGISTERED', 'No repository is registered yet.', {
    next: 'Register one with `lcad add <path>`, or run this again with --add in a checkout.',
  });
}

async function offerToAdd(cli: Cli, connection: Connection, root: string): Promise<void> {
  if (cli.terminal.canAsk && !cli.json) {
    const { ask } = await import('./indexing.js');
    if (await ask(cli, `${root} is not registered. Index it now?`)) {
      return add(cli, connection, { path: root });
    }
  }
  throw new LcadError('REPO_NOT_REGISTERED', `${root} is not registered.`, {
    next: 'Register it with `lcad add`, run this again with --add, or choose others with --all-repos or --repo.',
  });
}

/** Registers a folder and waits for its index. Most searches need no such thing, so it is loaded only here. */
async function add(
  cli: Cli,
  connection: Connection,
  params: { path: string; exact?: boolean },
): Promise<void> {
  const { addRepo } = await import('./indexing.js');
  await addRepo(cli, connection, { ...params, wait: true });
}

/** Waits for first indexes that are under way, then asks once everything written so far is in. */
async function askAgainFresh<R extends { freshness: Freshness[] }>(
  cli: Cli,
  connection: Connection,
  ask: Ask<R>,
  before: R,
): Promise<R> {
  for (const one of before.freshness) {
    if (one.state === 'ready' || one.state === 'degraded' || one.state === 'missing') continue;
    await add(cli, connection, { path: one.root, exact: true });
  }
  const repos = before.freshness.map((one) => one.repo);
  return ask({ repos, waitFresh: true, deadlineMs: waitMs }, { deadlineMs: waitMs + 5000 });
}
