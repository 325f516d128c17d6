import { closeSync, openSync, readFileSync, readSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Vocabulary } from './vocabulary.js';

/**
 * The pairs as training reads them. A token is an entry of the vocabulary (layout.ts) in the lower 20 bits, and how
 * often it occurs in the upper 12.
 */
export interface Dataset {
  /** `pairNumbers` numbers a pair; see `PairField`. */
  pairs: Uint32Array;
  tokens: Uint32Array;
}

/** What is known of a pair, by its place in `pairs`. Its tokens stand together: query, document, path. */
export const PairField = {
  firstToken: 0,
  queryTokens: 1,
  documentTokens: 2,
  pathTokens: 3,
  queryHash: 4,
  documentHash: 5,
  pathHash: 6,
  /** Package in the lower 16 bits, language in the next 8, kind in the upper 8. */
  source: 7,
} as const;

export const pairNumbers = 8;
export const entryBits = 20;
export const maxCount = 2 ** (32 - entryBits) - 1;

const pairsFile = (folder: string) => join(folder, 'pairs.bin');
const tokensFile = (folder: string) => join(folder, 'tokens.bin');
const vocabularyFile = (folder: string) => join(folder, 'vocabulary.json');

/** Writes a data set; the vocabulary comes last, so that its presence says that all is there. */
export function writeDataset(folder: string, parts: readonly Dataset[], vocabulary: Vocabulary): void {
  writeFileSync(pairsFile(folder), Buffer.concat(parts.map(({ pairs }) => bytesOf(pairs))));
  writeFileSync(tokensFile(folder), Buffer.concat(parts.map(({ tokens }) => bytesOf(tokens))));
  writeFileSync(vocabularyFile(folder), JSON.stringify(vocabulary));
}

/** Reads a data set into memory that threads can share. */
export function readDataset(folder: string): Dataset {
  return { pairs: readShared(pairsFile(folder)), tokens: readShared(tokensFile(folder)) };
}

export function readVocabulary(folder: string): Vocabulary {
  return JSON.parse(readFileSync(vocabularyFile(folder), 'utf8')) as Vocabulary;
}

const bytesOf = (numbers: Uint32Array) => Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);

function readShared(file: string): Uint32Array {
  const memory = new SharedArrayBuffer(statSync(file).size);
  const bytes = new Uint8Array(memory);
  const handle = openSync(file, 'r');
  try {
    for (let at = 0, got = -1; got !== 0 && at < bytes.length; at += got) {
      got = readSync(handle, bytes, at, bytes.length - at, at);
    }
  } finally {
    closeSync(handle);
  }
  return new Uint32Array(memory);
}
