import { type Dataset, PairField, pairNumbers } from './dataset-files.js';
import { type Augmentation, GroupBuilder } from './group.js';
import { type Kernels, loadKernels, type WasmMemory } from './kernels.js';
import { Arena, groupSize, type ModelSize, type ParameterAddresses, parameterAddresses } from './memory.js';
import type { Random } from './random.js';

/** Adam's settings (Kingma and Ba, 2015); rows that a group does not use are left alone. */
interface AdamSettings {
  beta1: number;
  beta2: number;
  epsilon: number;
}

export interface StepSettings {
  temperature: number;
  adam: AdamSettings;
  /** The rate of weights is this times that of vectors. */
  weightRate: number;
}

/** Does steps of the training in one thread, on parameters that all threads share. */
export class Stepper {
  readonly #size: ModelSize;
  readonly #dataset: Dataset;
  readonly #settings: StepSettings;
  readonly #kernels: Kernels;
  readonly #at: ParameterAddresses;
  readonly #arena: Arena;
  readonly #addresses: ArenaAddresses;
  readonly #builder: GroupBuilder;
  readonly #logWeights: Float32Array;
  readonly #logMeans: Float32Array;
  readonly #logVariances: Float32Array;
  readonly #own = new Float32Array(groupSize);

  /** @param start address of the thread's arena */
  constructor(
    memory: WasmMemory,
    start: number,
    size: ModelSize,
    dataset: Dataset,
    rootRows: Int32Array,
    settings: StepSettings,
  ) {
    this.#size = size;
    this.#dataset = dataset;
    this.#settings = settings;
    this.#kernels = loadKernels(memory);
    this.#at = parameterAddresses(size);
    this.#arena = new Arena(memory, start, size);
    this.#addresses = addressesOf(this.#arena);
    this.#logWeights = new Float32Array(memory.buffer, this.#at.logWeights, size.rows);
    this.#logMeans = new Float32Array(memory.buffer, this.#at.logMeans, size.rows);
    this.#logVariances = new Float32Array(memory.buffer, this.#at.logVariances, size.rows);
    this.#builder = new GroupBuilder(dataset, this.#arena, rootRows, this.#logWeights);
  }

  /**
   * One step on a group of pairs: symmetric InfoNCE between their queries and documents.
   * @param rate of learning
   * @param number of the step, from 1
   * @returns the loss before the step, per query
   */
  train(
    group: Uint32Array,
    random: Random,
    augmentation: Augmentation,
    rate: number,
    number: number,
  ): number {
    this.#builder.build(group, random, augmentation);
    this.#compare();
    this.#mask(group);
    const loss = this.#gradients();
    const { beta1, beta2 } = this.#settings.adam;
    this.#update((rate * Math.sqrt(1 - beta2 ** number)) / (1 - beta1 ** number));
    return loss;
  }

  /** Mean reciprocal rank, among the first ten, of each query's own document in its group. */
  meanReciprocalRank(group: Uint32Array, random: Random): number {
    this.#builder.build(group, random);
    this.#compare();
    this.#mask(group);
    const { similarities } = this.#arena;
    let total = 0;
    for (let query = 0; query < groupSize; query++) {
      const row = similarities.subarray(query * groupSize, (query + 1) * groupSize);
      const own = row[query] as number;
      let rank = 1;
      for (const other of row) if (other > own) rank++;
      if (rank <= 10) total += 1 / rank;
    }
    return total / groupSize;
  }

