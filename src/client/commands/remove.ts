import type { Command } from 'commander';
import type { RepoSummary } from '../../protocol/repos.js';
import { type Cli, run } from '../cli.js';
import { exitCodes } from '../exit-codes.js';
import { examples } from '../help.js';
import { selectorOf } from '../options.js';
import { printableLine } from '../output/printable.js';

/** `lcad remove` */
export function define(command: Command): void {
  command
    .argument('<repo...>', 'name, id or path')
    .option('--json', 'print {"removed": [RepoSummary]}')
    .addHelpText(
      'after',
      examples([
        ['lcad remove .', 'the repository around the current folder'],
        ['lcad remove old-project', 'by its folder name'],
      ]),
    )
    .action((repos: string[]) => run(command, (cli) => remove(cli, repos)));
}

async function remove(cli: Cli, repos: string[]): Promise<number> {
  const connection = await cli.connect();
  const cwd = cli.cwd();
  const removed: RepoSummary[] = [];
  for (const text of repos) {
    const params = { repo: selectorOf(text, cwd) };
    const { repo } = await connection.request('lcad/repos/remove', params, { signal: cli.signal });
    removed.push(repo);
    if (cli.json) continue;
    cli.terminal.out(
      `removed ${printableLine(repo.name)} (${printableLine(repo.root)}); its files are untouched\n`,
    );
  }
  if (cli.json) cli.printJson({ removed });
  return exitCodes.ok.code;
}
