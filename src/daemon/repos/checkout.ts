import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScanRules } from '../../workers/messages.js';
import { type GitPlace, operationInProgress, readHead, scanRules } from './git.js';

export interface Head {
  head: string | null;
  branch: string | null;
}

/** Settings of the configuration that take part in a scan. */
export interface ScanSettings {
  extraIgnore: string[];
  maxFileBytes: number;
  includeSecrets: boolean;
}

/** What git says of one checkout, kept up to date: HEAD, an unfinished operation, and the rules of its scans. */
export class GitCheckout {
  readonly #place: GitPlace;
  readonly #settings: () => ScanSettings;
  #head: Head = { head: null, branch: null };
  #operation: string | null = null;
  #rules: { at: string; rules: Promise<ScanRules> } | null = null;

  constructor(place: GitPlace, settings: () => ScanSettings) {
    this.#place = place;
    this.#settings = settings;
  }

  get gitDir(): string | null {
    return this.#place.gitDir;
  }

  get head(): Head {
    return this.#head;
  }

  /** An unfinished git operation: "rebase", "merge", …; null otherwise. */
  get operation(): string | null {
    return this.#operation;
  }

  /** Reads HEAD again. @returns true if it names another commit or branch than before */
  async refresh(): Promise<boolean> {
    const { gitDir, commonDir } = this.#place;
    if (!gitDir || !commonDir) return false;
    const before = this.#head;
    this.#head = await readHead(gitDir, commonDir);
    this.#operation = await operationInProgress(gitDir);
    return before.head !== this.#head.head || before.branch !== this.#head.branch;
  }

  /** Rules of a scan. What git must be asked for is asked again only when its index or our settings have changed. */
  async scanRules(): Promise<ScanRules> {
    const settings = this.#settings();
    const at = JSON.stringify([await this.#indexTime(), settings]);
    if (this.#rules?.at !== at) this.#rules = { at, rules: scanRules(this.#place, settings) };
    try {
      return await this.#rules.rules;
    } catch (error) {
      this.#rules = null;
      throw error;
    }
  }

  async #indexTime(): Promise<number> {
    const { gitDir } = this.#place;
    if (!gitDir) return 0;
    return await stat(join(gitDir, 'index')).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
  }
}
