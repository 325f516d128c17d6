import { type Command, Option } from 'commander';
import type { ContextParams } from '../../protocol/context.js';
import { LcadError } from '../../shared/errors.js';
import { type Cli, run } from '../cli.js';
import { sourceOf } from '../context-source.js';
import { exitCodes } from '../exit-codes.js';
import { examples } from '../help.js';
import { each, list, wholeNumber } from '../options.js';
import { contextFooter, contextNotes, promptText, snippetsText } from '../output/context-view.js';
import { parsePlace } from '../place.js';
import { askInScope, type ScopeOptions } from '../scope.js';

interface Options extends ScopeOptions {
  tokens?: number;
  file?: string;
  select?: { startLine: number; endLine: number };
  variant?: string[];
  source?: string[];
  path?: string[];
  lang?: string[];
  rerank?: boolean;
  format: 'prompt' | 'snippets';
}

/** `lcad context` */
export function define(command: Command): void {
  command
    .argument('<question...>', 'what the prompt asks')
    .option('-t, --tokens <number>', 'most tokens of the prompt (default 4000)', wholeNumber(1, 1_000_000))
    .option('-f, --file <place>', 'the file that is worked on, as file or file:line')
    .option('--select <lines>', 'with --file: selected lines of it, as 10-20', parseLines)
    .option('--variant <question>', 'the question in other words (repeatable)', each)
    .option(
      '--source <source>',
      'also: diff, staged, commits, file:PATH, blame:PATH:10-20, or the name of a provider (repeatable)',
      each,
    )
    .option('-r, --repo <repo>', 'only in this repository: name, id or path (repeatable)', each)
    .option('-A, --all-repos', 'in all registered repositories (default: the one around the current folder)')
    .option('-p, --path <glob>', 'only paths that match, "!" excludes (repeatable)', each)
    .option('-l, --lang <language>', 'only these languages (repeatable, or with commas)', list)
    .option('--rerank', 'have the reranker of the configuration order what was found')
    .option('--no-rerank', 'leave the order as the search has it')
    .addOption(
      new Option('--format <format>', 'what is printed').choices(['prompt', 'snippets']).default('prompt'),
    )
    .option('--wait', 'first wait until everything written so far is searchable')
    .option('--add', 'first register the current checkout, if it is not, and index it')
    .option('--json', 'print the reply as JSON (ContextResult of PROTOCOL.md)')
    .addHelpText(
      'after',
      examples([
        ['lcad context "how does login work" | llm', 'the prompt, for any program that reads one'],
        ['lcad context "why is this slow" --file src/db.ts:42 --tokens 8000', 'about a place'],
        [
          'lcad context "review this" --source diff --source commits',
          'with the changes that are not committed',
        ],
        ['lcad context "retry delay" --format snippets', 'what would be in the prompt, to read'],
      ]),
    )
    .action((words: string[], options: Options) =>
      run(command, (cli) => context(cli, words.join(' '), options)),
    );
}

async function context(cli: Cli, question: string, options: Options): Promise<number> {
  const { cwd, terminal } = cli;
  const place = options.file === undefined ? null : parsePlace(options.file, cwd());
  if (options.select && !place) throw new LcadError('USAGE', '--select needs --file.');
  const params: ContextParams = {
    question,
    ...(options.tokens === undefined ? {} : { tokens: options.tokens }),
    ...(place ? { file: place.file } : {}),
    ...(place?.line === undefined ? {} : { line: place.line }),
    ...(options.select ? { selection: options.select } : {}),
    ...(options.variant ? { variants: options.variant } : {}),
    ...(options.source ? { sources: options.source.map((one) => sourceOf(one, cwd())) } : {}),
    ...(options.path ? { paths: options.path } : {}),
    ...(options.lang ? { languages: options.lang } : {}),
    ...(options.rerank === undefined ? {} : { rerank: options.rerank }),
  };
  const connection = await cli.connect();
  const scoped = place && !options.repo && !options.allRepos ? { ...options, repo: [place.file] } : options;
  const result = await askInScope(cli, connection, scoped, (scope, wait) =>
    connection.request('lcad/context', { ...params, ...scope }, { signal: cli.signal, ...wait }),
  );
  if (cli.json) cli.printJson(result);
  else {
    const colors = terminal.outColors;
    terminal.out(
      options.format === 'prompt' ? promptText(result, terminal.outIsTerminal) : snippetsText(result, colors),
    );
    const say = terminal.errColors;
    for (const note of contextNotes(result, options.wait === true))
      terminal.err(`${say.yellow('note:')} ${note}\n`);
    if (terminal.errIsTerminal) terminal.err(`${say.dim(contextFooter(result))}\n`);
  }
  return result.snippets.length > 0 ? exitCodes.ok.code : exitCodes.nothingFound.code;
}

/** For commander: lines as `10-20`, or one. */
function parseLines(text: string): { startLine: number; endLine: number } {
  const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  const lines = { startLine: Number(from), endLine: Number(to) };
  if (lines.startLine >= 1 && lines.endLine >= lines.startLine) return lines;
  throw new LcadError('USAGE', `${text} names no lines.`, { next: 'Give them as 10-20.' });
}
