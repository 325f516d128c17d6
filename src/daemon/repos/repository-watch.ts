import type { Degradation } from '../../protocol/repos.js';
import { messageOf } from '../../shared/errors.js';
import type { WatchMode, WatchSupervisor } from '../watch/contract.js';

export interface RepositoryWatchOptions {
  id: string;
  root: string;
  gitDir: () => string | null;
  supervisor: WatchSupervisor;
  /** Milliseconds between sweeps: while events come, and while they cannot be had. 0: none. */
  settings: () => { sweepMs: number; pollMs: number };
  /** Asks for a look at everything. */
  sweep(): void;
}

/** How one repository is watched: by events with a sweep from time to time, or by sweeps alone. */
export class RepositoryWatch {
  readonly #options: RepositoryWatchOptions;
  #mode: WatchMode = 'off';
  #problem: Degradation | null = null;
  #pruned: string[] = [];
  #begun = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: RepositoryWatchOptions) {
    this.#options = options;
  }

  get mode(): WatchMode {
    return this.#mode;
  }

  /** Why it is not watched by events, null if it is. */
  get problem(): Degradation | null {
    return this.#problem;
  }

  /** Begins to watch. What happened before is found by the sweep with which events begin. */
  begin(): void {
    this.#begun = true;
    const { id, root, gitDir, supervisor } = this.#options;
    supervisor.watch({ id, root, gitDir: gitDir(), prunedFolders: this.#pruned }).catch((error: unknown) => {
      const message = `Changes are found by sweeps only: ${messageOf(error)}`;
      this.setMode('polling', { kind: 'watch', message, next: '`lcad logs` tells more.' });
    });
  }

  /** Folders that the last look at everything did not enter: they need no watching. */
  prune(folders: string[]): void {
    if (folders.length === this.#pruned.length && folders.every((folder, i) => folder === this.#pruned[i]))
      return;
    this.#pruned = folders;
    if (this.#begun) this.begin();
  }

  /** The supervisor tells how the root is watched now. */
  setMode(mode: WatchMode, problem: Degradation | null): void {
    this.#mode = mode;
    this.#problem = problem;
    const { settings, sweep } = this.#options;
    const every = mode === 'polling' ? settings().pollMs : settings().sweepMs;
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = every > 0 ? setInterval(sweep, every).unref() : null;
  }

  async end(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    await this.#options.supervisor.unwatch(this.#options.id);
  }
}
