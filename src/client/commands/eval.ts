import type { Command } from 'commander';
import { LcadError } from '../../shared/errors.js';
import { type Cli, run } from '../cli.js';
import type { Connection } from '../connection.js';
import { exitCodes } from '../exit-codes.js';
import { examples } from '../help.js';
import { wholeNumber } from '../options.js';
import { completionEvalText, retrievalEvalText } from '../output/eval-view.js';
import { bar } from '../output/progress.js';
import { askInScope } from '../scope.js';
import { type ServerOptions, serverOptions, serverParams } from '../server-options.js';

interface Common {
  repo?: string;
}

interface CompletionOptions extends Common, ServerOptions {
  samples: number;
  seed: number;
}

interface RetrievalOptions extends Common {
  commits: number;
}

const mostSeed = 2 ** 31 - 1;

/** `lcad eval` */
export function define(command: Command): void {
  const sub = (name: string, summary: string, report: string) =>
    command
      .command(name)
      .summary(summary)
      .description(`${summary}.`)
      .option(
        '-r, --repo <repo>',
        'a repository by id, path or folder name (default: the one around the current folder)',
      )
      .option('--json', `print the report as JSON (${report})`);
  serverOptions(
    sub(
      'completion',
      'Hide ends of lines and have the model write them, with and without code from elsewhere',
      'scores with 95 % intervals, tokens and times',
    ),
  )
    .option('-n, --samples <number>', 'lines', wholeNumber(1, 10_000), 100)
    .option('--seed <number>', 'chooses the lines; the same seed gives the same', wholeNumber(0, mostSeed), 1)
    .action((options: CompletionOptions, self: Command) => run(self, (cli) => completion(cli, options)));
  sub(
    'retrieval',
    'Search for the files that past commits changed by what the commits say',
    'scores with 95 % intervals, and times',
  )
    .option('-n, --commits <number>', 'commits, the latest that are fit', wholeNumber(1, 5000), 100)
    .action((options: RetrievalOptions, self: Command) => run(self, (cli) => retrieval(cli, options)));
  command.addHelpText('after', help());
}

function help(): string {
  return `${examples([
    ['lcad eval retrieval', 'how well searches find the files of the last 100 commits'],
    ['lcad eval completion --samples 300', 'how much code from elsewhere helps the model'],
    ['lcad eval completion --seed 2 --json', 'other lines, for scripts'],
  ])}\nAll figures come with 95 % intervals (Bayesian bootstrap, by file or commit). Nothing leaves this\nmachine but for requests to the model servers of the configuration.\n`;
}

async function completion(cli: Cli, options: CompletionOptions): Promise<number> {
  const connection = await cli.connect();
  const { root } = await placeOf(cli, connection, options.repo);
  const { evaluateCompletion } = await import('../eval/completion.js');
  const { samples, seed } = options;
  const report = await withProgress(cli, 'completing', (onProgress) =>
    evaluateCompletion(
      connection,
      { root, samples, seed, server: serverParams(options) },
      { signal: cli.signal, onProgress },
    ),
  );
  if (cli.json) cli.printJson(report);
  else if (report) cli.terminal.out(completionEvalText(report, cli.terminal.outColors));
  else
    cli.note('No line was completed: there is no tracked code with lines to hide, or every request failed.');
  return report ? exitCodes.ok.code : exitCodes.nothingFound.code;
}

async function retrieval(cli: Cli, options: RetrievalOptions): Promise<number> {
  const connection = await cli.connect();
  const { root, repo } = await placeOf(cli, connection, options.repo);
  const { evaluateRetrieval } = await import('../eval/retrieval.js');
  const { commits } = options;
  const report = await withProgress(cli, 'searching', (onProgress) =>
    evaluateRetrieval(connection, { root, repo, commits }, { signal: cli.signal, onProgress }),
  );
  if (cli.json) cli.printJson(report);
  else if (report) cli.terminal.out(retrievalEvalText(report, cli.terminal.outColors));
  else
    cli.note(
      'No commit is fit: the history has none that tells what it changed in files that are there now.',
    );
  return report ? exitCodes.ok.code : exitCodes.nothingFound.code;
}

/** The one repository that is meant, once everything in it can be searched. @throws USAGE, REPO_NOT_REGISTERED */
async function placeOf(
  cli: Cli,
  connection: Connection,
  repo: string | undefined,
): Promise<{ root: string; repo: string }> {
  const options = { wait: true, ...(repo === undefined ? {} : { repo: [repo] }) };
  const { freshness } = await askInScope(cli, connection, options, (scope, wait) =>
    connection.request(
      'lcad/search',
      { query: 'main', limit: 1, snippetLines: 0, ...scope },
      { signal: cli.signal, ...wait },
    ),
  );
  const [one, other] = freshness;
  if (one && !other) return { root: one.root, repo: one.repo };
  throw new LcadError('USAGE', 'Several repositories are meant.', { next: 'Name one with --repo.' });
}

/** Shows on a terminal how far it is. */
async function withProgress<T>(
  cli: Cli,
  doing: string,
  work: (onProgress: (done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  const { terminal } = cli;
  const shows = terminal.errIsTerminal && !cli.json;
  try {
    return await work((done, total) => {
      if (!shows) return;
      const line = `${doing}  ${bar(done / total, 20, terminal.errColors)} ${done} of ${total}`;
      terminal.err(`\r\x1b[2K${line}`);
    });
  } finally {
    if (shows) terminal.err('\r\x1b[2K');
  }
}
