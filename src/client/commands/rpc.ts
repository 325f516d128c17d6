import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { LcadError, messageOf } from '../../shared/errors.js';
import { type Cli, run } from '../cli.js';
import { exitCodes } from '../exit-codes.js';
import { examples } from '../help.js';

interface RpcOptions {
  start: boolean;
}

/** `lcad rpc` */
export function define(command: Command): void {
  command
    .argument('<method>', 'a method of the protocol; rpc.discover describes all of them')
    .argument('[params]', 'its parameters as JSON; "-" reads them from standard input', '{}')
    .option('--no-start', 'fail where no daemon runs')
    .option('--json', 'print an error as JSON, too (the result is JSON anyway)')
    .addHelpText(
      'after',
      examples([
        ['lcad rpc lcad/repos/list', 'a method without parameters'],
        [`lcad rpc lcad/search '{"query": "retry", "limit": 3}'`, 'with parameters'],
        [`lcad rpc rpc.discover | jq -r '.methods[].name'`, 'the names of all methods'],
      ]),
    )
    .action((method: string, params: string, options: RpcOptions) =>
      run(command, (cli) => rpc(cli, method, params, options)),
    );
}

async function rpc(cli: Cli, method: string, json: string, options: RpcOptions): Promise<number> {
  const params = parse(json === '-' ? await text(process.stdin) : json);
  const connection = await cli.connect({ start: options.start });
  cli.printJson(await connection.call(method, params, { signal: cli.signal }));
  return exitCodes.ok.code;
}

function parse(json: string): object {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new LcadError('USAGE', `The parameters are not JSON: ${messageOf(error)}`, {
      next: `Quote them for the shell: lcad rpc lcad/search '{"query": "retry"}'`,
    });
  }
  if (typeof value === 'object' && value !== null) return value;
  throw new LcadError('USAGE', 'The parameters must be a JSON object.', {
    next: `For example: lcad rpc lcad/search '{"query": "retry"}'`,
  });
}
