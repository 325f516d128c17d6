import { type Command, Option } from 'commander';
import type { GrepParams } from '../../protocol/grep.js';
import type { SearchParams } from '../../protocol/search.js';
import { LcadError } from '../../shared/errors.js';
import { type Cli, run } from '../cli.js';
import { exitCodes } from '../exit-codes.js';
import { askedOf, type FilterOptions, filterOptions, filterParams } from '../filters.js';
import { chunkKinds, examples, languageNames, wrapped } from '../help.js';
import { wholeNumber } from '../options.js';
import { showGrep, showSearch } from '../output/replies.js';
import { askInScope } from '../scope.js';

interface SearchOptions extends FilterOptions {
  exact?: boolean;
  regex?: boolean;
  ignoreCase?: boolean;
  context?: number;
  all?: boolean;
  lines?: number;
  explain?: boolean;
}

/** `lcad search` */
export function define(command: Command): void {
  const lineByLine = ['all', 'lines', 'explain'];
  command
    .argument('<query...>', 'plain words, identifiers, or both')
    .addOption(
      new Option('-F, --exact', 'find the query as it is, line by line').conflicts(['regex', ...lineByLine]),
    )
    .addOption(
      new Option('-E, --regex', 'the query is a regular expression, as for ripgrep').conflicts(lineByLine),
    )
    .option('-i, --ignore-case', 'with --exact or --regex: upper and lower case are the same')
    .option('-C, --context <number>', 'with --exact or --regex: lines around each', wholeNumber(0, 100));
  filterOptions(command, {
    here: 'the one around the current folder',
    limit: 'default 10; lines: 100',
    most: 10_000,
  })
    .option('-a, --all', 'all matching parts of a file, not only its best')
    .option('--lines <number>', 'longest snippet in lines (default 12; 0: none)', wholeNumber(0, 1000))
    .option('--explain', 'show what each feature adds to the score of a result')
    .option('--wait', 'first wait until everything written so far is searchable')
    .option('--add', 'first register the current checkout, if it is not, and index it')
    .option('--json', 'print the reply as JSON (SearchResult or GrepResult of PROTOCOL.md)')
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
    ['lcad search --all-repos --lang python,go "open a socket"', 'everywhere, two languages'],
    ['lcad search --exact "x = y[0];"', 'every line with this text'],
    ['lcad search --regex "fn (get|set)_\\w+\\(" -C 2', 'with two lines around each'],
    ['lcad search --add "how does login work"', 'index this checkout first'],
    ['lcad search retry --json | jq ".hits[].path"', 'for scripts'],
  ]);
  return `${shown}\nKinds:\n${wrapped(chunkKinds)}\nLanguages (file endings and usual other names do, too):\n${wrapped(languageNames)}`;
}

async function search(cli: Cli, query: string, options: SearchOptions): Promise<number> {
  const found =
    options.exact || options.regex ? await grep(cli, query, options) : await ranked(cli, query, options);
  return found > 0 ? exitCodes.ok.code : exitCodes.nothingFound.code;
}

/** Searches and shows the reply. @returns the number of results */
async function ranked(cli: Cli, query: string, options: SearchOptions): Promise<number> {
  if (options.ignoreCase || options.context !== undefined) {
    const option = options.ignoreCase ? '--ignore-case' : '--context';
    throw new LcadError('USAGE', `${option} needs --exact or --regex.`);
  }
  if ((options.limit ?? 0) > 1000) throw new LcadError('USAGE', '--limit is at most 1000 here.');
  const params: SearchParams = {
    query,
    ...filterParams(options),
    ...(options.all ? { all: true } : {}),
    ...(options.lines === undefined ? {} : { snippetLines: options.lines }),
    ...(options.explain ? { explain: true } : {}),
  };
  const connection = await cli.connect();
  const result = await askInScope(cli, connection, options, (scope, wait) =>
    connection.request('lcad/search', { ...params, ...scope }, { signal: cli.signal, ...wait }),
  );
  showSearch(cli, askedOf(options), result);
  return result.hits.length;
}

async function grep(cli: Cli, pattern: string, options: SearchOptions): Promise<number> {
  const params: GrepParams = {
    pattern,
    syntax: options.exact ? 'literal' : 'regex',
    ...filterParams(options),
    ...(options.ignoreCase ? { ignoreCase: true } : {}),
    ...(options.context === undefined ? {} : { contextLines: options.context }),
  };
  const connection = await cli.connect();
  const result = await askInScope(cli, connection, options, (scope, wait) =>
    connection.request('lcad/grep', { ...params, ...scope }, { signal: cli.signal, ...wait }),
  );
  showGrep(cli, askedOf(options), result);
  return result.matches;
}
