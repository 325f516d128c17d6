import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { type Cli, run } from '../../client/cli.js';
import { packagePath } from '../../shared/package-root.js';
import { OwnDaemon } from '../eval/daemon.js';
import { subjectsOf } from '../eval/folders.js';
import { indexAll } from '../eval/index-all.js';
import { type Query, readQueries } from '../eval/queries.js';
import { type Asked, collect } from './collect.js';
import { type Fitted, featuresIn, fitAndValidate } from './folds.js';

interface Flags {
  queries: string;
  repos: string;
  out: string;
}

const note =
  'Weights of the linear ranker for each kind of vectors, written by `npm run train:ranker`. Those for external models ' +
  "are fitted with the built-in model's vectors in their place, without the features that only a built-in model has.";

/** Features that need a model at hand: they are not to be had from a server. */
const builtinOnly = new Set(['vector.path']);

const program = new Command('train:ranker')
  .description(
    'Fits the weights of the ranker to annotated queries, by what a daemon of its own finds for them.',
  )
  .requiredOption('--queries <file>', 'one query a line as JSON')
  .requiredOption(
    '--repos <folder>',
    "holds one folder per repository of the queries, by the repository's name",
  )
  .option('--out <file>', 'where the weights go', packagePath('models', 'ranker.json'))
  .option('--json', 'print the figures as JSON')
  .action((flags: Flags) => run(program, (cli) => train(cli, flags)));

async function train(cli: Cli, flags: Flags): Promise<undefined> {
  const queries = readQueries(flags.queries);
  const dir = resolve(flags.repos);
  const withModel = await askBothWays(cli, queries, dir, 'builtin');
  const without = await askBothWays(cli, queries, dir, 'none');
  const features = featuresIn(withModel);
  const kinds = {
    builtin: fitAndValidate(withModel, features),
    external: fitAndValidate(
      withModel,
      features.filter((name) => !builtinOnly.has(name)),
    ),
    none: fitAndValidate(without, featuresIn(without)),
  };
  writeFileSync(flags.out, rankerJson(kinds, queries.length));
  if (cli.json) cli.printJson(kinds);
  else for (const [kind, fitted] of Object.entries(kinds)) cli.terminal.out(textOf(kind, fitted));
}

/** With the benchmark's part of each repository indexed, and with all of it. */
async function askBothWays(
  cli: Cli,
  queries: readonly Query[],
  dir: string,
  provider: 'builtin' | 'none',
): Promise<Asked[]> {
  const asked: Asked[] = [];
  for (const whole of [false, true]) {
    const daemon = await OwnDaemon.start(provider);
    try {
      asked.push(...(await askAll(cli, daemon, queries, dir, whole)));
    } finally {
      await daemon.end();
    }
  }
  return asked;
}

async function askAll(
  cli: Cli,
  daemon: OwnDaemon,
  queries: readonly Query[],
  dir: string,
  whole: boolean,
): Promise<Asked[]> {
  const subjects = subjectsOf(queries, dir, whole);
  const { ids } = await indexAll(cli, daemon, subjects);
  const asked: Asked[] = [];
  for (const [at, subject] of subjects.entries()) {
    asked.push(...(await collect(daemon, subject, ids[at] ?? '', whole, cli.signal)));
  }
  return asked;
}

function rankerJson(kinds: Record<'builtin' | 'external' | 'none', Fitted>, queries: number): string {
  const figures = Object.fromEntries(
    Object.entries(kinds).map(([kind, { crossValidated, fitted }]) => [kind, { crossValidated, fitted }]),
  );
  const weights = Object.fromEntries(Object.entries(kinds).map(([kind, fitted]) => [kind, fitted.weights]));
  const fitted = { date: new Date().toISOString().slice(0, 10), queries, measure: 'NDCG@10', figures };
  return `${JSON.stringify({ note, fitted, ...weights }, null, 2)}\n`;
}

function textOf(kind: string, { crossValidated, fitted, folds, weights }: Fitted): string {
  const lines = [
    `${kind}: NDCG@10 cross-validated ${shown(crossValidated)}; fitted to all ${shown(fitted)}`,
    ...folds.map(({ repos, figures }) => `  ${shown(figures)}  without ${repos.join(', ')}`),
    ...Object.entries(weights).map(([name, weight]) => `    ${name.padEnd(16)} ${weight.toFixed(3)}`),
  ];
  return `${lines.join('\n')}\n\n`;
}

const shown = ({ root, whole }: { root: number; whole: number }) =>
  `benchmark_root ${root.toFixed(4)}, whole ${whole.toFixed(4)}`;

await program.parseAsync();
