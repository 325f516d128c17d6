import type { Command } from 'commander';
import type { Freshness } from '../protocol/common.js';
import type { SubjectParams } from '../protocol/symbols.js';
import type { Cli } from './cli.js';
import type { Connection } from './connection.js';
import { exitCodes } from './exit-codes.js';
import { each, selectorOf, wholeNumber } from './options.js';
import { footerOf, nothingFoundText, warningTexts } from './output/search-view.js';
import { parsePlace } from './place.js';
import { askInScope, type ScopeOptions } from './scope.js';

/** Options of the commands on symbols. */
export interface SymbolOptions extends ScopeOptions {
  limit?: number;
}

/** What is said about every reply. */
interface Reply {
  notes: string[];
  freshness: Freshness[];
  tookMs: number;
  total: number;
}

const waitMs = 60_000;

/** Gives a command the options that say where to look and how much to show. */
export function symbolOptions(command: Command, json: string, limit = 40): Command {
  return command
    .option('-r, --repo <repo>', 'only in this repository: name, id or path (repeatable)', each)
    .option(
      '-A, --all-repos',
      'in all registered repositories (default: that of the file, or of the current folder)',
    )
    .option('-n, --limit <number>', `results wanted (default ${limit})`, wholeNumber(1, 10_000))
    .option('--wait', 'first wait until everything written so far is searchable')
    .option('--json', `print the reply as JSON (${json} of PROTOCOL.md)`);
}

/** Asks about a place, as `file:line` or `file:line:column`, or a name. */
export async function askAbout<R extends { freshness: Freshness[] }>(
  cli: Cli,
  written: string,
  options: SymbolOptions,
  ask: (
    connection: Connection,
    params: SubjectParams,
    wait: { deadlineMs: number } | undefined,
  ) => Promise<R>,
): Promise<R> {
  const limit = options.limit === undefined ? {} : { limit: options.limit };
  const { file, line, column } = /:\d+:?$/.test(written) ? parsePlace(written, cli.cwd()) : { file: '' };
  const connection = await cli.connect();
  if (line === undefined) {
    return askInScope(cli, connection, options, (scope, wait) =>
      ask(connection, { symbol: written, ...limit, ...scope }, wait),
    );
  }
  const place = { file, line, ...(column === undefined ? {} : { column }) };
  const fresh = options.wait ? { waitFresh: true, deadlineMs: waitMs } : {};
  const wait = options.wait ? { deadlineMs: waitMs + 5000 } : undefined;
  return ask(connection, { ...place, ...limit, ...reposOf(cli, file, options), ...fresh }, wait);
}

/** Where to look for what has to do with a file. */
export function reposOf(cli: Cli, file: string, { repo, allRepos }: ScopeOptions): { repos?: string[] } {
  if (repo) {
    const cwd = cli.cwd();
    return { repos: repo.map((one) => selectorOf(one, cwd)) };
  }
  return allRepos ? {} : { repos: [file] };
}

/**
 * Prints a reply: the results, what is to be said of them, and a line on the whole.
 * @param what of the results: "12 references"
 * @returns the exit code
 */
export function showReply(
  cli: Cli,
  result: Reply,
  { text, found, shown }: { text: () => string; found: string; shown: number },
  options: SymbolOptions,
): number {
  const code = shown > 0 ? exitCodes.ok.code : exitCodes.nothingFound.code;
  const { terminal } = cli;
  const waited = options.wait === true;
  if (cli.json) cli.printJson(result);
  else if (shown === 0) {
    const asked = { filters: [], waited, allRepos: options.allRepos === true };
    terminal.err(nothingFoundText(result, footerOf(found, result), asked, terminal.errColors));
  } else {
    terminal.out(text());
    const [say, colors] = terminal.outIsTerminal
      ? [terminal.out, terminal.outColors]
      : [terminal.err, terminal.errColors];
    if (terminal.outIsTerminal) say('\n');
    for (const warning of warningTexts(result, waited)) say(`${colors.yellow('note:')} ${warning}\n`);
    const more = result.total - shown;
    if (more > 0) say(`${colors.dim(`${more} more: --limit shows them`)}\n`);
    say(`${colors.dim(footerOf(found, result))}\n`);
  }
  return code;
}

/** How a reply is shown on the terminal that there is. */
export function viewOf({ terminal, cwd }: Cli) {
  return { cwd: cwd(), columns: terminal.columns, colors: terminal.outColors };
}
