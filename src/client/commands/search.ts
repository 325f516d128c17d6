import type { Command } from 'commander';
import type { SearchParams, SearchResult } from '../../protocol/search.js';
import { LcadError } from '../../shared/errors.js';
import { checkoutAround } from '../checkout.js';
import { type Cli, run } from '../cli.js';
import type { Connection } from '../connection.js';
import { exitCodes } from '../exit-codes.js';
import { chunkKinds, examples, languageNames, wrapped } from '../help.js';
import { each, list, selectorOf, wholeNumber } from '../options.js';
import { footerText, hitsText, nothingFoundText, warningTexts } from '../output/search-view.js';

interface SearchOptions {
  repo?: string[];
  all?: boolean;
  path?: string[];
  lang?: string[];
  kind?: string[];
  limit?: number;
  lines?: number;
  explain?: boolean;
  wait?: boolean;
  add?: boolean;
}

const waitMs = 60_000;

/** `lcad search` */
export function define(command: Command): void {
  command
    .argument('<query...>', 'plain words, identifiers, or both')
    .option('-r, --repo <repo>', 'only in this repository: name, id or path (repeatable)', each)
    .option('-a, --all', 'in all registered repositories (default: the one around the current folder)')
    .option('-p, --path <glob>', 'only paths that match, "!" excludes (repeatable)', each)
    .option('-l, --lang <language>', 'only these languages (repeatable, or with commas)', list)
    .option('-k, --kind <kind>', 'only these kinds of definitions (repeatable, or with commas)', list)
    .option('-n, --limit <number>', 'results wanted (default 10)', wholeNumber(1, 1000))
    .option('--lines <number>', 'longest snippet in lines (default 12; 0: none)', wholeNumber(0, 1000))
    .option('--explain', "show each result's evidence")
    .option('--wait', 'first wait until everything written so far is searchable')
    .option('--add', 'first register the current checkout, if it is not, and index it')
    .option('--json', 'print the result as JSON (SearchResult of PROTOCOL.md)')
    .addHelpText('after', help)
    .action((words: string[], options: SearchOptions) =>
      run(command, (cli) => search(cli, words.join(' '), options)),
    );
}

function help(): string {
  const shown = examples([
    ['lcad search "where is the retry delay computed"', 'plain words'],
    ['lcad search parseArgs --kind function,method', 'a definition'],
    ['lcad search timeout -p "src/**" -p "!**/*.test.ts"', 'within some paths'],
    ['lcad search --all --lang python,go "open a socket"', 'everywhere, two languages'],
    ['lcad search --add "how does login work"', 'index this checkout first'],
    ['lcad search retry --json | jq ".hits[].path"', 'for scripts'],
  ]);
  return `${shown}\nKinds:\n${wrapped(chunkKinds)}\nLanguages (file endings and usual other names do, too):\n${wrapped(languageNames)}`;
}

async function search(cli: Cli, query: string, options: SearchOptions): Promise<number> {
  const connection = await cli.connect();
  if (options.add) await add(cli, connection, { path: cli.cwd() });
  const params = paramsOf(query, options);
  let result = await searchScope(cli, connection, params, options);
  if (options.wait) result = await searchAgainFresh(cli, connection, params, result);
  if (cli.json) cli.printJson(result);
  else show(cli, options, result);
  return result.hits.length > 0 ? exitCodes.ok.code : exitCodes.nothingFound.code;
}

function paramsOf(query: string, options: SearchOptions): SearchParams {
  return {
    query,
    ...(options.path ? { paths: options.path } : {}),
    ...(options.lang ? { languages: options.lang } : {}),
    ...(options.kind ? { kinds: options.kind } : {}),
    ...(options.limit === undefined ? {} : { limit: options.limit }),
    ...(options.lines === undefined ? {} : { snippetLines: options.lines }),
    ...(options.explain ? { explain: true } : {}),
  };
}

