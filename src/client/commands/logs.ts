import type { Command } from 'commander';
import { LcadError } from '../../shared/errors.js';
import { type Cli, run } from '../cli.js';
import { exitCodes } from '../exit-codes.js';
import { examples } from '../help.js';
import { readLines } from '../log-file.js';
import { wholeNumber } from '../options.js';
import { logLine } from '../output/log-view.js';

interface LogsOptions {
  follow?: boolean;
  lines: number;
}

/** `lcad logs` */
export function define(command: Command): void {
  command
    .option('-f, --follow', 'go on with new lines until Ctrl-C')
    .option('-n, --lines <number>', 'how many lines', wholeNumber(0, 1_000_000), 50)
    .option('--json', 'print the lines as they are: one JSON object each')
    .addHelpText(
      'after',
      examples([
        ['lcad logs -n 200', 'the last 200 lines'],
        ['lcad logs -f', 'watch it work'],
        ['lcad logs --json | jq "select(.level >= 40)"', 'warnings and errors only'],
      ]),
    )
    .action((options: LogsOptions) => run(command, (cli) => logs(cli, options)));
}

async function logs(cli: Cli, options: LogsOptions): Promise<number> {
  const { logFile } = cli.places;
  const { terminal } = cli;
  const print = (line: string) => terminal.out(`${cli.json ? line : logLine(line, terminal.outColors)}\n`);
  const found = await readLines(logFile, options.lines, print, options.follow ? cli.signal : null);
  if (!found && !options.follow) {
    throw new LcadError('DAEMON_NOT_RUNNING', `There is no log yet at ${logFile}.`);
  }
  return exitCodes.ok.code;
}
