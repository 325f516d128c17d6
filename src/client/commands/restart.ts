import type { Command } from 'commander';
import { type Cli, run } from '../cli.js';
import { exitCodes } from '../exit-codes.js';
import { examples } from '../help.js';
import { stopDaemon } from '../stop.js';

/** `lcad restart` */
export function define(command: Command): void {
  command
    .option('--json', 'print {"stopped", "pid", "version"}')
    .addHelpText('after', examples([['lcad restart', 'after an update, or to apply some settings']]))
    .action(() => run(command, restart));
}

async function restart(cli: Cli): Promise<number> {
  const { stopped } = await stopDaemon(cli.places);
  const connection = await cli.connect();
  const { pid, serverInfo } = connection.server;
  if (cli.json) cli.printJson({ stopped, pid, version: serverInfo.version });
  else cli.terminal.out(`lcad ${serverInfo.version} ${stopped ? 'restarted' : 'started'}, pid ${pid}\n`);
  return exitCodes.ok.code;
}
