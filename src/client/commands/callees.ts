import type { Command } from 'commander';
import { type Cli, run } from '../cli.js';
import { examples } from '../help.js';
import { plural } from '../output/human.js';
import { nameText, relationsText } from '../output/symbols-view.js';
import { askAbout, type SymbolOptions, showReply, symbolOptions, viewOf } from '../subject.js';

/** `lcad callees` */
export function define(command: Command): void {
  command.argument('<symbol>', 'a name, Scope.name, or a place as file:line[:column]');
  symbolOptions(command, 'RelationsResult')
    .addHelpText(
      'after',
      examples([
        ['lcad callees Queue.drain', 'everything that it calls'],
        ['lcad callees src/main.ts:12', 'what the function around this line calls'],
      ]),
    )
    .action((symbol: string, options: SymbolOptions) => run(command, (cli) => callees(cli, symbol, options)));
}

async function callees(cli: Cli, symbol: string, options: SymbolOptions): Promise<number> {
  const result = await askAbout(cli, symbol, options, (connection, params, wait) =>
    connection.request('lcad/callees', params, { signal: cli.signal, ...wait }),
  );
  const [first] = result.of;
  const found = `${plural(result.total, 'callee')}${first ? ` of ${nameText(first)}` : ''}`;
  const text = () => relationsText(result.relations, viewOf(cli));
  return showReply(cli, result, { text, found, shown: result.relations.length }, options);
}
