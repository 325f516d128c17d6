import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { packagePath } from '../shared/package-root.js';

/** Settings that all steps of `train:model` share. */
export interface Settings {
  /** Folder of everything that training downloads and makes. */
  work: string;
  /** Folder with checkouts of evaluated repositories, one a folder, to prove that none is in the data; or undefined. */
  repos: string | undefined;
  /** Address of a Debian mirror, or undefined for the one that apt is set up with. */
  mirror: string | undefined;
  seed: number;
  threads: number;
}

/** Adds the shared options to the program. */
export function defineSettings(program: Command): void {
  program
    .option('--work <folder>', 'where downloads and results go', packagePath('.training'))
    .option('--repos <folder>', 'checkouts of the repositories that retrieval is evaluated on')
    .option('--mirror <url>', 'Debian mirror, if not the one that apt uses')
    .option('--seed <number>', 'seed of everything random', Number, 1)
    .option('--threads <number>', 'worker threads', Number, availableParallelism());
}

/** A step of the training: its subcommand, and how to run it with the settings alone. */
export interface Step {
  define(program: Command): void;
  run(settings: Settings): Promise<void>;
}
