import type { Command } from 'commander';
import { type Cli, run } from '../cli.js';
import { examples } from '../help.js';
import { plural } from '../output/human.js';
import { nameText, referencesText } from '../output/symbols-view.js';
import { askAbout, type SymbolOptions, showReply, symbolOptions, viewOf } from '../subject.js';

/** `lcad refs` */
export function define(command: Command): void {
  command.argument('<symbol>', 'a name, Scope.name, or a place as file:line[:column]');
  symbolOptions(command, 'ReferencesResult')
    .addHelpText(
      'after',
      examples([
        ['lcad refs parseArgs', 'everything that refers to it'],
        ['lcad refs src/main.ts:12:8', 'to what stands at this place'],
        ['lcad refs Queue.drain -A', 'in all repositories'],
      ]),
    )
    .action((symbol: string, options: SymbolOptions) => run(command, (cli) => refs(cli, symbol, options)));
}

async function refs(cli: Cli, symbol: string, options: SymbolOptions): Promise<number> {
  const result = await askAbout(cli, symbol, options, (connection, params, wait) =>
    connection.request('lcad/references', params, { signal: cli.signal, ...wait }),
  );
  const [first] = result.of;
  const found = `${plural(result.total, 'reference')}${first ? ` to ${nameText(first)}` : ''}`;
  const text = () => referencesText(result.references, viewOf(cli));
  return showReply(cli, result, { text, found, shown: result.references.length }, options);
}
