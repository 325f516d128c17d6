import type { Command } from 'commander';
import type { RelatedParams } from '../../protocol/related.js';
import { type Cli, run } from '../cli.js';
import { exitCodes } from '../exit-codes.js';
import { askedOf, type FilterOptions, filterOptions, filterParams } from '../filters.js';
import { chunkKinds, examples, wrapped } from '../help.js';
import { selectorOf, wholeNumber } from '../options.js';
import { showRelated } from '../output/replies.js';
import { parsePlace } from '../place.js';

interface RelatedOptions extends FilterOptions {
  all?: boolean;
  lines?: number;
  explain?: boolean;
}

const waitMs = 60_000;

/** `lcad related` */
export function define(command: Command): void {
  command.argument('<place>', 'a file, or a line of one as file:line');
  filterOptions(command, { here: 'the one that the file is in', limit: 'default 10', most: 1000 })
    .option('-a, --all', 'all parts of a file that are alike, not only its best')
    .option('--lines <number>', 'longest snippet in lines (default 12; 0: none)', wholeNumber(0, 1000))
    .option('--explain', 'show what each feature adds to the score of a result')
    .option('--wait', 'first wait until everything written so far is searchable')
    .option('--json', 'print the reply as JSON (RelatedResult of PROTOCOL.md)')
    .addHelpText('after', help)
    .action((place: string, options: RelatedOptions) => run(command, (cli) => related(cli, place, options)));
}

function help(): string {
  const shown = examples([
    ['lcad related src/client/retry.ts:42', 'code like the function at this line'],
    ['lcad related src/client/retry.ts', 'files like this one'],
    ['lcad related lib/parse.py:10 --all-repos --lang go', 'the same in Go, anywhere'],
  ]);
  return `${shown}\nKinds:\n${wrapped(chunkKinds)}`;
}

async function related(cli: Cli, place: string, options: RelatedOptions): Promise<number> {
  const { file, line } = parsePlace(place, cli.cwd());
  const connection = await cli.connect();
  const params: RelatedParams = {
    file,
    ...(line === undefined ? {} : { line }),
    ...filterParams(options),
    ...(await reposOf(cli, connection, options)),
    ...(options.all ? { all: true } : {}),
    ...(options.lines === undefined ? {} : { snippetLines: options.lines }),
    ...(options.explain ? { explain: true } : {}),
    ...(options.wait ? { waitFresh: true, deadlineMs: waitMs } : {}),
  };
  const wait = options.wait ? { deadlineMs: waitMs + 5000 } : {};
  const result = await connection.request('lcad/related', params, { signal: cli.signal, ...wait });
  showRelated(cli, askedOf(options), result);
  return result.hits.length > 0 ? exitCodes.ok.code : exitCodes.nothingFound.code;
}

async function reposOf(
  cli: Cli,
  connection: Awaited<ReturnType<Cli['connect']>>,
  options: RelatedOptions,
): Promise<{ repos?: string[] }> {
  if (options.repo) {
    const cwd = cli.cwd();
    return { repos: options.repo.map((repo) => selectorOf(repo, cwd)) };
  }
  if (!options.allRepos) return {};
  const { repos } = await connection.request('lcad/repos/list', {}, { signal: cli.signal });
  return { repos: repos.map(({ id }) => id) };
}
