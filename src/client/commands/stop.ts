import type { Command } from 'commander';
import { type Cli, run } from '../cli.js';
import { exitCodes } from '../exit-codes.js';
import { examples } from '../help.js';
import { stopDaemon } from '../stop.js';

/** `lcad stop` */
export function define(command: Command): void {
  command
    .option('--json', 'print {"stopped", "pid", "by"}')
    .addHelpText('after', examples([['lcad stop', 'the next command that needs it starts it again']]))
    .action(() => run(command, stop));
}

async function stop(cli: Cli): Promise<number> {
  const result = await stopDaemon(cli.places);
  if (cli.json) cli.printJson(result);
  else if (!result.stopped) cli.terminal.out('lcad was not running\n');
  else {
    const how = result.by === 'request' ? '' : `; it did not answer, so it was ended with ${result.by}`;
    cli.terminal.out(`stopped${result.pid === null ? '' : ` (pid ${result.pid})`}${how}\n`);
  }
  return exitCodes.ok.code;
}
