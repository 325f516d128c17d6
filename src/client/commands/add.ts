import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ReposAddResult } from '../../protocol/repos.js';
import { type Cli, run } from '../cli.js';
import type { Connection } from '../connection.js';
import { exitCodeOf, exitCodes } from '../exit-codes.js';
import { examples } from '../help.js';
import { addRepo } from '../indexing.js';
import { asLcadError, type ErrorDocument, errorDocument, errorText } from '../output/error-view.js';
import { milliseconds, plural } from '../output/human.js';
import { printableLine } from '../output/printable.js';

interface AddOptions {
  exact?: boolean;
  wait: boolean;
}

/** `lcad add` */
export function define(command: Command): void {
  command
    .argument('<path...>', 'folders; inside a git checkout its top level is taken')
    .option('--exact', 'register exactly this folder, even inside a git checkout')
    .option('--no-wait', 'do not wait for the first index')
    .option('--json', 'print {"results": [ReposAddResult | {"path", "error"}]}')
    .addHelpText(
      'after',
      examples([
        ['lcad add .', 'this checkout'],
        ['lcad add ~/src/*', 'every project in a folder'],
        ['lcad add --exact ./docs', 'one folder of a checkout'],
      ]),
    )
    .action((paths: string[], options: AddOptions) => run(command, (cli) => add(cli, paths, options)));
}

async function add(cli: Cli, paths: string[], options: AddOptions): Promise<number> {
  const connection = await cli.connect();
  const results: (ReposAddResult | ({ path: string } & ErrorDocument))[] = [];
  let exitCode: number = exitCodes.ok.code;
  for (const path of paths) {
    try {
      results.push(await addOne(cli, connection, resolve(cli.cwd(), path), options));
    } catch (thrown) {
      cli.signal.throwIfAborted();
      const error = asLcadError(thrown);
      results.push({ path, ...errorDocument(error) });
      if (!cli.json) cli.terminal.err(errorText(error, cli.terminal.errColors));
      exitCode = exitCodeOf(error.kind);
    }
  }
  if (cli.json) cli.printJson({ results });
  return exitCode;
}

async function addOne(
  cli: Cli,
  connection: Connection,
  path: string,
  { exact, wait }: AddOptions,
): Promise<ReposAddResult> {
  const startedAt = performance.now();
  const result = await addRepo(cli, connection, { path, wait, ...(exact ? { exact } : {}) });
  const took = performance.now() - startedAt;
  if (!cli.json) {
    const { outColors, out } = cli.terminal;
    const verb = result.added ? 'added' : 'already registered:';
    const size = wait ? await sizeOf(connection, result.repo.id) : 'indexing in the background';
    const time = wait && result.added ? ` in ${milliseconds(took)}` : '';
    out(
      `${verb} ${outColors.bold(printableLine(result.repo.name))} (${printableLine(result.repo.root)}): ${size}${time}\n`,
    );
    if (result.note) out(`  ${printableLine(result.note)}\n`);
  }
  return result;
}

async function sizeOf(connection: Connection, repo: string): Promise<string> {
  const status = await connection.request('lcad/status', { repo });
  const one = status.repos[0];
  return one ? `${plural(one.files, 'file')}, ${plural(one.chunks, 'chunk')}` : 'indexed';
}
