import type { Command } from 'commander';
import { LcadError } from '../../shared/errors.js';
import type { StaticModel } from '../../shared/model/contract.js';
import { loadModel } from '../../shared/model/load.js';
import { modelOf } from '../../shared/model/static-model.js';
import { packagePath } from '../../shared/package-root.js';
import { subjectsOf } from '../eval/folders.js';
import { type Query, readQueries } from '../eval/queries.js';
import { grouped, type QueryScore, summarise } from '../eval/score.js';
import { Progress } from '../progress.js';
import type { Settings } from '../settings.js';
import { datasetFolder } from './dataset.js';
import { mixtures, scoreMixture } from './rank-chunks.js';
import { columnsOf, type FileColumns } from './subject-chunks.js';
import { unrounded } from './trained-model.js';

interface EvaluateOptions extends Settings {
  queries: string;
  model: string;
  whole?: boolean;
  unrounded?: boolean;
}

/** The model that comes with lcad. */
export const modelFile = () => packagePath('models/lcad-code-1.safetensors');

export function define(program: Command): void {
  program
    .command('evaluate')
    .description('Ranks chunks by the model alone, for annotated queries.')
    .requiredOption('--queries <file>', 'annotated queries, one JSON object a line')
    .option('--model <file>', 'model to evaluate', modelFile())
    .option('--unrounded', 'the model as it was trained, before it is rounded')
    .option('--whole', 'search whole repositories')
    .action((_options, command: Command) => evaluate(command.optsWithGlobals<EvaluateOptions>()));
}

async function evaluate(options: EvaluateOptions): Promise<void> {
  if (options.repos === undefined) {
    throw new LcadError('USAGE', 'The folder of the repositories is missing.', {
      next: 'Give it as --repos, with one checkout for each repository of the queries.',
    });
  }
  const queries = readQueries(options.queries);
  const memory = options.unrounded ? unrounded(datasetFolder(options.work)) : loadModel(options.model);
  const model = modelOf(memory);
  const subjects = await readSubjects(queries, options.repos, options.whole === true);
  process.stdout.write(`${model.id}, ${queries.length} queries\n${reportOf(model, subjects)}\n`);
}

/** Files of one folder, with the queries that are asked of it. */
interface SubjectColumns {
  queries: Query[];
  files: FileColumns[];
}

/** Chunks all folders that queries ask for. */
async function readSubjects(
  queries: readonly Query[],
  repos: string,
  whole: boolean,
): Promise<SubjectColumns[]> {
  const subjects = subjectsOf(queries, repos, whole);
  const progress = new Progress('Repositories read', subjects.length);
  const found: SubjectColumns[] = [];
  try {
    for (const subject of subjects) {
      progress.update(found.length, subject.repo);
      found.push({ queries: subject.queries, files: await columnsOf(subject) });
    }
    progress.update(found.length);
    return found;
  } finally {
    progress.stop();
  }
}

/** NDCG@10 of each way to rank, then the last one's by language and by category. */
function reportOf(model: StaticModel, subjects: readonly SubjectColumns[]): string {
  const lines: string[] = [];
  let scored: { query: Query; repo: string; score: QueryScore }[] = [];
  for (const mixture of mixtures) {
    scored = subjects.flatMap(({ files, queries }) => {
      const scores = scoreMixture(model, files, queries, mixture);
      return queries.map((query, at) => ({ query, repo: query.repo, score: scores[at] as QueryScore }));
    });
    const { ndcg10, recall10, mrr } = summarise(scored);
    lines.push(
      `NDCG@10 ${ndcg10.toFixed(4)}  recall@10 ${recall10.toFixed(4)}  MRR ${mrr.toFixed(4)}  ${mixture.title}`,
    );
  }
  for (const field of ['category', 'language'] as const) {
    const groups = [...grouped(scored, ({ query }) => query[field])].sort(([a], [b]) => (a < b ? -1 : 1));
    lines.push(groups.map(([name, some]) => `${name} ${summarise(some).ndcg10.toFixed(3)}`).join(', '));
  }
  return lines.join('\n');
}
