import type { Command } from 'commander';
import { type Cli, run } from '../cli.js';
import { examples } from '../help.js';
import { plural } from '../output/human.js';
import { symbolsText } from '../output/symbols-view.js';
import { askAbout, type SymbolOptions, showReply, symbolOptions, viewOf } from '../subject.js';

/** `lcad def` */
export function define(command: Command): void {
  command.argument('<symbol>', 'a name, Scope.name, or a place as file:line[:column]');
  symbolOptions(command, 'DefinitionResult')
    .addHelpText(
      'after',
      examples([
        ['lcad def parseArgs', 'where this is defined'],
        ['lcad def Queue.drain', 'the one in Queue'],
        ['lcad def src/main.ts:12:8', 'what stands at this place'],
      ]),
    )
    .action((symbol: string, options: SymbolOptions) => run(command, (cli) => def(cli, symbol, options)));
}

async function def(cli: Cli, symbol: string, options: SymbolOptions): Promise<number> {
  const result = await askAbout(cli, symbol, options, (connection, params, wait) =>
    connection.request('lcad/definition', params, { signal: cli.signal, ...wait }),
  );
  const sure = result.confidence === null ? '' : `, ${result.confidence}`;
  const found = `${plural(result.total, 'definition')}${sure}`;
  const text = () => symbolsText(result.symbols, viewOf(cli));
  return showReply(cli, result, { text, found, shown: result.symbols.length }, options);
}
