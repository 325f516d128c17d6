import type { Command } from 'commander';
import type { RepoSummary } from '../../protocol/repos.js';
import { type Cli, run } from '../cli.js';
import type { Connection } from '../connection.js';
import { exitCodes } from '../exit-codes.js';
import { examples } from '../help.js';
import { reindexRepo } from '../indexing.js';
import { selectorOf } from '../options.js';
import { milliseconds } from '../output/human.js';
import { printableLine } from '../output/printable.js';

interface ReindexOptions {
  all?: boolean;
  full?: boolean;
  wait: boolean;
}

/** `lcad reindex` */
export function define(command: Command): void {
  command
    .argument('[repo...]', 'name, id or path (default: the repository around the current folder)')
    .option('-a, --all', 'all registered repositories')
    .option('--full', 'drop what was derived and derive all of it again')
    .option('--no-wait', 'do not wait until it is done')
    .option('--json', 'print {"repos": [RepoSummary]}')
    .addHelpText(
      'after',
      examples([
        ['lcad reindex', 'look for changes in this repository now'],
        ['lcad reindex --full my-project', 'rebuild its index'],
      ]),
    )
    .action((repos: string[], options: ReindexOptions) =>
      run(command, (cli) => reindex(cli, repos, options)),
    );
}

async function reindex(cli: Cli, named: string[], options: ReindexOptions): Promise<number> {
  const connection = await cli.connect();
  const repos: RepoSummary[] = [];
  for (const selector of await selectors(cli, connection, named, options)) {
    const startedAt = performance.now();
    const params = { repo: selector, full: options.full === true, wait: options.wait };
    const { repo } = await reindexRepo(cli, connection, params);
    repos.push(repo);
    if (cli.json) continue;
    const time = options.wait ? ` in ${milliseconds(performance.now() - startedAt)}` : ' in the background';
    cli.terminal.out(`${options.wait ? 'reindexed' : 'reindexing'} ${printableLine(repo.name)}${time}\n`);
  }
  if (cli.json) cli.printJson({ repos });
  return exitCodes.ok.code;
}

async function selectors(
  cli: Cli,
  connection: Connection,
  named: string[],
  options: ReindexOptions,
): Promise<string[]> {
  if (options.all) {
    const { repos } = await connection.request('lcad/repos/list', {}, { signal: cli.signal });
    return repos.map((repo) => repo.id);
  }
  const cwd = cli.cwd();
  return named.length > 0 ? named.map((text) => selectorOf(text, cwd)) : [cwd];
}
