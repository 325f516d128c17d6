import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { Piscina } from 'piscina';
import { LcadError } from '../../shared/errors.js';
import { packagePath } from '../../shared/package-root.js';
import type { Settings } from '../settings.js';
import { corpusPackages, packageId } from './packages.js';
import { randomOf } from './pairs/random.js';
import type { ExtractResult, ExtractTask } from './pairs/worker.js';
import { type PackageRecord, readRecords, workPaths, writeJson } from './records.js';
import { runAll } from './run-all.js';

/** Changes with the way in which pairs are made. */
const rules = 2;
const maxPairs = 40_000;
const maxBytes = { common: 5_000_000, thin: 40_000_000 };
/** Files of a package that may end the thread before the package is given up. */
const maxSkipped = 5;
const packageDeadlineMs = 900_000;
const workerHeapMib = 2048;

interface PairRecord extends ExtractResult {
  rules: number;
  seed: number;
  version: string;
  skipped: number[];
}

/** Adds the subcommand `extract`. */
export function define(program: Command): void {
  program
    .command('extract')
    .description('make training pairs of the packages that were fetched')
    .option('--only <names...>', 'these packages alone')
    .action(async (options: { only?: string[] }) => run(program.opts<Settings>(), options.only));
}

/** Makes pairs of all packages that were fetched and have none yet; writes pairs.json with their numbers. */
export async function run(settings: Settings, only?: readonly string[]): Promise<void> {
  const paths = workPaths(settings.work);
  const fetched = readRecords<PackageRecord>(paths.records);
  const done = readRecords<PairRecord>(paths.pairRecords);
  const packages = corpusPackages()
    .filter(({ name }) => only === undefined || only.includes(name))
    .flatMap((one) => fetched.get(packageId(one)) ?? [])
    .filter(({ refused }) => refused === null);
  const missing = packages.filter(({ id, version }) => {
    const record = done.get(id);
    const current = record?.rules === rules && record.seed === settings.seed && record.version === version;
    return !current || !existsSync(join(paths.pairs, `${id}.jsonl`));
  });
  const pool = new Piscina<ExtractTask, ExtractResult>({
    filename: packagePath('dist/training/corpus/pairs/worker.js'),
    minThreads: 1,
    maxThreads: settings.threads,
    atomics: 'disabled',
    resourceLimits: { maxOldGenerationSizeMb: workerHeapMib },
  });
  pool.on('error', () => undefined);
  // Mixed, so that what there is after a while has some of every language.
  const mixed = missing
    .map((one) => ({ one, order: randomOf(settings.seed, one.id)() }))
    .sort((a, b) => a.order - b.order)
    .map(({ one }) => one);
  const failed = await runAll(mixed, {
    label: 'extract',
    done: packages.length - missing.length,
    total: packages.length,
    concurrency: settings.threads,
    run: async (one) => {
      const record = await extractOne(pool, one, settings);
      writeJson(join(paths.pairRecords, `${one.id}.json`), record);
      return null;
    },
  }).finally(() => pool.destroy());
  writeSummary(settings, packages);
  if (failed.length > 0) {
    throw new LcadError('INTERNAL_ERROR', `no pairs of ${failed.join(' ')}`, { next: 'Run it again.' });
  }
}

async function extractOne(
  pool: Piscina<ExtractTask, ExtractResult>,
  { id, version }: PackageRecord,
  { work, seed }: Settings,
): Promise<PairRecord> {
  const paths = workPaths(work);
  const progress = new SharedArrayBuffer(4);
  const skipped: number[] = [];
  const task = {
    folder: join(paths.sources, id),
    output: join(paths.pairs, `${id}.jsonl`),
    seed,
    maxPairs,
    maxBytes,
    skipped,
    progress,
  };
  for (;;) {
    try {
      const result = await pool.run(task, { signal: AbortSignal.timeout(packageDeadlineMs) });
      return { rules, seed, version, skipped, ...result };
    } catch (error) {
      if (skipped.length >= maxSkipped) throw error;
      skipped.push(Atomics.load(new Int32Array(progress), 0));
    }
  }
}

/** Numbers of pairs by kind and language. */
function writeSummary(settings: Settings, packages: readonly PackageRecord[]): void {
  const paths = workPaths(settings.work);
  const known = readRecords<PairRecord>(paths.pairRecords);
  const kinds: Record<string, number> = {};
  const languages: Record<string, Record<string, number>> = {};
  let pairs = 0;
  let bytes = 0;
  for (const { id } of packages) {
    const record = known.get(id);
    pairs += record?.pairs ?? 0;
    bytes += record?.bytes ?? 0;
    for (const [kind, count] of Object.entries(record?.kinds ?? {})) kinds[kind] = (kinds[kind] ?? 0) + count;
    for (const [language, counts] of Object.entries(record?.languages ?? {})) {
      languages[language] ??= {};
      for (const [kind, count] of Object.entries(counts)) {
        languages[language][kind] = (languages[language][kind] ?? 0) + count;
      }
    }
  }
  writeJson(join(settings.work, 'pairs.json'), { pairs, bytes, seed: settings.seed, kinds, languages });
}
