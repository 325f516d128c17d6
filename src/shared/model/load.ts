import { readFileSync } from 'node:fs';
import { LcadError, messageOf } from '../errors.js';
import { rootEntry } from './bag.js';
import { decodeModel, type ModelFile } from './file.js';
import { fingerprintHigh, fingerprintLow, rootSeed, wordSeed } from './fingerprint.js';
import { allocate, enter, type Layout, layoutOf, stop } from './layout.js';
import { root } from './root.js';

/**
 * Reads a model into memory that all threads share: `modelOf` makes a model of it in each. Takes some tenths of a
 * second, and about 20 MB for the model that comes with lcad.
 *
 * @param file path of a file that `encodeModel` made
 * @throws MODEL_UNREADABLE if it is missing, damaged or no such file
 */
export function loadModel(file: string): SharedArrayBuffer {
  let model: ModelFile;
  try {
    model = decodeModel(readFileSync(file));
  } catch (error) {
    throw new LcadError(
      'MODEL_UNREADABLE',
      `The embedding model ${file} cannot be read: ${messageOf(error)}.`,
      {
        details: { file },
        cause: error,
      },
    );
  }
  return expand(model, (sum, row) => addPacked(sum, model, row));
}

/**
 * Shared memory for a vocabulary. A word's row and its root's become one, so that a known word costs one look-up and
 * one sum.
 *
 * @param addRow adds a row, weight included, to a sum
 */
export function expand(
  { id, dimensions, words, roots, stops }: Pick<ModelFile, 'id' | 'dimensions' | 'words' | 'roots' | 'stops'>,
  addRow: (sum: Float32Array, row: number) => void,
): SharedArrayBuffer {
  const memory = allocate({ id, dimensions, words: words.length, roots: roots.length, stops: stops.length });
  const layout = layoutOf(memory);
  for (const term of stops) enterTerm(layout, term, wordSeed, stop);
  for (const [index, term] of words.entries()) enterTerm(layout, term, wordSeed, index);
  for (const [index, term] of roots.entries()) enterTerm(layout, term, rootSeed, words.length + index);
  const sum = new Float32Array(dimensions);
  for (let entry = 0; entry < words.length + roots.length; entry++) {
    sum.fill(0);
    addRow(sum, entry);
    const rootRow = entry < words.length ? rootEntry(layout, root(words[entry] as string)) : -1;
    if (rootRow >= 0) addRow(sum, rootRow);
    store(layout, entry, sum);
  }
  return memory;
}

function enterTerm(layout: Layout, term: string, seed: number, entry: number): void {
  enter(
    layout,
    fingerprintLow(term, 0, term.length, seed),
    fingerprintHigh(term, 0, term.length, seed),
    entry,
  );
}

function addPacked(sum: Float32Array, { rows, scales, dimensions }: ModelFile, row: number): void {
  const scale = scales[row] as number;
  const from = (row * dimensions) / 2;
  const end = from + dimensions / 2;
  for (let at = 0, pair = from; pair < end; at += 2, pair++) {
    const packed = rows[pair] as number;
    sum[at] = (sum[at] as number) + scale * ((packed & 15) - 8);
    sum[at + 1] = (sum[at + 1] as number) + scale * ((packed >> 4) - 8);
  }
}

function store({ rows, scales, dimensions }: Layout, entry: number, values: Float32Array): void {
  let largest = 0;
  for (let at = 0; at < dimensions; at++) largest = Math.max(largest, Math.abs(values[at] as number));
  scales[entry] = largest / 127;
  const factor = largest === 0 ? 0 : 127 / largest;
  const from = entry * dimensions;
  // Cutting off a positive number rounds it; Math.round would take half of the time of loading.
  for (let at = 0; at < dimensions; at++) {
    rows[from + at] = (((values[at] as number) * factor + 128.5) | 0) - 128;
  }
}
