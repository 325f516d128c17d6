import type { Command } from 'commander';
import { LcadError } from '../../shared/errors.js';
import { Conversation } from '../chat/conversation.js';
import { reposFor } from '../chat/where.js';
import { type Cli, run } from '../cli.js';
import type { Connection } from '../connection.js';
import { exitCodes } from '../exit-codes.js';
import { examples } from '../help.js';
import { each, wholeNumber } from '../options.js';
import { sessionsText, sessionText } from '../output/chat-view.js';
import type { ScopeOptions } from '../scope.js';
import { type ServerOptions, serverOptions, serverParams } from '../server-options.js';

interface Options extends ScopeOptions, ServerOptions {
  tokens?: number;
  tools?: boolean;
  list?: boolean;
  resume?: string | true;
  delete?: string;
}

/** `lcad chat` */
export function define(command: Command): void {
  serverOptions(command)
    .option(
      '-t, --tokens <number>',
      'most tokens of code with each question (default 4000); 0: none',
      wholeNumber(0, 1_000_000),
    )
    .option('-r, --repo <repo>', 'only in this repository: name, id or path (repeatable)', each)
    .option('-A, --all-repos', 'in all registered repositories (default: the one around the current folder)')
    .option('--no-tools', 'do not let the model search and read by itself')
    .option('--wait', 'first wait until everything written so far is searchable')
    .option('--add', 'first register the current checkout, if it is not, and index it')
    .option('--list', 'list the conversations that are kept')
    .option('--resume [id]', 'go on with this conversation, or the one used last')
    .option('--delete <id>', 'delete a conversation')
    .option('--json', 'with --list: print it as JSON; else print all answers as one JSON document at the end')
    .addHelpText(
      'after',
      examples([
        ['lcad chat', 'a conversation about the repository around the current folder; /help in it'],
        ['lcad chat --resume', 'go on where you stopped'],
        ['lcad chat --list', 'which conversations there are'],
        ['lcad chat < questions.txt', 'one question a line'],
      ]),
    )
    .action((options: Options) => run(command, (cli) => chat(cli, options)));
}

async function chat(cli: Cli, options: Options): Promise<number> {
  if (cli.json && cli.terminal.canAsk && !options.list && options.delete === undefined) {
    throw new LcadError('USAGE', 'A conversation in the terminal is no JSON.', {
      next: 'Give the questions on standard input, or use --list.',
    });
  }
  const connection = await cli.connect();
  if (options.list) return list(cli, connection);
  if (options.delete !== undefined) {
    await connection.request('lcad/chat/delete', { session: options.delete }, { signal: cli.signal });
    if (cli.json) cli.printJson({ deleted: options.delete });
    return exitCodes.ok.code;
  }
  const resumed = options.resume === undefined ? null : await resume(cli, connection, options.resume);
  const repos = await reposFor(cli, connection, options);
  const conversation = new Conversation(cli, connection, {
    params: {
      ...(repos ? { repos } : {}),
      ...serverParams(options),
      ...(options.tokens === undefined ? {} : { contextTokens: options.tokens }),
      ...(options.tools === false ? { tools: false } : {}),
    },
    session: resumed?.id ?? null,
    history: resumed?.questions ?? [],
  });
  return conversation.run();
}

async function list(cli: Cli, connection: Connection): Promise<number> {
  const result = await connection.request('lcad/chat/list', {}, { signal: cli.signal });
  if (cli.json) cli.printJson(result);
  else if (result.sessions.length > 0) {
    cli.terminal.out(sessionsText(result.sessions, cli.terminal.outColors));
  } else cli.note('No conversation is kept yet.');
  return result.sessions.length > 0 ? exitCodes.ok.code : exitCodes.nothingFound.code;
}

/** Shows a conversation that is gone on with. @throws SESSION_UNKNOWN */
async function resume(
  cli: Cli,
  connection: Connection,
  wanted: string | true,
): Promise<{ id: string; questions: string[] }> {
  const { signal, terminal } = cli;
  const latest = wanted === true ? await connection.request('lcad/chat/list', {}, { signal }) : null;
  const session = wanted === true ? latest?.sessions[0]?.id : wanted;
  if (session === undefined) throw new LcadError('SESSION_UNKNOWN', 'No conversation is kept yet.');
  const found = await connection.request('lcad/chat/get', { session }, { signal });
  if (terminal.canAsk) terminal.err(`${sessionText(found, terminal.errColors)}\n`);
  for (const note of found.notes) cli.note(`note: ${note}`);
  return { id: found.id, questions: found.turns.map(({ question }) => question) };
}
