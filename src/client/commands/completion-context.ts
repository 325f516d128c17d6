import type { Command } from 'commander';
import type { CompletionContextParams } from '../../protocol/completion-context.js';
import { LcadError } from '../../shared/errors.js';
import { type Cli, run } from '../cli.js';
import { exitCodes } from '../exit-codes.js';
import { examples } from '../help.js';
import { wholeNumber } from '../options.js';
import { completionContextText } from '../output/completion-context-view.js';
import { footerOf, warningTexts } from '../output/search-view.js';
import { parsePlace } from '../place.js';
import { viewOf } from '../subject.js';

interface Options {
  tokens?: number;
  prefix?: number;
  suffix?: number;
  wait?: boolean;
}

const waitMs = 60_000;
/** Nobody types: texts that are not in memory yet are waited for. */
const patienceMs = 5_000;
const mostTokens = 32_000;

/** `lcad completion-context` */
export function define(command: Command): void {
  command
    .argument('<place>', 'where code is to be completed, as file:line:column')
    .option('--tokens <number>', 'tokens of the context (default 1500)', wholeNumber(0, mostTokens))
    .option('--prefix <number>', 'tokens before the cursor (default 2000)', wholeNumber(0, mostTokens))
    .option('--suffix <number>', 'tokens after the cursor (default 500)', wholeNumber(0, mostTokens))
    .option('--wait', 'first wait until everything written so far is searchable')
    .option('--json', 'print the reply as JSON (CompletionContextResult of PROTOCOL.md)')
    .addHelpText(
      'after',
      examples([
        ['lcad completion-context src/main.ts:12:8', 'the text around this place, and code that helps'],
        ['lcad completion-context src/main.ts:12:8 --tokens 4000', 'with more of it'],
      ]),
    )
    .action((place: string, options: Options) => run(command, (cli) => show(cli, place, options)));
}

async function show(cli: Cli, place: string, options: Options): Promise<number> {
  const { file, line, column } = parsePlace(place, cli.cwd());
  if (line === undefined) {
    throw new LcadError('USAGE', `${place} names no line.`, { next: 'Give the place as file:line:column.' });
  }
  const params: CompletionContextParams = {
    file,
    line,
    column: column ?? 1,
    patienceMs,
    ...(options.tokens === undefined ? {} : { contextTokens: options.tokens }),
    ...(options.prefix === undefined ? {} : { prefixTokens: options.prefix }),
    ...(options.suffix === undefined ? {} : { suffixTokens: options.suffix }),
    ...(options.wait ? { waitFresh: true, deadlineMs: waitMs } : {}),
  };
  const connection = await cli.connect();
  const wait = options.wait ? { deadlineMs: waitMs + 5000 } : {};
  const result = await connection.request('lcad/completionContext', params, { signal: cli.signal, ...wait });
  const { terminal } = cli;
  if (cli.json) cli.printJson(result);
  else {
    terminal.out(completionContextText(result, viewOf(cli)));
    const [say, colors] = terminal.outIsTerminal
      ? [terminal.out, terminal.outColors]
      : [terminal.err, terminal.errColors];
    for (const warning of warningTexts(result, options.wait === true)) {
      say(`${colors.yellow('note:')} ${warning}\n`);
    }
    const found = `${result.items.length} items, ${result.tokens} tokens`;
    say(`${colors.dim(footerOf(found, result))}\n`);
  }
  return result.items.length > 0 ? exitCodes.ok.code : exitCodes.nothingFound.code;
}
