import type { Command } from 'commander';
import { type Cli, run } from '../cli.js';
import { exitCodes } from '../exit-codes.js';
import { examples } from '../help.js';
import { reposTable } from '../output/repos-view.js';

/** `lcad list` */
export function define(command: Command): void {
  command
    .option('--json', 'print {"repos": [RepoSummary]}')
    .addHelpText(
      'after',
      examples([
        ['lcad list', 'as a table'],
        ['lcad list --json | jq -r ".repos[].root"', 'the roots, for scripts'],
      ]),
    )
    .action(() => run(command, listRepos));
}

async function listRepos(cli: Cli): Promise<number> {
  const connection = await cli.connect();
  const result = await connection.request('lcad/repos/list', {}, { signal: cli.signal });
  const { terminal } = cli;
  if (cli.json) cli.printJson(result);
  else if (result.repos.length > 0)
    terminal.out(reposTable(result.repos, terminal.columns, terminal.outColors));
  else cli.note('No repositories yet. Add one with:\n  lcad add <path>');
  return exitCodes.ok.code;
}
