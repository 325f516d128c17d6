import { type Command, Option } from 'commander';
import type { CompleteParams } from '../../protocol/complete.js';
import type { GenerationProgress } from '../../protocol/inference.js';
import { LcadError } from '../../shared/errors.js';
import { type Cli, run } from '../cli.js';
import { exitCodes } from '../exit-codes.js';
import { examples } from '../help.js';
import { wholeNumber } from '../options.js';
import { completeFooter } from '../output/complete-view.js';
import { printable } from '../output/printable.js';
import { StatusLine } from '../output/status-line.js';
import { parsePlace } from '../place.js';
import { type ServerOptions, serverOptions, serverParams } from '../server-options.js';

interface Options extends ServerOptions {
  context: boolean;
  maxTokens?: number;
  lines?: 'auto' | 'single' | 'multiple';
}

/** Nobody types: texts that are not in memory yet are waited for. */
const patienceMs = 5_000;

/** `lcad complete` */
export function define(command: Command): void {
  serverOptions(command)
    .argument('<place>', 'where code is to be completed, as file:line:column')
    .option('--no-context', 'show the model nothing but the text around the place')
    .option(
      '--max-tokens <number>',
      'longest completion in tokens (default: complete.maxTokens)',
      wholeNumber(1, 4096),
    )
    .addOption(
      new Option('--lines <lines>', 'how much is completed (default: complete.lines)').choices([
        'auto',
        'single',
        'multiple',
      ]),
    )
    .option('--json', 'print the reply as JSON (CompleteResult of PROTOCOL.md)')
    .addHelpText(
      'after',
      examples([
        ['lcad complete src/main.ts:12:8', 'what a model would write at this place'],
        ['lcad complete src/main.ts:12:8 --no-context --lines single', 'one line, from the file alone'],
      ]),
    )
    .action((place: string, options: Options) => run(command, (cli) => complete(cli, place, options)));
}

async function complete(cli: Cli, place: string, options: Options): Promise<number> {
  const { file, line, column } = parsePlace(place, cli.cwd());
  if (line === undefined) {
    throw new LcadError('USAGE', `${place} names no line.`, { next: 'Give the place as file:line:column.' });
  }
  const params: CompleteParams = {
    file,
    line,
    column: column ?? 1,
    patienceMs,
    useContext: options.context,
    ...(options.maxTokens === undefined ? {} : { maxTokens: options.maxTokens }),
    ...(options.lines === undefined ? {} : { lines: options.lines }),
    ...serverParams(options),
  };
  const connection = await cli.connect();
  const { terminal } = cli;
  const live = terminal.outIsTerminal && !cli.json;
  const status = new StatusLine(terminal);
  const shown: string[] = [];
  const onProgress = (progress: GenerationProgress) => {
    if (progress.kind !== 'text') return;
    status.say('');
    shown.push(progress.text);
    terminal.out(printable(progress.text));
  };
  const wait = { signal: cli.signal, ...(live ? { onProgress } : {}) };
  if (live) status.say('waiting for the model …');
  const result = await connection
    .request('lcad/complete', params, wait)
    .finally(() => status.say(''))
    .catch((error: unknown) => {
      // What follows begins on a line of its own.
      if (shown.length > 0) terminal.out('\n');
      throw error;
    });
  if (cli.json) cli.printJson(result);
  else {
    // Progress comes before the reply, but its listeners run on their own.
    await new Promise((resolve) => setImmediate(resolve));
    const rest = result.text.slice(shown.join('').length);
    if (result.text !== '') terminal.out(live ? `${printable(rest)}\n` : `${result.text}\n`);
    const [say, colors] = live ? [terminal.out, terminal.outColors] : [terminal.err, terminal.errColors];
    if (result.text === '') say('The model has nothing to add here.\n');
    for (const note of result.notes) say(`${colors.yellow('note:')} ${note}\n`);
    say(`${colors.dim(completeFooter(result))}\n`);
  }
  return result.text === '' ? exitCodes.nothingFound.code : exitCodes.ok.code;
}
