import type { Command } from 'commander';
import { type Cli, run } from '../cli.js';
import { exitCodes } from '../exit-codes.js';
import { examples } from '../help.js';
import { metricsText } from '../output/metrics-view.js';

interface Options {
  prometheus?: boolean;
}

/** `lcad metrics` */
export function define(command: Command): void {
  command
    .option('--prometheus', 'print them in the text format of Prometheus')
    .option('--json', 'print the reply as JSON (MetricsResult of PROTOCOL.md)')
    .addHelpText(
      'after',
      `${examples([
        ['lcad metrics', 'times of requests and models, and what became of completions'],
        ['lcad metrics --prometheus > /var/lib/node_exporter/lcad.prom', 'for a collector of text files'],
      ])}\nThey are counted since the daemon started, in its memory; nobody else is told.\n`,
    )
    .action((options: Options) => run(command, (cli) => metrics(cli, options)));
}

async function metrics(cli: Cli, { prometheus }: Options): Promise<number> {
  // A daemon that starts now would have nothing to tell.
  const connection = await cli.connect({ start: false });
  const params = prometheus ? { format: 'prometheus' as const } : {};
  const result = await connection.request('lcad/metrics', params, { signal: cli.signal });
  const { terminal } = cli;
  if (cli.json) cli.printJson(result);
  else if (result.text !== null) terminal.out(result.text);
  else
    terminal.out(
      metricsText(result, { columns: terminal.columns, colors: terminal.outColors, now: Date.now() }),
    );
  return exitCodes.ok.code;
}
