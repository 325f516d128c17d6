import type { DaemonStatus } from '../../../protocol/status.js';
import type { EmbeddingService } from '../../embed/service.js';
import type { WorkerPool } from '../../pipeline/pool.js';
import type { Repositories } from '../../repos/repositories.js';
import { statusOf } from '../../repos/repository-status.js';
import type { DaemonHandlers } from '../options.js';

export interface StatusDeps {
  repositories: Repositories;
  embedding: EmbeddingService;
  pool: WorkerPool;
  /** What does not come from the parts: versions, places, start, connections and problems of the daemon itself. */
  daemon(): Pick<
    DaemonStatus,
    | 'version'
    | 'pid'
    | 'socket'
    | 'logFile'
    | 'configFile'
    | 'dataFolder'
    | 'startedAt'
    | 'ctags'
    | 'clients'
    | 'degraded'
  >;
}

/** Handler of `lcad/status`. */
export function statusHandlers(deps: StatusDeps): Pick<DaemonHandlers, 'lcad/status'> {
  const { repositories, embedding, pool } = deps;
  return {
    'lcad/status': async ({ repo }) => {
      const wanted = repo === undefined ? repositories.all : [repositories.select(repo)];
      const watcher = await repositories.watch.stats();
      const repos = await Promise.all(
        wanted.map(async (one) => {
          const stats = await one.family.store.stats().catch(() => null);
          return statusOf(one, stats, embedding.status(one.family.id));
        }),
      );
      const base = deps.daemon();
      const { rssBytes, ...watcherStatus } = watcher;
      return {
        daemon: {
          ...base,
          uptimeSeconds: Math.round(process.uptime()),
          memory: { rssBytes: process.memoryUsage.rss(), watcherRssBytes: rssBytes },
          workers: pool.stats(),
          watcher: watcherStatus,
          degraded: [...base.degraded, ...repositories.problems],
        },
        repos,
      };
    },
  };
}
