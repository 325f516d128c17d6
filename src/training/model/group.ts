import { type Dataset, entryBits, PairField, pairNumbers } from './dataset-files.js';
import { type Arena, groupSize } from './memory.js';
import type { Random } from './random.js';

/** How often and how strongly samples are changed while training, so that the model sees more of what it will meet. */
export interface Augmentation {
  /** Share of long questions that are cut to `cropLeast` to `cropMost` words in a row. */
  crop: number;
  cropLeast: number;
  cropMost: number;
  /** Share of documents of which `dropWords` of the words are left out. */
  drop: number;
  dropWords: number;
  /** Share of documents that get the words of their path, each as if it occurred `pathCount` times. */
  path: number;
  pathCount: number;
  /** Share of documents that are replaced by the words of their path. */
  pathOnly: number;
  /** Share of documents that get the document of a pair beside them in their file, as chunks hold several definitions. */
  neighbour: number;
}

const entryMask = 2 ** entryBits - 1;

/** Lays out groups of pairs in a thread's arena: which rows each sample uses, and which samples use each row. */
export class GroupBuilder {
  readonly #dataset: Dataset;
  readonly #arena: Arena;
  readonly #rootRows: Int32Array;
  readonly #logWeights: Float32Array;
  readonly #stamps: Int32Array;
  readonly #slots: Int32Array;
  /** For each use its distinct row and the root of its count. */
  readonly #slotOfUse: Int32Array;
  readonly #factorOfUse: Float32Array;
  readonly #usesOfSlot: Int32Array;
  #stamp = 0;
  #uses = 0;
  /** Distinct rows of the group. */
  distinct = 0;

  constructor(dataset: Dataset, arena: Arena, rootRows: Int32Array, logWeights: Float32Array) {
    this.#dataset = dataset;
    this.#arena = arena;
    this.#rootRows = rootRows;
    this.#logWeights = logWeights;
    this.#stamps = new Int32Array(logWeights.length);
    this.#slots = new Int32Array(logWeights.length);
    this.#slotOfUse = new Int32Array(arena.capacity);
    this.#factorOfUse = new Float32Array(arena.capacity);
    this.#usesOfSlot = new Int32Array(arena.ids.length);
  }

  /**
   * @param group indices of `groupSize` pairs
   * @param augmentation undefined: samples as they are
   */
  build(group: Uint32Array, random: Random, augmentation?: Augmentation): void {
    this.#stamp++;
    this.#uses = 0;
    this.distinct = 0;
    const { offsets } = this.#arena;
    for (let sample = 0; sample < groupSize; sample++) {
      offsets[sample] = this.#uses;
      this.#query((group[sample] as number) * pairNumbers, random, augmentation);
    }
    for (let sample = 0; sample < groupSize; sample++) {
      offsets[groupSize + sample] = this.#uses;
      this.#document((group[sample] as number) * pairNumbers, random, augmentation);
    }
    offsets[2 * groupSize] = this.#uses;
    this.#invert();
  }

  #query(pair: number, random: Random, augmentation: Augmentation | undefined): void {
    const { pairs } = this.#dataset;
    let first = pairs[pair + PairField.firstToken] as number;
    let count = pairs[pair + PairField.queryTokens] as number;
    if (augmentation && count > augmentation.cropMost && random.next() < augmentation.crop) {
      const kept = augmentation.cropLeast + random.below(augmentation.cropMost - augmentation.cropLeast + 1);
      first += random.below(count - kept + 1);
      count = kept;
    }
    this.#tokens(first, count, 0);
  }

  #document(pair: number, random: Random, augmentation: Augmentation | undefined): void {
    const { pairs, tokens } = this.#dataset;
    const first =
      (pairs[pair + PairField.firstToken] as number) + (pairs[pair + PairField.queryTokens] as number);
    const count = pairs[pair + PairField.documentTokens] as number;
    const paths = pairs[pair + PairField.pathTokens] as number;
    if (!augmentation) {
      this.#tokens(first, count, 0);
      return;
    }
    if (paths > 0 && random.next() < augmentation.pathOnly) {
      this.#tokens(first + count, paths, 0);
      return;
    }
    if (random.next() < augmentation.drop) {
      for (let at = first; at < first + count; at++) {
        if (random.next() >= augmentation.dropWords) this.#token(tokens[at] as number, 0);
      }
    } else this.#tokens(first, count, 0);
    if (random.next() < augmentation.path) this.#tokens(first + count, paths, augmentation.pathCount - 1);
    if (random.next() < augmentation.neighbour) this.#neighbour(pair, random);
  }

  #neighbour(pair: number, random: Random): void {
    const { pairs } = this.#dataset;
    const other = random.next() < 0.5 ? pair - pairNumbers : pair + pairNumbers;
    const isSame = (field: number) => pairs[other + field] === pairs[pair + field];
    if (!isSame(PairField.pathHash) || isSame(PairField.documentHash)) return;
    const first = (pairs[other] as number) + (pairs[other + PairField.queryTokens] as number);
    this.#tokens(first, pairs[other + PairField.documentTokens] as number, 0);
  }

  #tokens(first: number, count: number, more: number): void {
    const { tokens } = this.#dataset;
    for (let at = first; at < first + count; at++) this.#token(tokens[at] as number, more);
  }

  #token(token: number, more: number): void {
    const entry = token & entryMask;
    const factor = Math.sqrt((token >>> entryBits) + more);
    this.#use(entry, factor);
    const rootRow = entry < this.#rootRows.length ? (this.#rootRows[entry] as number) : -1;
    if (rootRow >= 0) this.#use(rootRow, factor);
  }

  #use(row: number, factor: number): void {
    const use = this.#uses;
    const { rows, factors, ids, weights, capacity } = this.#arena;
    if (use === capacity) return;
    this.#uses = use + 1;
    if (this.#stamps[row] !== this.#stamp) {
      this.#stamps[row] = this.#stamp;
      this.#slots[row] = this.distinct;
      this.#usesOfSlot[this.distinct] = 0;
      ids[this.distinct] = row;
      weights[this.distinct] = Math.exp(this.#logWeights[row] as number);
      this.distinct++;
    }
    const slot = this.#slots[row] as number;
    this.#usesOfSlot[slot] = (this.#usesOfSlot[slot] as number) + 1;
    this.#slotOfUse[use] = slot;
    this.#factorOfUse[use] = factor;
    rows[use] = row;
    factors[use] = factor * (weights[slot] as number);
  }

  /** From the rows of each sample to the samples of each row. */
  #invert(): void {
    const { offsets, userOffsets, users, userFactors } = this.#arena;
    let total = 0;
    for (let slot = 0; slot < this.distinct; slot++) {
      userOffsets[slot] = total;
      total += this.#usesOfSlot[slot] as number;
      this.#usesOfSlot[slot] = userOffsets[slot] as number;
    }
    userOffsets[this.distinct] = total;
    for (let sample = 0; sample < 2 * groupSize; sample++) {
      const end = offsets[sample + 1] as number;
      for (let use = offsets[sample] as number; use < end; use++) {
        const slot = this.#slotOfUse[use] as number;
        const place = this.#usesOfSlot[slot] as number;
        this.#usesOfSlot[slot] = place + 1;
        users[place] = sample;
        userFactors[place] = this.#factorOfUse[use] as number;
      }
    }
  }
}
