import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Config } from '../protocol/config.js';
import { configError, parseConfig } from '../protocol/config-text.js';
import type { Degradation } from '../protocol/repos.js';
import { type LcadError, messageOf, systemCode } from '../shared/errors.js';

export interface LoadedConfig {
  config: Config;
  /** What is wrong with the file, for `status`; `config` is then the last good one, or the default. */
  problem: Degradation | null;
  exists: boolean;
}

/**
 * Reads the configuration file. Never throws: with a file that cannot be read or is malformed, the configuration is
 * the last good one, so that a slip of the pen neither stops the daemon nor makes it index what was excluded.
 *
 * @param lastGoodFile where the last good text is kept from one run to the next; without it the default stands in
 */
export function loadConfig(file: string, lastGoodFile?: string): LoadedConfig {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return { config: Config.parse({}), problem: null, exists: false };
    const problem = {
      message: `The configuration ${file} cannot be read: ${messageOf(error)}`,
      next: 'Make it a file that you can read, then run `lcad config reload`.',
    };
    return { ...fallback(problem, lastGoodFile), exists: true };
  }
  const parsed = parseConfig(text);
  if (parsed.config === null) {
    return { ...fallback(configError(file, parsed.problems), lastGoodFile), exists: true };
  }
  if (lastGoodFile !== undefined) keep(text, lastGoodFile);
  return { config: parsed.config, problem: null, exists: true };
}

function fallback(
  error: Pick<LcadError, 'message' | 'next'>,
  lastGoodFile: string | undefined,
): Pick<LoadedConfig, 'config' | 'problem'> {
  const lastGood = lastGoodFile === undefined ? null : readLastGood(lastGoodFile);
  const meanwhile = lastGood
    ? 'The configuration last read without errors is in force.'
    : 'Every key has its default meanwhile.';
  return {
    config: lastGood ?? Config.parse({}),
    problem: { kind: 'config', message: `${error.message} ${meanwhile}`, next: error.next },
  };
}

function readLastGood(file: string): Config | null {
  try {
    return parseConfig(readFileSync(file, 'utf8')).config;
  } catch {
    // There is none yet.
    return null;
  }
}

/** Keeps a copy; where that fails (a full disk) the copy from before is still a good one. */
function keep(text: string, file: string): void {
  try {
    if (readIfThere(file) === text) return;
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(`${file}.new`, text, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch {
    // Losing the copy costs nothing unless the configuration breaks as well.
  }
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Absent or unreadable: it is written anew.
    return null;
  }
}
