import type { Dataset } from './dataset-files.js';
import type { Augmentation } from './group.js';
import type { WasmMemory } from './kernels.js';
import { Arena, groupSize, type ModelSize } from './memory.js';
import { Random } from './random.js';
import { Stepper, type StepSettings } from './step.js';

/** How a model is trained. */
export interface TrainingSettings extends StepSettings {
  dimensions: number;
  epochs: number;
  rate: number;
  /** Steps in which the rate grows to `rate`; from then on it falls to 0 along a line. */
  warmUp: number;
  augmentation: Augmentation;
  seed: number;
}

export interface TrainingData {
  thread: number;
  memory: WasmMemory;
  /** Address of the first thread's arena. */
  arenas: number;
  size: ModelSize;
  dataset: Dataset;
  rootRows: Int32Array;
  settings: TrainingSettings;
  /** Next group of the epoch; then, for each thread, steps done and the sum of their losses times 1000. */
  counters: Int32Array;
}

export interface TrainingTask {
  groups: Uint32Array;
  /** Number of the epoch's first step, from 0, and of all steps. */
  firstStep: number;
  steps: number;
}

/**
 * A thread of the training. Threads take groups in turn and change the shared parameters without locks: few rows are
 * in two groups at the same moment, and what is lost there is noise (Niu et al., "Hogwild!", 2011).
 */
export class TrainingThread {
  readonly #data: TrainingData;
  readonly #stepper: Stepper;

  constructor(data: TrainingData) {
    this.#data = data;
    const { memory, arenas, size, dataset, rootRows, settings, thread } = data;
    const start = arenas + thread * Arena.bytes(size);
    this.#stepper = new Stepper(memory, start, size, dataset, rootRows, settings);
  }

  /** Works on an epoch's groups until none is left. */
  epoch({ groups, firstStep, steps }: TrainingTask): void {
    const { settings, counters, thread } = this.#data;
    const count = groups.length / groupSize;
    for (;;) {
      const index = Atomics.add(counters, 0, 1);
      if (index >= count) return;
      const step = firstStep + index + 1;
      const random = new Random(settings.seed, step);
      const group = groups.subarray(index * groupSize, (index + 1) * groupSize);
      const rate = rateAt(step, steps, settings);
      const loss = this.#stepper.train(group, random, settings.augmentation, rate, step);
      Atomics.add(counters, 1 + 2 * thread, 1);
      Atomics.add(counters, 2 + 2 * thread, Math.round(loss * 1000));
    }
  }
}

/** Grows from 0 to the full rate, then falls back to 0. */
function rateAt(step: number, steps: number, { rate, warmUp }: TrainingSettings): number {
  if (step <= warmUp) return (rate * step) / warmUp;
  return (rate * (steps - step + 1)) / Math.max(1, steps - warmUp);
}
