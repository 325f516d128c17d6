import type { Config } from '../protocol/config.js';
import type { Degradation } from '../protocol/repos.js';
import type { LoadedConfig } from './config.js';

/** Keys that take effect when the daemon starts anew. */
const atStartOnly = new Set(['index.workers', 'index.ctags', 'index.ctagsPath']);

/** The configuration in force, and how it changes while the daemon runs. */
export class Settings {
  readonly #load: () => LoadedConfig;
  readonly #listeners: ((config: Config) => void)[] = [];
  #loaded: LoadedConfig;

  constructor(load: () => LoadedConfig) {
    this.#load = load;
    this.#loaded = load();
  }

  get config(): Config {
    return this.#loaded.config;
  }

  /** Whether there is a configuration file. */
  get exists(): boolean {
    return this.#loaded.exists;
  }

  /** What is wrong with the file; the last good configuration, or the default, is in force meanwhile. */
  get problem(): Degradation | null {
    return this.#loaded.problem;
  }

  onChange(listener: (config: Config) => void): void {
    this.#listeners.push(listener);
  }

  /** Reads the file again. A broken one changes nothing but `problem`. */
  reload(): { changed: string[]; restartNeeded: string[] } {
    const before = this.config;
    const loaded = this.#load();
    this.#loaded = loaded.problem ? { ...loaded, config: before } : loaded;
    const changed = changedKeys(before, this.config);
    if (changed.length > 0) for (const listener of this.#listeners) listener(this.config);
    return { changed, restartNeeded: changed.filter((key) => atStartOnly.has(key)) };
  }
}

/** Dotted names of the values in which two configurations differ. Pure. */
function changedKeys(before: Config, after: Config): string[] {
  const flat = (config: Config) =>
    new Map(
      Object.entries(config).flatMap(([table, values]) =>
        Object.entries(values).map(([key, value]) => [`${table}.${key}`, JSON.stringify(value)] as const),
      ),
    );
  const [old, now] = [flat(before), flat(after)];
  return [...new Set([...old.keys(), ...now.keys()])].filter((key) => old.get(key) !== now.get(key)).sort();
}
