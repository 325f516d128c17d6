import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { type Cli, run } from '../../client/cli.js';
import { OwnDaemon, type Provider } from './daemon.js';
import { type Answer, ask, type Report, reportOf, resultLines } from './evaluate.js';
import { type Subject, subjectsOf } from './folders.js';
import { indexAll } from './index-all.js';
import { readQueries } from './queries.js';
import { reportText } from './view.js';

interface Flags {
  queries: string;
  repos: string;
  whole: boolean;
  results?: string;
  provider?: Provider;
}

const program = new Command('eval:retrieval')
  .description(
    'Asks annotated queries of a daemon of its own, through its socket, and says how good the answers are.',
  )
  .requiredOption('--queries <file>', 'one query a line as JSON')
  .requiredOption(
    '--repos <folder>',
    "holds one folder per repository of the queries, by the repository's name",
  )
  .option('--whole', 'index whole repositories (default: the benchmark_root of each)', false)
  .option('--results <file>', 'write the results of each query, one line of JSON each')
  .addOption(
    new Option('--provider <name>', 'where vectors come from (default: as in a fresh install)').choices([
      'none',
      'builtin',
    ]),
  )
  .option('--json', 'print the figures as JSON')
  .action((flags: Flags) => run(program, (cli) => evaluate(cli, flags)));

async function evaluate(cli: Cli, flags: Flags): Promise<undefined> {
  const queries = readQueries(flags.queries);
  const subjects = subjectsOf(queries, resolve(flags.repos), flags.whole);
  const daemon = await OwnDaemon.start(flags.provider);
  try {
    const { answers, index } = await asked(cli, daemon, subjects);
    if (flags.results) writeFileSync(flags.results, resultLines(answers));
    const report = reportOf(answers, index);
    if (cli.json) cli.printJson(report);
    else cli.terminal.out(reportText(report, cli.terminal.columns));
  } finally {
    await daemon.end();
  }
}

/** Indexes all subjects, then asks all their queries. */
async function asked(
  cli: Cli,
  daemon: OwnDaemon,
  subjects: readonly Subject[],
): Promise<{ answers: Answer[]; index: Report['index'] }> {
  const { signal } = cli;
  const { ids, seconds } = await indexAll(cli, daemon, subjects);
  const { repos } = await daemon.connection.request('lcad/status', {}, { signal });
  const sum = (of: 'files' | 'chunks') => repos.reduce((total, repo) => total + repo[of], 0);
  const answers: Answer[] = [];
  for (const [at, subject] of subjects.entries()) {
    answers.push(...(await ask(daemon, subject, ids[at] ?? '', signal)));
  }
  return { answers, index: { seconds, files: sum('files'), chunks: sum('chunks') } };
}

await program.parseAsync();
