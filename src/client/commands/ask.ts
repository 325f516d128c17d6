import type { Command } from 'commander';
import type { ChatParams } from '../../protocol/chat.js';
import { ask } from '../chat/answer.js';
import { reposFor } from '../chat/where.js';
import { type Cli, run } from '../cli.js';
import { exitCodes } from '../exit-codes.js';
import { examples } from '../help.js';
import { each, wholeNumber } from '../options.js';
import { parsePlace } from '../place.js';
import type { ScopeOptions } from '../scope.js';
import { type ServerOptions, serverOptions, serverParams } from '../server-options.js';

interface Options extends ScopeOptions, ServerOptions {
  tokens?: number;
  maxTokens?: number;
  file?: string;
  tools?: boolean;
}

/** `lcad ask` */
export function define(command: Command): void {
  serverOptions(command)
    .argument('<question...>', 'what you want to know of the code')
    .option(
      '-t, --tokens <number>',
      'most tokens of code with the question (default 4000); 0: none',
      wholeNumber(0, 1_000_000),
    )
    .option('--max-tokens <number>', 'longest answer in tokens (default 2048)', wholeNumber(1, 100_000))
    .option('-f, --file <place>', 'the file that is worked on, as file or file:line')
    .option('-r, --repo <repo>', 'only in this repository: name, id or path (repeatable)', each)
    .option('-A, --all-repos', 'in all registered repositories (default: the one around the current folder)')
    .option('--no-tools', 'do not let the model search and read by itself')
    .option('--wait', 'first wait until everything written so far is searchable')
    .option('--add', 'first register the current checkout, if it is not, and index it')
    .option('--json', 'print the reply as JSON (ChatResult of PROTOCOL.md), once it is complete')
    .addHelpText(
      'after',
      examples([
        ['lcad ask "how does login work"', 'an answer with the places it relies on, as path:lines'],
        ['lcad ask "what can fail here" --file src/db.ts:42', 'about a place'],
        ['lcad ask "who retries" --model qwen2.5-coder:7b --tokens 8000', 'with another model and more code'],
      ]),
    )
    .action((words: string[], options: Options) =>
      run(command, (cli) => askOnce(cli, words.join(' '), options)),
    );
}

async function askOnce(cli: Cli, message: string, options: Options): Promise<number> {
  const place = options.file === undefined ? null : parsePlace(options.file, cli.cwd());
  const connection = await cli.connect();
  const scoped = place && !options.repo && !options.allRepos ? { ...options, repo: [place.file] } : options;
  const repos = await reposFor(cli, connection, scoped);
  const params: ChatParams = {
    message,
    keep: false,
    ...(repos ? { repos } : {}),
    ...(place ? { file: place.file } : {}),
    ...(place?.line === undefined ? {} : { line: place.line }),
    ...serverParams(options),
    ...(options.tokens === undefined ? {} : { contextTokens: options.tokens }),
    ...(options.maxTokens === undefined ? {} : { maxTokens: options.maxTokens }),
    ...(options.tools === false ? { tools: false } : {}),
  };
  const result = await ask(cli, connection, params, { signal: cli.signal });
  if (cli.json) cli.printJson(result);
  return exitCodes.ok.code;
}
