import { collectGarbage } from '../../shared/collect-garbage.js';
import type { GraphFamily, OverlayFile } from './contract.js';
import type { GraphView } from './graph-view.js';
import { LiveGraph } from './live-graph.js';

export type { GraphView };

/** As long as the vectors are kept in memory without a question. */
const defaultIdleMs = 10 * 60_000;

/**
 * The symbols of all registered repositories and what they refer to: read from the stores with the first request,
 * brought up to date with each, and let go when none came for a while.
 */
export class Graph {
  readonly #idleMs: number;
  #live: LiveGraph | null = null;
  #requests = 0;
  #idle: NodeJS.Timeout | null = null;

  /** @param options `idleMs`: how long it is kept without a request */
  constructor({ idleMs = defaultIdleMs }: { idleMs?: number } = {}) {
    this.#idleMs = idleMs;
  }

  get isLoaded(): boolean {
    return this.#live !== null;
  }

  /** Takes note of files of a repository that changed or are gone: spares comparing all of them. */
  changed(repo: string, paths: Iterable<string>): void {
    this.#live?.changed(repo, paths);
  }

  /**
   * The graph as the repositories are now.
   * @param families all that are registered
   * @param overlay outlines that take the place of published ones, for this caller alone; one file each
   * @throws INDEX_UNAVAILABLE
   */
  async view(families: readonly GraphFamily[], overlay: readonly OverlayFile[] = []): Promise<GraphView> {
    this.#live ??= new LiveGraph();
    this.#requests++;
    try {
      return await this.#live.view(families, overlay);
    } finally {
      this.#requests--;
      this.#restartIdle();
    }
  }

  /** Lets go of it; the next request reads it again. */
  release(): void {
    if (this.#idle) clearTimeout(this.#idle);
    this.#idle = null;
    this.#live = null;
  }

  #restartIdle(): void {
    if (!this.#live) return;
    if (this.#idle) this.#idle.refresh();
    else this.#idle = setTimeout(() => this.#releaseIdle(), this.#idleMs).unref();
  }

  #releaseIdle(): void {
    // The request that is at work begins the time anew when it has ended.
    if (this.#requests > 0) return;
    this.release();
    collectGarbage();
  }
}
