import { Command } from 'commander';
import { LcadError, messageOf } from '../shared/errors.js';
import * as extract from './corpus/extract.js';
import * as fetch from './corpus/fetch.js';
import * as dataset from './model/dataset.js';
import * as evaluate from './model/evaluate.js';
import * as train from './model/train.js';
import * as write from './model/write.js';
import { defineSettings, type Settings, type Step } from './settings.js';

/** All steps, in the order in which they build on each other. Each takes up where it was interrupted. */
const steps: readonly Step[] = [fetch, extract, dataset, train, write];

async function main(words: string[]): Promise<void> {
  const program = new Command('train:model')
    .description('Trains the built-in embedding model. Without a subcommand: all steps in order.')
    .showHelpAfterError();
  defineSettings(program);
  for (const step of steps) step.define(program);
  evaluate.define(program);
  program.action(async () => {
    for (const step of steps) await step.run(program.opts<Settings>());
  });
  await program.parseAsync(words, { from: 'user' });
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  if (error instanceof LcadError) process.stderr.write(`  ${error.next}\n`);
  else if (error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
}
