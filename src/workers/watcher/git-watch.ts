import { existsSync, type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../../shared/errors.js';
import { identityOf } from './folders.js';

// Names directly in the git directory, its logs and its info that change with HEAD, the index, a ref or the rules.
const relevant =
  /^(HEAD|index|packed-refs|config|logs|info|exclude|sparse-checkout|rebase-merge|rebase-apply|sequencer|BISECT_LOG|(?!FETCH_)[A-Z]+(_[A-Z]+)*_HEAD)$/;

const quietMs = 40;
const longestMs = 200;

/**
 * Watches the state of a checkout: its git directory, without what is below, and the folders `logs` and `info` in
 * it. `logs/HEAD` is where a commit on the current branch shows.
 */
export class GitWatch {
  readonly #gitDir: string;
  readonly #onChange: () => void;
  readonly #onError: (error: unknown) => void;
  readonly #watchers = new Map<string, FSWatcher>();
  #identity: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  #firstAt = 0;
  #closed = false;

  constructor(gitDir: string, onChange: () => void, onError: (error: unknown) => void) {
    this.#gitDir = gitDir;
    this.#onChange = onChange;
    this.#onError = onError;
  }

  async open(): Promise<void> {
    this.#identity = await identityOf(this.#gitDir);
    if (this.#closed || this.#identity === null) return;
    this.#attach(this.#gitDir);
    this.#attachInner();
  }

  /** Finds out whether the git directory was replaced, removed or came back, and follows it. */
  async check(): Promise<void> {
    const now = await identityOf(this.#gitDir);
    if (this.#closed || now === this.#identity) return;
    this.#detach();
    await this.open();
    this.#changed();
  }

  close(): void {
    this.#closed = true;
    this.#detach();
    if (this.#timer) clearTimeout(this.#timer);
  }

  #attachInner(): void {
    for (const name of ['logs', 'info']) {
      const folder = join(this.#gitDir, name);
      if (!this.#watchers.has(folder) && existsSync(folder)) this.#attach(folder);
    }
  }

  #attach(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name === null || !relevant.test(name)) return;
        if (name === 'logs' || name === 'info') this.#reattach(join(folder, name));
        this.#changed();
      });
      watcher.on('error', (error) => {
        this.#drop(folder);
        this.#onError(error);
      });
      this.#watchers.set(folder, watcher);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') this.#onError(error);
    }
  }

  #reattach(folder: string): void {
    this.#drop(folder);
    if (existsSync(folder)) this.#attach(folder);
  }

  #drop(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }

  #detach(): void {
    for (const folder of [...this.#watchers.keys()]) this.#drop(folder);
  }

  #changed(): void {
    const now = performance.now();
    if (this.#timer) clearTimeout(this.#timer);
    else this.#firstAt = now;
    const wait = Math.max(0, Math.min(quietMs, this.#firstAt + longestMs - now));
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (!this.#closed) this.#onChange();
    }, wait);
  }
}
