import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { MapParams } from '../../protocol/map.js';
import { LcadError } from '../../shared/errors.js';
import { type Cli, run } from '../cli.js';
import { exitCodes } from '../exit-codes.js';
import { examples } from '../help.js';
import { each, wholeNumber } from '../options.js';
import { plural } from '../output/human.js';
import { mapView } from '../output/map-view.js';
import { footerOf, nothingFoundText, warningTexts } from '../output/search-view.js';
import { askInScope } from '../scope.js';

interface MapOptions {
  tokens?: number;
  focus?: string[];
  order?: string;
  repo?: string;
  wait?: boolean;
}

const orders = ['rank', 'path'] as const;

/** `lcad map` */
export function define(command: Command): void {
  command
    .argument('[path...]', 'only these files and folders')
    .option('-t, --tokens <number>', 'most tokens of the text (default 2000)', wholeNumber(1, 200_000))
    .option(
      '-f, --focus <what>',
      'a file, a folder, a symbol or words that it is to be about (repeatable)',
      each,
    )
    .option('--order <order>', 'order of the files: rank (default) or path')
    .option('-r, --repo <repo>', 'the repository: name, id or path (default: that of the current folder)')
    .option('--wait', 'first wait until everything written so far is in')
    .option('--json', 'print the reply as JSON (MapResult of PROTOCOL.md)')
    .addHelpText(
      'after',
      examples([
        ['lcad map', 'what matters most in this repository'],
        ['lcad map src/client --tokens 1000', 'the same of one folder, in fewer tokens'],
        ['lcad map --focus src/login.ts --focus "session expiry"', 'what matters to these'],
      ]),
    )
    .action((paths: string[], options: MapOptions) => run(command, (cli) => map(cli, paths, options)));
}

async function map(cli: Cli, paths: string[], options: MapOptions): Promise<number> {
  const order = orderOf(options.order);
  const cwd = cli.cwd();
  const params: MapParams = {
    ...(paths.length > 0 ? { paths: paths.map((path) => pathIn(path, cwd) ?? resolve(cwd, path)) } : {}),
    ...(options.focus ? { focus: options.focus.map((one) => pathIn(one, cwd) ?? one) } : {}),
    ...(options.tokens === undefined ? {} : { tokens: options.tokens }),
    ...(order === undefined ? {} : { order }),
  };
  const connection = await cli.connect();
  const [first] = params.paths ?? [];
  const where = options.repo ?? first;
  const scope = {
    ...(where === undefined ? {} : { repo: [where] }),
    ...(options.wait ? { wait: true } : {}),
  };
  const result = await askInScope(cli, connection, scope, ({ repos, ...fresh }, wait) =>
    connection.request(
      'lcad/map',
      { ...params, ...fresh, ...(repos?.[0] === undefined ? {} : { repo: repos[0] }) },
      { signal: cli.signal, ...wait },
    ),
  );
  const { terminal } = cli;
  const symbols = result.files.reduce((sum, file) => sum + file.symbols.length, 0);
  const shown = `${plural(symbols, 'symbol')} of ${plural(result.files.length, 'file')}, about ${plural(result.tokens, 'token')}`;
  const waited = options.wait === true;
  if (cli.json) cli.printJson(result);
  else if (symbols === 0) {
    const asked = { filters: [], waited, allRepos: true };
    terminal.err(nothingFoundText(result, footerOf('no symbols', result), asked, terminal.errColors));
  } else {
    terminal.out(mapView(result.text, terminal.outColors));
    const [say, colors] = terminal.outIsTerminal
      ? [terminal.out, terminal.outColors]
      : [terminal.err, terminal.errColors];
    if (terminal.outIsTerminal) say('\n');
    for (const warning of warningTexts(result, waited)) say(`${colors.yellow('note:')} ${warning}\n`);
    say(`${colors.dim(footerOf(shown, result))}\n`);
  }
  return symbols > 0 ? exitCodes.ok.code : exitCodes.nothingFound.code;
}

function orderOf(text: string | undefined): (typeof orders)[number] | undefined {
  const order = orders.find((one) => one === text);
  if (text === undefined || order) return order;
  throw new LcadError('USAGE', `There is no order ${text}.`, { next: `Give one of: ${orders.join(', ')}.` });
}

/** What exists, as the daemon knows it: absolute and without links. */
function pathIn(text: string, cwd: string): string | null {
  const path = resolve(cwd, text);
  return existsSync(path) ? realpathSync(path) : null;
}
