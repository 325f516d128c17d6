import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScanRules } from '../../workers/messages.js';
import {
  type GitPlace,
  type Head,
  operationInProgress,
  type RuleSettings,
  readHead,
  scanRules,
} from './git.js';
import type { GitProblem } from './git-run.js';

/** What git says of one checkout, kept up to date: HEAD, an unfinished operation, and the rules of its scans. */
export class GitCheckout {
  readonly #place: GitPlace;
  readonly #settings: () => RuleSettings;
  #head: Head = { head: null, branch: null };
  #operation: string | null = null;
  #problem: GitProblem | null = null;
  #rules: { at: string; rules: Promise<ScanRules> } | null = null;

  constructor(place: GitPlace, settings: () => RuleSettings) {
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

  /** Why git could not be asked for its part of the rules, null if it could. */
  get problem(): GitProblem | null {
    return this.#problem;
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

  /**
   * Rules of a scan. Git is asked again for a look at everything, and when its index or our settings have changed.
   * @param whole the scan looks at everything
   */
  async scanRules(whole: boolean): Promise<ScanRules> {
    const settings = this.#settings();
    const at = JSON.stringify([await this.#indexTime(), settings]);
    if (whole || this.#rules?.at !== at) {
      this.#problem = null;
      const onProblem = (problem: GitProblem) => {
        this.#problem = problem;
      };
      this.#rules = { at, rules: scanRules(this.#place, settings, onProblem) };
    }
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
