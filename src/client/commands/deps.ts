import type { Command } from 'commander';
import { type Cli, run } from '../cli.js';
import { examples } from '../help.js';
import { plural } from '../output/human.js';
import { dependenciesText } from '../output/symbols-view.js';
import { placeIn } from '../place.js';
import { reposOf, type SymbolOptions, showReply, symbolOptions, viewOf } from '../subject.js';

const waitMs = 60_000;

/** `lcad deps` */
export function define(command: Command): void {
  command.argument('<file>', 'a file');
  symbolOptions(command, 'DependenciesResult')
    .addHelpText('after', examples([['lcad deps src/main.ts', 'what it imports, and what imports it']]))
    .action((file: string, options: SymbolOptions) => run(command, (cli) => deps(cli, file, options)));
}

async function deps(cli: Cli, written: string, options: SymbolOptions): Promise<number> {
  const file = placeIn(written, cli.cwd());
  const connection = await cli.connect();
  const params = {
    file,
    ...reposOf(cli, file, options),
    ...(options.limit === undefined ? {} : { limit: options.limit }),
    ...(options.wait ? { waitFresh: true, deadlineMs: waitMs } : {}),
  };
  const result = await connection.request('lcad/dependencies', params, {
    signal: cli.signal,
    ...(options.wait ? { deadlineMs: waitMs + 5000 } : {}),
  });
  const { imports, importedBy, total } = result;
  const found = `${plural(imports.length, 'import')}, imported by ${plural(total, 'file')}`;
  const text = () => dependenciesText(result, viewOf(cli));
  const shown = imports.length + importedBy.length;
  return showReply(cli, { ...result, total: imports.length + total }, { text, found, shown }, options);
}
