import { mkdirSync } from 'node:fs';
import type { Command } from 'commander';
import { Progress } from '../progress.js';
import type { Settings } from '../settings.js';
import { datasetFolder } from './dataset.js';
import { type Dataset, readDataset, readVocabulary } from './dataset-files.js';
import { grouping, splitPairs } from './groups.js';
import { allocateMemory, type WasmMemory } from './kernels.js';
import { Arena, groupSize, type ModelSize, type ParameterAddresses, parameterAddresses } from './memory.js';
import { initialise, readCheckpoint, writeCheckpoint } from './parameters.js';
import { Random } from './random.js';
import { Stepper } from './step.js';
import { Threads } from './threads.js';
import type { TrainingData, TrainingSettings, TrainingTask } from './training-thread.js';
import { rootRows, type Vocabulary } from './vocabulary.js';

export interface TrainOptions extends Settings {
  dimensions: number;
  epochs: number;
  rate: number;
  temperature: number;
}

const defaults = { dimensions: 256, epochs: 6, rate: 0.003, temperature: 0.07 };
const progressMs = 500;

/** Settings of the training beyond the options. */
const fixed = {
  warmUp: 200,
  weightRate: 1,
  adam: { beta1: 0.9, beta2: 0.98, epsilon: 1e-8 },
  augmentation: {
    crop: 0.5,
    cropLeast: 4,
    cropMost: 10,
    drop: 0.3,
    dropWords: 0.4,
    path: 0.5,
    pathCount: 3,
    pathOnly: 0.1,
    neighbour: 0.5,
  },
};

export function define(program: Command): void {
  program
    .command('train')
    .description('Trains the model on the data set; takes up after the last whole epoch.')
    .option('--dimensions <number>', 'length of a vector', Number, defaults.dimensions)
    .option('--epochs <number>', 'times that each pair is seen', Number, defaults.epochs)
    .option('--rate <number>', 'highest rate of learning', Number, defaults.rate)
    .option('--temperature <number>', 'of the softmax', Number, defaults.temperature)
    .action((_options, command: Command) => train(command.optsWithGlobals<TrainOptions>()));
}

export function run(settings: Settings): Promise<void> {
  return train({ ...defaults, ...settings });
}

/** Everything that a training holds in memory. */
interface Training {
  folder: string;
  settings: TrainingSettings;
  dataset: Dataset;
  vocabulary: Vocabulary;
  size: ModelSize;
  at: ParameterAddresses;
  memory: WasmMemory;
  rootRows: Int32Array;
  threads: number;
}

async function train(options: TrainOptions): Promise<void> {
  const folder = datasetFolder(options.work);
  mkdirSync(folder, { recursive: true });
  const vocabulary = readVocabulary(folder);
  const dataset = readDataset(folder);
  const size = { rows: vocabulary.words.length + vocabulary.roots.length, dimensions: options.dimensions };
  const at = parameterAddresses(size);
  // One arena more than threads: for measuring between epochs.
  const memory = allocateMemory(at.end + (options.threads + 1) * Arena.bytes(size));
  const { dimensions, epochs, rate, temperature, seed, threads } = options;
  const settings = { ...fixed, dimensions, epochs, rate, temperature, seed };
  const shared = { folder, settings, dataset, vocabulary, size, at, memory, threads };
  await trainEpochs({ ...shared, rootRows: rootRows(vocabulary) });
}

async function trainEpochs(training: Training): Promise<void> {
  const { folder, settings, dataset, memory, at, size, vocabulary, threads } = training;
  const { training: pairs, heldOut } = splitPairs(dataset);
  const identity = JSON.stringify([settings, size, dataset.pairs.length, dataset.tokens.length]);
  const done = readCheckpoint(folder, memory.buffer, at, identity);
  if (done === 0) initialise(memory.buffer, at, size, vocabulary, settings.seed);
  const counters = new Int32Array(new SharedArrayBuffer(4 * (1 + 2 * threads)));
  const data = { ...training, arenas: at.end, counters } satisfies Omit<TrainingData, 'thread'> & Training;
  const perEpoch = grouping(dataset, pairs, settings.seed, 0).length / groupSize;
  const steps = perEpoch * settings.epochs;
  const pool = new Threads(threads, { role: 'train', ...data });
  const progress = new Progress('Steps', steps);
  let firstStep = done * perEpoch;
  const watch = watchCounters(counters, threads, progress, () => firstStep);
  try {
    for (let epoch = done; epoch < settings.epochs; epoch++) {
      firstStep = epoch * perEpoch;
      counters.fill(0);
      const groups = grouping(dataset, pairs, settings.seed, epoch);
      await pool.all({ groups, firstStep, steps } satisfies TrainingTask);
      const { loss } = figuresOf(counters, threads);
      const rank = measure(training, heldOut).toFixed(4);
      progress.print(`Epoch ${epoch + 1}: loss ${loss.toFixed(4)}, held-out MRR@10 ${rank}`);
      const figures = {
        settings: JSON.stringify(settings),
        pairs: String(pairs.length),
        heldOutMrr10: rank,
      };
      writeCheckpoint(folder, memory.buffer, at, { identity, epochs: epoch + 1, size, figures });
    }
  } finally {
    clearInterval(watch);
    progress.stop();
    await pool.stop();
  }
}

/** Shows the steps done in an epoch that begins at the step `first()`, and how fast they go. */
function watchCounters(counters: Int32Array, threads: number, progress: Progress, first: () => number) {
  const startedAt = performance.now();
  const begun = first();
  return setInterval(() => {
    const { steps, loss } = figuresOf(counters, threads);
    const speed = ((first() - begun + steps) * 1000) / (performance.now() - startedAt);
    progress.update(first() + steps, `loss ${loss.toFixed(4)}, ${speed.toFixed(1)} a second`);
  }, progressMs);
}

function figuresOf(counters: Int32Array, threads: number): { steps: number; loss: number } {
  let steps = 0;
  let losses = 0;
  for (let thread = 0; thread < threads; thread++) {
    steps += Atomics.load(counters, 1 + 2 * thread);
    losses += Atomics.load(counters, 2 + 2 * thread);
  }
  return { steps, loss: losses / 1000 / Math.max(1, steps) };
}

/** Mean reciprocal rank of held-out pairs, each among the others of its group. */
function measure(
  { memory, at, size, dataset, rootRows, settings, threads }: Training,
  heldOut: Uint32Array,
): number {
  const start = at.end + threads * Arena.bytes(size);
  const stepper = new Stepper(memory, start, size, dataset, rootRows, settings);
  const groups = grouping(dataset, heldOut, settings.seed);
  const random = new Random(settings.seed);
  let total = 0;
  for (let from = 0; from < groups.length; from += groupSize) {
    total += stepper.meanReciprocalRank(groups.subarray(from, from + groupSize), random);
  }
  return total / Math.max(1, groups.length / groupSize);
}
