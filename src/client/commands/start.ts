import type { Command } from 'commander';
import { type Cli, run } from '../cli.js';
import { exitCodes } from '../exit-codes.js';
import { examples } from '../help.js';
import { printableLine } from '../output/printable.js';

/** `lcad start` */
export function define(command: Command): void {
  command
    .option('--json', 'print {"started", "pid", "version", "socket"}')
    .addHelpText('after', examples([['lcad start', 'start it, or say that it runs already']]))
    .action(() => run(command, start));
}

async function start(cli: Cli): Promise<number> {
  let started = false;
  const connection = await cli.connect({
    onStarting: () => {
      started = true;
    },
  });
  const { pid, serverInfo } = connection.server;
  const { socket } = cli.places;
  if (cli.json) cli.printJson({ started, pid, version: serverInfo.version, socket });
  else {
    const how = started ? 'started' : 'is running already';
    cli.terminal.out(`lcad ${serverInfo.version} ${how}, pid ${pid}, at ${printableLine(socket)}\n`);
  }
  return exitCodes.ok.code;
}
