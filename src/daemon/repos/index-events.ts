import type { IndexProgress } from '../../protocol/repos.js';
import type { Repository } from './repository.js';

export type ChangeListener = (repo: Repository, changed: string[], removed: string[]) => void;
export type ProgressListener = (progress: IndexProgress) => void;

/** Who wants to hear of changes and of progress. Each `on…` returns the function that ends it. */
export class IndexEvents {
  readonly #changes = new Set<ChangeListener>();
  readonly #progress = new Map<string, Set<ProgressListener>>();

  onChanged(listener: ChangeListener): () => void {
    this.#changes.add(listener);
    return () => this.#changes.delete(listener);
  }

  onProgress(repo: string, listener: ProgressListener): () => void {
    const listeners = this.#progress.get(repo) ?? new Set();
    this.#progress.set(repo, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#progress.get(repo) === listeners) this.#progress.delete(repo);
    };
  }

  changed(repo: Repository, changed: string[], removed: string[]): void {
    for (const listener of this.#changes) listener(repo, changed, removed);
  }

  progress(progress: IndexProgress): void {
    for (const listener of this.#progress.get(progress.repo) ?? []) listener(progress);
  }
}
