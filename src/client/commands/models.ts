import type { Command } from 'commander';
import { type Cli, run } from '../cli.js';
import { exitCodes } from '../exit-codes.js';
import { examples } from '../help.js';
import { modelsText } from '../output/models-view.js';

/** `lcad models` */
export function define(command: Command): void {
  command
    .option('--json', 'print the reply as JSON (ModelsResult of PROTOCOL.md)')
    .addHelpText(
      'after',
      `${examples([
        ['lcad models', 'model servers, what they offer, and what lcad uses for what'],
        ['lcad models --json | jq .uses', 'for scripts'],
      ])}\nWhere no server answers it tells what to install or start, and ends with exit code ${exitCodes.nothingFound.code}.\n`,
    )
    .action(() => run(command, models));
}

async function models(cli: Cli): Promise<number> {
  const connection = await cli.connect();
  const result = await connection.request('lcad/models', {}, { signal: cli.signal });
  const { terminal } = cli;
  if (cli.json) cli.printJson(result);
  else terminal.out(modelsText(result, { columns: terminal.columns, colors: terminal.outColors }));
  const ready = result.servers.some(({ state }) => state === 'ready');
  return ready ? exitCodes.ok.code : exitCodes.nothingFound.code;
}
