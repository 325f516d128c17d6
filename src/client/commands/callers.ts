import type { Command } from 'commander';
import { type Cli, run } from '../cli.js';
import { examples } from '../help.js';
import { plural } from '../output/human.js';
import { nameText, relationsText } from '../output/symbols-view.js';
import { askAbout, type SymbolOptions, showReply, symbolOptions, viewOf } from '../subject.js';

/** `lcad callers` */
export function define(command: Command): void {
  command.argument('<symbol>', 'a name, Scope.name, or a place as file:line[:column]');
  symbolOptions(command, 'RelationsResult')
    .addHelpText(
      'after',
      examples([
        ['lcad callers Queue.drain', 'everything that calls it'],
        ['lcad callers src/main.ts:12', 'the callers of the function around this line'],
      ]),
    )
    .action((symbol: string, options: SymbolOptions) => run(command, (cli) => callers(cli, symbol, options)));
}

async function callers(cli: Cli, symbol: string, options: SymbolOptions): Promise<number> {
  const result = await askAbout(cli, symbol, options, (connection, params, wait) =>
    connection.request('lcad/callers', params, { signal: cli.signal, ...wait }),
  );
  const [first] = result.of;
  const found = `${plural(result.total, 'caller')}${first ? ` of ${nameText(first)}` : ''}`;
  const text = () => relationsText(result.relations, viewOf(cli));
  return showReply(cli, result, { text, found, shown: result.relations.length }, options);
}
