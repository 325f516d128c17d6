import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CorpusPackage } from './packages.js';

/** Paths below the work folder of training. */
export const workPaths = (work: string) => ({
  sources: join(work, 'sources'),
  records: join(work, 'records'),
  unpack: join(work, 'unpack'),
  apt: join(work, 'apt'),
  pairs: join(work, 'pairs'),
  pairRecords: join(work, 'pair-records'),
  exclusions: join(work, 'exclusions.json'),
  corpus: join(work, 'corpus.json'),
});

/** A package that was fetched, or was refused. */
export interface PackageRecord extends CorpusPackage {
  id: string;
  /** Changes when the rules do, so that packages are then fetched again. */
  rules: number;
  version: string;
  /** Debian's suite that it came from; empty for others. */
  suite: string;
  downloads: { path: string; hash: string }[];
  /** Licences found: those of the files used, and those because of which files were left out. */
  licences: { used: string[]; leftOut: string[] };
  /** Why nothing of it is used; null if it is. */
  refused: string | null;
  files: number;
  bytes: number;
  /** Bytes used, by language. */
  languageBytes: Record<string, number>;
  /** How many files or folders were left out, by reason. */
  leftOut: Record<string, number>;
  /** Paths that hold an evaluated project and were left out, with the reason; at most some hundred. */
  evaluated: { path: string; reason: string }[];
}

/** Replaces a file as a whole. */
export function writeJson(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(value, null, 1)}\n`);
  renameSync(`${file}.new`, file);
}

/** All values below a folder of JSON files, by file name without its ending. A folder that is not there is empty. */
export function readRecords<T>(folder: string): Map<string, T> {
  mkdirSync(folder, { recursive: true });
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return new Map(
    names.map((name) => [name.slice(0, -5), JSON.parse(readFileSync(join(folder, name), 'utf8')) as T]),
  );
}
