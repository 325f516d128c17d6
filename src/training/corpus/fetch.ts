import { mkdirSync, rmSync } from 'node:fs';
import type { Command } from 'commander';
import { LcadError } from '../../shared/errors.js';
import type { Settings } from '../settings.js';
import { contentHashes } from './content-hashes.js';
import { DebianPackages } from './debian.js';
import { writeExclusions } from './exclusions.js';
import { fetchPackage, fetchRules, suites } from './fetch-package.js';
import { corpusPackages, packageId } from './packages.js';
import { type PackageRecord, readRecords, workPaths } from './records.js';
import { runAll } from './run-all.js';

const concurrency = 4;
/** Share of the packages that may be missing: mirrors do not have all files at all times. */
const maxMissing = 0.05;

/** Adds the subcommand `fetch`. */
export function define(program: Command): void {
  program
    .command('fetch')
    .description('download the packages of the corpus, check their licences, and unpack what may be used')
    .option('--only <names...>', 'these packages alone')
    .action(async (options: { only?: string[] }) => run(program.opts<Settings>(), options.only));
}

/** Fetches all packages that have not been, and writes corpus.json and exclusions.json. */
export async function run(settings: Settings, only?: readonly string[]): Promise<void> {
  const paths = workPaths(settings.work);
  const wanted = corpusPackages().filter(({ name }) => only === undefined || only.includes(name));
  const known = readRecords<PackageRecord>(paths.records);
  const missing = wanted.filter((one) => known.get(packageId(one))?.rules !== fetchRules);
  rmSync(paths.unpack, { recursive: true, force: true });
  for (const folder of [paths.sources, paths.unpack, paths.apt]) mkdirSync(folder, { recursive: true });
  const forbidden = settings.repos === undefined ? new Map<string, string>() : contentHashes(settings.repos);
  const anyDebian = wanted.some(({ origin }) => origin !== 'npm');
  const debian = !anyDebian ? null : await DebianPackages.open(paths.apt, suites, settings.mirror);
  const failed = await runAll(missing, {
    label: 'fetch',
    done: wanted.length - missing.length,
    total: wanted.length,
    concurrency,
    run: async (one) => {
      const { refused } = await fetchPackage(one, { settings, debian, forbidden });
      return refused === null ? null : `is not used: ${refused}`;
    },
  });
  writeExclusions(settings);
  if (failed.length > wanted.length * maxMissing) {
    throw new LcadError(
      'INTERNAL_ERROR',
      `${failed.length} packages could not be fetched: ${failed.join(' ')}`,
      {
        next: 'Run it again: what was fetched is kept.',
      },
    );
  }
}
