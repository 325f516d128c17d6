import { collectGarbage, collectGarbageSoon } from '../../shared/collect-garbage.js';
import type { GraphFamily, OverlayFile } from './contract.js';
import type { GraphView } from './graph-view.js';
import { LiveGraph } from './live-graph.js';

/** As long as the vectors are kept in memory without a question. */
const defaultIdleMs = 10 * 60_000;
/** A pause between requests that is long enough to collect what they left behind. */
const pauseMs = 2_000;
/** Garbage worth a collection. */
const garbageBytes = 32 * 2 ** 20;

/**
 * The symbols of all registered repositories and what they refer to: read from the stores with the first request,
 * brought up to date with each, and let go when none came for a while.
 */
export class Graph {
  readonly #idleMs: number;
  #live: LiveGraph | null = null;
  #requests = 0;
  #idle: NodeJS.Timeout | null = null;
  #pause: NodeJS.Timeout | null = null;
  /** Heap in use when garbage was collected last. */
  #collected = 0;

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
    if (this.#pause) clearTimeout(this.#pause);
    this.#idle = null;
    this.#pause = null;
    this.#live = null;
    this.#collected = 0;
  }

  #restartIdle(): void {
    if (!this.#live) return;
    if (this.#pause) this.#pause.refresh();
    else this.#pause = setTimeout(() => this.#collect(), pauseMs).unref();
    if (this.#idle) this.#idle.refresh();
    else this.#idle = setTimeout(() => this.#releaseIdle(), this.#idleMs).unref();
  }

  /** V8 lets its heap grow by hundreds of megabytes in a burst of requests, and keeps them while nothing is asked. */
  #collect(): void {
    if (this.#requests > 0 || process.memoryUsage().heapUsed - this.#collected < garbageBytes) return;
    collectGarbage();
    this.#collected = process.memoryUsage().heapUsed;
  }

  #releaseIdle(): void {
    // The request that is at work begins the time anew when it has ended.
    if (this.#requests > 0) return;
    this.release();
    collectGarbageSoon();
  }
}
