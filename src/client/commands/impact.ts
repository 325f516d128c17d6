import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ImpactParams, ImpactResult } from '../../protocol/impact.js';
import { LcadError } from '../../shared/errors.js';
import { type Cli, run } from '../cli.js';
import { exitCodes } from '../exit-codes.js';
import { examples } from '../help.js';
import { wholeNumber } from '../options.js';
import { plural } from '../output/human.js';
import { diffText, impactText } from '../output/impact-view.js';
import { footerOf, nothingFoundText, warningTexts } from '../output/search-view.js';
import { parsePlace } from '../place.js';
import { askInScope } from '../scope.js';
import { reposOf, type SymbolOptions, symbolOptions, viewOf } from '../subject.js';

interface ImpactOptions extends SymbolOptions {
  diff?: string | boolean;
  staged?: boolean;
  depth?: number;
}

const waitMs = 60_000;

/** `lcad impact` */
export function define(command: Command): void {
  command
    .argument('[subject]', 'a symbol, a file, or a line of one as file:line')
    .option(
      '-d, --diff [range]',
      'of what was changed: A..B, a commit, or the working tree against HEAD (default)',
    )
    .option('--staged', 'of what is staged')
    .option('--depth <number>', 'most steps from the change (default 3)', wholeNumber(1, 20));
  symbolOptions(command, 'ImpactResult', 40)
    .addHelpText(
      'after',
      examples([
        ['lcad impact Queue.drain', 'what depends on it, and the tests to run'],
        ['lcad impact src/queue.ts --depth 1', 'what uses this file directly'],
        ['lcad impact --diff', 'what the changes of the working tree can break'],
        ['lcad impact --diff main..HEAD', 'what the commits of this branch can break'],
      ]),
    )
    .action((subject: string | undefined, options: ImpactOptions) =>
      run(command, (cli) => impact(cli, subject, options)),
    );
}

async function impact(cli: Cli, subject: string | undefined, options: ImpactOptions): Promise<number> {
  const isDiff = options.diff !== undefined || options.staged === true;
  if (isDiff === (subject !== undefined)) {
    throw new LcadError('USAGE', 'Give a symbol, a file, file:line, or --diff.');
  }
  const result = isDiff ? await askOfDiff(cli, options) : await askOfSubject(cli, subject ?? '', options);
  const { symbols, files, tests } = result.total;
  const found = `${plural(symbols, 'symbol')} of ${plural(files, 'file')} and ${plural(tests, 'test file')} affected`;
  show(cli, result, { found, waited: options.wait === true || isDiff, allRepos: options.allRepos === true });
  return symbols + tests > 0 ? exitCodes.ok.code : exitCodes.nothingFound.code;
}

function limitsOf({ depth, limit }: ImpactOptions): Pick<ImpactParams, 'depth' | 'limit'> {
  return { ...(depth === undefined ? {} : { depth }), ...(limit === undefined ? {} : { limit }) };
}

async function askOfDiff(cli: Cli, options: ImpactOptions): Promise<ImpactResult> {
  if (options.staged && typeof options.diff === 'string') {
    throw new LcadError('USAGE', 'Give either a range or --staged.');
  }
  const cwd = cli.cwd();
  const connection = await cli.connect();
  const range = typeof options.diff === 'string' ? { range: options.diff } : {};
  const [named] = options.repo ?? [];
  const where = named === undefined ? {} : { repo: [named] };
  return askInScope(cli, connection, where, ({ repos, ...fresh }) => {
    const diff = { repo: repos?.[0] ?? cwd, ...range, ...(options.staged ? { staged: true } : {}) };
    const scope = options.allRepos ? {} : { repos: [diff.repo] };
    const params = { diff, ...limitsOf(options), ...scope, ...fresh, deadlineMs: waitMs };
    return connection.request('lcad/impact', params, { signal: cli.signal, deadlineMs: waitMs + 30_000 });
  });
}

async function askOfSubject(cli: Cli, subject: string, options: ImpactOptions): Promise<ImpactResult> {
  const cwd = cli.cwd();
  const connection = await cli.connect();
  const isPlace = /:\d+:?$/.test(subject) || isFile(resolve(cwd, subject));
  if (!isPlace) {
    return askInScope(cli, connection, options, (scope, wait) => {
      const params = { symbol: subject, ...limitsOf(options), ...scope };
      return connection.request('lcad/impact', params, { signal: cli.signal, ...wait });
    });
  }
  const { file, line } = parsePlace(subject, cwd);
  const params = {
    file,
    ...(line === undefined ? {} : { line }),
    ...limitsOf(options),
    ...reposOf(cli, file, options),
    ...(options.wait ? { waitFresh: true, deadlineMs: waitMs } : {}),
  };
  const wait = options.wait ? { deadlineMs: waitMs + 5000 } : {};
  return connection.request('lcad/impact', params, { signal: cli.signal, ...wait });
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

function show(
  cli: Cli,
  result: ImpactResult,
  { found, waited, allRepos }: { found: string; waited: boolean; allRepos: boolean },
): void {
  const { terminal } = cli;
  if (cli.json) {
    cli.printJson(result);
    return;
  }
  const view = viewOf(cli);
  if (result.diff) terminal.out(diffText(result.diff, view));
  if (result.symbols.length + result.tests.length + result.files.length === 0) {
    // Where nothing is changed, no other repository has more.
    const everywhere = allRepos || result.diff?.files.length === 0;
    const asked = { filters: [], waited, allRepos: everywhere };
    terminal.err(nothingFoundText(result, footerOf(found, result), asked, terminal.errColors));
    return;
  }
  terminal.out(impactText(result, view));
  const [say, colors] = terminal.outIsTerminal
    ? [terminal.out, terminal.outColors]
    : [terminal.err, terminal.errColors];
  if (terminal.outIsTerminal) say('\n');
  for (const warning of warningTexts(result, waited)) say(`${colors.yellow('note:')} ${warning}\n`);
  const hidden = [
    [result.total.symbols - result.symbols.length, 'more symbol'] as const,
    [result.total.tests - result.tests.length, 'more test file'] as const,
  ].flatMap(([count, what]) => (count > 0 ? [plural(count, what)] : []));
  if (hidden.length > 0)
    say(`${colors.dim(`${hidden.join(' and ')}, less sure or further away: --limit shows them`)}\n`);
  say(`${colors.dim(footerOf(found, result))}\n`);
}
