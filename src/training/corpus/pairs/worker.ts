import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chosenFiles, pairsOfFile, sampled } from './package-pairs.js';
import type { PairKind } from './pair.js';

/** The extraction of a package's pairs. */
export interface ExtractTask {
  folder: string;
  output: string;
  seed: number;
  maxPairs: number;
  /** Most bytes of source that are read, of languages with many packages and of others. */
  maxBytes: { common: number; thin: number };
  /** Indices of files at which a thread died before: left out. */
  skipped: number[];
  /** Int32: the index of the file at work. */
  progress: SharedArrayBuffer;
}

/** Numbers of a package's pairs. */
export interface ExtractResult {
  files: number;
  pairs: number;
  bytes: number;
  kinds: Partial<Record<PairKind, number>>;
  languages: Record<string, Partial<Record<PairKind, number>>>;
}

/** Entry of the worker threads of `extract`: writes a package's pairs, under their name only when complete. */
export default async function extractPackage(task: ExtractTask): Promise<ExtractResult> {
  const progress = new Int32Array(task.progress);
  const files = chosenFiles(task.folder, task.maxBytes, task.seed);
  const all = [];
  for (const [index, path] of files.entries()) {
    Atomics.store(progress, 0, index);
    if (!task.skipped.includes(index)) all.push(...(await pairsOfFile(task.folder, path, task.seed)));
  }
  const pairs = sampled(all, task.maxPairs, task.seed);
  const result: ExtractResult = {
    files: files.length,
    pairs: pairs.length,
    bytes: 0,
    kinds: {},
    languages: {},
  };
  for (const { kind, language } of pairs) {
    result.kinds[kind] = (result.kinds[kind] ?? 0) + 1;
    result.languages[language] ??= {};
    result.languages[language][kind] = (result.languages[language][kind] ?? 0) + 1;
  }
  const text = Buffer.from(pairs.map((pair) => `${JSON.stringify(pair)}\n`).join(''));
  result.bytes = text.length;
  mkdirSync(dirname(task.output), { recursive: true });
  const partial = join(dirname(task.output), `.${task.output.slice(dirname(task.output).length + 1)}.new`);
  writeFileSync(partial, text);
  renameSync(partial, task.output);
  return result;
}