/** Searches where the options say; by default in the repository around the current folder. */
async function searchScope(
  cli: Cli,
  connection: Connection,
  params: SearchParams,
  options: SearchOptions,
): Promise<SearchResult> {
  const searchIn = (repos: string[] | undefined) =>
    connection.request('lcad/search', repos ? { ...params, repos } : params, { signal: cli.signal });
  if (options.repo) {
    const cwd = cli.cwd();
    return searchIn(options.repo.map((repo) => selectorOf(repo, cwd)));
  }
  if (options.all) return ensureAny(await searchIn(undefined));
  const cwd = cli.cwd();
  const checkout = checkoutAround(cwd);
  const here = await searchIn([cwd]).catch((thrown: unknown) => {
    if (thrown instanceof LcadError && thrown.kind === 'REPO_NOT_REGISTERED') return null;
    throw thrown;
  });
  // A checkout nested in a registered repository is not part of it, unless it is a submodule.
  const nested =
    checkout &&
    !checkout.submodule &&
    here?.freshness.some((one) => checkout.root.startsWith(`${one.root}/`));
  if (here && !nested) return here;
  if (!checkout) return ensureAny(await searchIn(undefined));
  await offerToAdd(cli, connection, checkout.root);
  return searchIn([checkout.root]);
}

function ensureAny(result: SearchResult): SearchResult {
  if (result.freshness.length > 0) return result;
  throw new LcadError('REPO_NOT_REGISTERED', 'No repository is registered yet.', {
    next: 'Register one with `lcad add <path>`, or run `lcad search --add` in a checkout.',
  });
}

async function offerToAdd(cli: Cli, connection: Connection, root: string): Promise<void> {
  if (cli.terminal.canAsk && !cli.json) {
    const { ask } = await import('../indexing.js');
    if (await ask(cli, `${root} is not registered. Index it now?`)) {
      return add(cli, connection, { path: root });
    }
  }
  throw new LcadError('REPO_NOT_REGISTERED', `${root} is not registered.`, {
    next: 'Register it with `lcad add`, search with --add, or search elsewhere with --all or --repo.',
  });
}

/** Registers a folder and waits for its index. Most searches need no such thing, so it is loaded only here. */
async function add(
  cli: Cli,
  connection: Connection,
  params: { path: string; exact?: boolean },
): Promise<void> {
  const { addRepo } = await import('../indexing.js');
  await addRepo(cli, connection, { ...params, wait: true });
}

/** Waits for first indexes that are under way, then searches once everything written so far is in. */
async function searchAgainFresh(
  cli: Cli,
  connection: Connection,
  params: SearchParams,
  before: SearchResult,
): Promise<SearchResult> {
  for (const one of before.freshness) {
    if (one.state === 'ready' || one.state === 'degraded' || one.state === 'missing') continue;
    await add(cli, connection, { path: one.root, exact: true });
  }
  const repos = before.freshness.map((one) => one.repo);
  const fresh: SearchParams = { ...params, repos, waitFresh: true, deadlineMs: waitMs };
  return connection.request('lcad/search', fresh, { signal: cli.signal, deadlineMs: waitMs + 5000 });
}

function show(cli: Cli, options: SearchOptions, result: SearchResult): void {
  const { terminal } = cli;
  const waited = options.wait === true;
  if (result.hits.length === 0) {
    const asked = { filters: filtersOf(options), waited, allRepos: options.all === true };
    terminal.err(nothingFoundText(result, asked, terminal.errColors));
    return;
  }
  const rule = terminal.outIsTerminal ? '│' : ':';
  const view = { cwd: cli.cwd(), columns: terminal.columns, colors: terminal.outColors, rule };
  terminal.out(hitsText(result, view));
  // What is said about the reply stays out of a pipe, where every line belongs to a hit.
  const [say, colors] = terminal.outIsTerminal
    ? [terminal.out, terminal.outColors]
    : [terminal.err, terminal.errColors];
  if (terminal.outIsTerminal) say('\n');
  for (const warning of warningTexts(result, waited)) say(`${colors.yellow('note:')} ${warning}\n`);
  say(`${colors.dim(footerText(result))}\n`);
}

function filtersOf(options: SearchOptions): string[] {
  return [
    ...(options.path ?? []).map((value) => `--path ${value}`),
    ...(options.lang ?? []).map((value) => `--lang ${value}`),
    ...(options.kind ?? []).map((value) => `--kind ${value}`),
  ];
}
