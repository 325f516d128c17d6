import type { Command } from 'commander';
import type { SymbolsParams } from '../../protocol/symbols.js';
import { type Cli, run } from '../cli.js';
import { chunkKinds, examples, wrapped } from '../help.js';
import { list } from '../options.js';
import { plural } from '../output/human.js';
import { symbolsText } from '../output/symbols-view.js';
import { askInScope } from '../scope.js';
import { type SymbolOptions, showReply, symbolOptions, viewOf } from '../subject.js';

interface Options extends SymbolOptions {
  exact?: boolean;
  prefix?: boolean;
  lang?: string[];
  kind?: string[];
}

/** `lcad symbols` */
export function define(command: Command): void {
  command.argument('<name>', 'a name or a part of one; Scope.name looks in scopes of that name');
  symbolOptions(command, 'SymbolsResult')
    .option('-e, --exact', 'only this name, upper and lower case being the same')
    .option('--prefix', 'only names that begin with it')
    .option('-l, --lang <language>', 'only these languages (repeatable, or with commas)', list)
    .option('-k, --kind <kind>', 'only these kinds of definitions (repeatable, or with commas)', list)
    .addHelpText('after', help)
    .action((name: string, options: Options) => run(command, (cli) => symbols(cli, name, options)));
}

function help(): string {
  const shown = examples([
    ['lcad symbols parseArgs', 'names like this, the best first'],
    ['lcad symbols Queue.dra --kind method', 'methods in Queue'],
    ['lcad symbols -e main -A', 'every main'],
  ]);
  return `${shown}\nKinds:\n${wrapped(chunkKinds)}`;
}

async function symbols(cli: Cli, name: string, options: Options): Promise<number> {
  const match = options.exact ? 'exact' : options.prefix ? 'prefix' : 'fuzzy';
  const params: SymbolsParams = {
    name,
    match,
    ...(options.kind ? { kinds: options.kind } : {}),
    ...(options.lang ? { languages: options.lang } : {}),
    ...(options.limit === undefined ? {} : { limit: options.limit }),
  };
  const connection = await cli.connect();
  const result = await askInScope(cli, connection, options, (scope, wait) =>
    connection.request('lcad/symbols', { ...params, ...scope }, { signal: cli.signal, ...wait }),
  );
  const found = plural(result.total, 'symbol');
  const text = () => symbolsText(result.symbols, viewOf(cli));
  return showReply(cli, result, { text, found, shown: result.symbols.length }, options);
}