  /** Cosines of all queries with all documents. */
  #compare(): void {
    const { dimensions } = this.#size;
    const { offsets, rows, factors, units, scales, turned, similarities, panel } = this.#addresses;
    const documents = units + groupSize * dimensions * 4;
    this.#kernels.gather(
      offsets,
      rows,
      factors,
      2 * groupSize,
      this.#at.values,
      dimensions * 4,
      units,
      scales,
    );
    this.#kernels.transpose(documents, turned, groupSize, dimensions);
    this.#kernels.multiply(units, turned, similarities, groupSize, groupSize, dimensions, panel);
  }

  /** Pairs with the same query or the same document are no examples of what does not fit. */
  #mask(group: Uint32Array): void {
    const { pairs } = this.#dataset;
    const { similarities } = this.#arena;
    for (const field of [PairField.queryHash, PairField.documentHash]) {
      const alike = new Map<number, number[]>();
      for (let at = 0; at < groupSize; at++) {
        const hash = pairs[(group[at] as number) * pairNumbers + field] as number;
        const before = alike.get(hash);
        if (!before) {
          alike.set(hash, [at]);
          continue;
        }
        for (const other of before) {
          similarities[at * groupSize + other] = masked;
          similarities[other * groupSize + at] = masked;
        }
        before.push(at);
      }
    }
  }

  /** The loss, and the gradients of all samples' sums. */
  #gradients(): number {
    const { dimensions } = this.#size;
    const { temperature } = this.#settings;
    const { similarities, rowSums, columnSums } = this.#arena;
    const at = this.#addresses;
    const kernels = this.#kernels;
    for (let pair = 0; pair < groupSize; pair++)
      this.#own[pair] = similarities[pair * (groupSize + 1)] as number;
    kernels.exponentials(at.similarities, groupSize, 1 / temperature, at.rowSums, at.columnSums);
    const share = 1 / (2 * groupSize * temperature);
    let loss = 0;
    for (let pair = 0; pair < groupSize; pair++) {
      const own = ((this.#own[pair] as number) - 1) / temperature;
      loss += (Math.log(rowSums[pair] as number) + Math.log(columnSums[pair] as number)) / 2 - own;
      rowSums[pair] = share / (rowSums[pair] as number);
      columnSums[pair] = share / (columnSums[pair] as number);
    }
    kernels.weigh(at.similarities, groupSize, at.rowSums, at.columnSums);
    for (let pair = 0; pair < groupSize; pair++) {
      const place = pair * (groupSize + 1);
      similarities[place] = (similarities[place] as number) - 2 * share;
    }
    kernels.transpose(at.similarities, at.similaritiesTurned, groupSize, groupSize);
    const half = groupSize * dimensions * 4;
    const { units, gradients, panel, scales } = at;
    kernels.multiply(at.similarities, units + half, gradients, groupSize, dimensions, groupSize, panel);
    kernels.multiply(at.similaritiesTurned, units, gradients + half, groupSize, dimensions, groupSize, panel);
    kernels.project(gradients, units, scales, 2 * groupSize, dimensions * 4);
    return loss / groupSize;
  }

  #update(rate: number): void {
    const { beta1, beta2, epsilon } = this.#settings.adam;
    const at = this.#addresses;
    const { distinct } = this.#builder;
    this.#kernels.update(
      distinct,
      at.ids,
      at.weights,
      at.userOffsets,
      at.users,
      at.userFactors,
      at.gradients,
      this.#size.dimensions * 4,
      this.#at.values,
      this.#at.means,
      this.#at.variances,
      at.dots,
      at.sum,
      rate,
      beta1,
      beta2,
      epsilon,
    );
    this.#updateWeights(distinct, rate * this.#settings.weightRate);
  }

  #updateWeights(distinct: number, rate: number): void {
    const { beta1, beta2, epsilon } = this.#settings.adam;
    const { ids, dots } = this.#arena;
    for (let slot = 0; slot < distinct; slot++) {
      const row = ids[slot] as number;
      const gradient = dots[slot] as number;
      const mean = beta1 * (this.#logMeans[row] as number) + (1 - beta1) * gradient;
      const variance = beta2 * (this.#logVariances[row] as number) + (1 - beta2) * gradient * gradient;
      this.#logMeans[row] = mean;
      this.#logVariances[row] = variance;
      this.#logWeights[row] =
        (this.#logWeights[row] as number) - (rate * mean) / (Math.sqrt(variance) + epsilon);
    }
  }
}

/** A cosine that makes nothing of a pair. */
const masked = -1e9;

/** The parts of an arena as addresses. */
function addressesOf(arena: Arena): ArenaAddresses {
  const parts = Object.entries(arena).filter(([, part]) => ArrayBuffer.isView(part));
  return Object.fromEntries(parts.map(([name, part]) => [name, part.byteOffset])) as ArenaAddresses;
}

type ArenaAddresses = Record<Exclude<keyof Arena, 'capacity'>, number>;
