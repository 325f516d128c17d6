import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { encodeModel } from '../../shared/model/file.js';
import type { Settings } from '../settings.js';
import { datasetFolder } from './dataset.js';
import { modelFile } from './evaluate.js';
import { quantiseRows } from './quantise.js';
import { sourcesTable } from './sources.js';
import { trainedIn } from './trained-model.js';

interface WriteOptions extends Settings {
  out: string;
}

const name = 'lcad-code-1';

export function define(program: Command): void {
  program
    .command('write')
    .description(
      'Rounds the trained model to four bits and writes its file, and beside it the list of its sources.',
    )
    .option('--out <file>', 'where to', modelFile())
    .action((_options, command: Command) => write(command.optsWithGlobals<WriteOptions>()));
}

export function run(settings: Settings): Promise<void> {
  return write({ ...settings, out: modelFile() });
}

async function write({ work, out }: WriteOptions): Promise<void> {
  const folder = datasetFolder(work);
  const { vocabulary, trained } = trainedIn(folder);
  const { words, roots, stops } = vocabulary;
  const { values, logWeights, dimensions, figures } = trained;
  const rounded = quantiseRows(values, dimensions, logWeights.map(Math.exp));
  const metadata = { name, date: new Date().toISOString().slice(0, 10), ...figures };
  const file = encodeModel(name, { dimensions, words, roots, stops, ...rounded, metadata });
  writeFileSync(out, file);
  // Pairs can come from elsewhere than `extract`; then there is no record of their sources.
  if (existsSync(join(work, 'corpus.json')))
    writeFileSync(join(dirname(out), 'sources.tsv'), sourcesTable(work));
  process.stdout.write(`${out}: ${file.length} bytes\n`);
}
