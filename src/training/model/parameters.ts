import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ModelSize, type ParameterAddresses, parameterAddresses } from './memory.js';
import { Random } from './random.js';
import type { Vocabulary } from './vocabulary.js';

/** Roots begin smaller than words: they only add to them. */
const rootShare = 0.7;

/**
 * First values: vectors of random direction and length 1, weights by rarity, the logarithm of texts / texts with the
 * token.
 */
export function initialise(
  buffer: SharedArrayBuffer,
  at: ParameterAddresses,
  { rows, dimensions }: ModelSize,
  { words, counts }: Vocabulary,
  seed: number,
): void {
  new Uint8Array(buffer).fill(0);
  const random = new Random(seed);
  const values = new Float32Array(buffer, at.values, rows * dimensions);
  const size = Math.sqrt(3 / dimensions);
  for (let index = 0; index < values.length; index++) values[index] = (2 * random.next() - 1) * size;
  const logWeights = new Float32Array(buffer, at.logWeights, rows);
  const most = Math.max(1, ...counts.slice(0, 1), ...counts.slice(words.length, words.length + 1));
  for (let row = 0; row < rows; row++) {
    const rarity = Math.log(1 + (4 * most) / (counts[row] ?? 1));
    logWeights[row] = Math.log((row < words.length ? 1 : rootShare) * rarity);
  }
}

/** What a checkpoint says of itself. */
export interface Checkpoint {
  /** Of data and settings: training goes on only with the same. */
  identity: string;
  epochs: number;
  size: ModelSize;
  /** Settings and results, as they go into the model's file. */
  figures: Record<string, string>;
}

const checkpointFile = (folder: string) => join(folder, 'checkpoint.bin');
const checkpointState = (folder: string) => join(folder, 'checkpoint.json');

/** What the checkpoint in a folder says of itself; null if there is none. */
function readState(folder: string): Checkpoint | null {
  if (!existsSync(checkpointState(folder))) return null;
  return JSON.parse(readFileSync(checkpointState(folder), 'utf8')) as Checkpoint;
}

/**
 * Reads the parameters of a training that was interrupted.
 * @param identity of data and settings: a checkpoint of others is left alone
 * @returns epochs done; 0 without a checkpoint
 */
export function readCheckpoint(
  folder: string,
  buffer: SharedArrayBuffer,
  { end }: ParameterAddresses,
  identity: string,
): number {
  const state = readState(folder);
  if (state?.identity !== identity) return 0;
  const bytes = readFileSync(checkpointFile(folder));
  if (bytes.length !== end) return 0;
  new Uint8Array(buffer, 0, end).set(bytes);
  return state.epochs;
}

/** Writes the parameters; what was there before stays until the new ones are complete. */
export function writeCheckpoint(
  folder: string,
  buffer: SharedArrayBuffer,
  { end }: ParameterAddresses,
  checkpoint: Checkpoint,
): void {
  const next = `${checkpointFile(folder)}.next`;
  writeFileSync(next, new Uint8Array(buffer, 0, end));
  renameSync(next, checkpointFile(folder));
  writeFileSync(checkpointState(folder), JSON.stringify(checkpoint));
}

/** Vectors and weights as trained. */
export interface TrainedModel {
  dimensions: number;
  values: Float32Array;
  logWeights: Float32Array;
  figures: Record<string, string>;
}

/** The model of a folder's checkpoint; null if there is none with so many rows. */
export function readTrained(folder: string, rows: number): TrainedModel | null {
  const state = readState(folder);
  if (state?.size.rows !== rows) return null;
  const { dimensions } = state.size;
  const { logWeights } = parameterAddresses(state.size);
  const bytes = readFileSync(checkpointFile(folder));
  const floats = (at: number, count: number) => {
    return new Float32Array(Uint8Array.from(bytes.subarray(at, at + 4 * count)).buffer);
  };
  return {
    dimensions,
    values: floats(0, rows * dimensions),
    logWeights: floats(logWeights, rows),
    figures: state.figures,
  };
}
