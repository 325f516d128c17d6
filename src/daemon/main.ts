import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../protocol/config.js';
import { messageOf } from '../shared/errors.js';
import { packagePath } from '../shared/package-root.js';
import { placesOf } from '../shared/paths.js';
import { productVersion } from '../shared/versions.js';
import { loadConfig } from './config.js';
import { ctagsFor } from './ctags.js';
import { EmbeddingService } from './embed/service.js';
import { acquireInstanceLock, guardPresence } from './instance-lock.js';
import { Lifecycle } from './lifecycle.js';
import { openLog } from './logger.js';
import { WorkerPool } from './pipeline/pool.js';
import { Readiness } from './readiness.js';
import { IndexEvents } from './repos/index-events.js';
import { Registry } from './repos/registry.js';
import { Repositories } from './repos/repositories.js';
import { Settings } from './settings.js';
import { openSocket } from './socket.js';
import { createWatchSupervisor } from './watch/supervisor.js';

const mostThreads = 4;
const stallFactor = 2;
const taskDeadlineMs = 120_000;
/** Whoever waited for the daemon is answered before it reads in what searches need; a search does so at once. */
const warmAfterMs = 300;
const minuteMs = 60_000;
const dayMs = 24 * 3600_000;

const startedAt = new Date().toISOString();
const readiness = new Readiness();
const places = placesOf();
/** So that a slip of the pen does not bring defaults, and with them what the user excluded. */
const lastGoodConfig = join(places.state, 'config.last-good.toml');

function repositorySettings({ index, watch, store }: Config) {
  const maxFileBytes = index.maxFileKib * 1024;
  const { includeGenerated, includeSecrets, parseDeadlineMs, ignore } = index;
  return {
    limits: { maxFileBytes, includeGenerated, parseDeadlineMs },
    sweepMs: watch.sweepMinutes * minuteMs,
    pollMs: watch.pollSeconds * 1000,
    scan: { extraIgnore: ignore, maxFileBytes, includeSecrets },
    collection: { keepMs: store.keepDays * dayMs, budgetBytes: store.diskBudgetMib * 2 ** 20 },
  };
}

/** Starts the parts in their order; each registers how it stops. */
async function start(): Promise<void> {
  const lock = acquireInstanceLock(places);
  const settings = new Settings(() => loadConfig(places.configFile, lastGoodConfig));
  const openedLog = openLog(places, settings.config.log);
  const { log } = openedLog;
  const lifecycle = new Lifecycle({ log });
  lifecycle.onStop('log', () => openedLog.close(), { always: true });
  lifecycle.onStop('lock', () => lock.release(), { always: true });
  settings.onChange((config) => openedLog.configure(config.log));
  lifecycle.listen(() => {
    openedLog.reopen();
    settings.reload();
  });

  const ctags = ctagsFor(settings.config.index);
  const pool = new WorkerPool({
    ctags: ctags.then(({ program }) => program),
    threads: settings.config.index.workers || Math.min(mostThreads, availableParallelism()),
    stallMs: settings.config.index.parseDeadlineMs * stallFactor,
    taskDeadlineMs,
  });
  lifecycle.onStop('workers', () => pool.close());

  const embedding = new EmbeddingService(settings.config.embedding, {
    workers: pool,
    modelFile: packagePath('models/lcad-code-1.safetensors'),
    log,
  });
  settings.onChange((config) => embedding.configure(config.embedding));
  lifecycle.onStop('embedding', () => embedding.close());

  const { registry, note } = await lifecycle.start('registry', () =>
    Registry.open(join(places.data, 'repos.json')),
  );
  const events = new IndexEvents();
  const repositories = new Repositories({
    registry,
    familiesFolder: join(places.data, 'families'),
    pool,
    watch: (listener) => createWatchSupervisor({ listener, log }),
    settings: () => repositorySettings(settings.config),
    events: {
      onChanged: (repo, changed, removed) => {
        events.changed(repo, changed, removed);
        embedding.changed(repo.family.id);
      },
      onProgress: (_repo, progress) => events.progress(progress),
    },
    onFamilyOpened: (family) => {
      embedding
        .join(family)
        .catch((error: unknown) => log.warn({ error: messageOf(error) }, 'embedding is off'));
    },
    onFamilyClosing: (id) => embedding.leave(id),
    embeddingOf: (family) => embedding.derivingOf(family),
    log,
  });
  lifecycle.onStop('repositories', () => repositories.close(), { deadlineMs: 8000 });

  // Threads and child processes look at the files while this thread loads what answers clients.
  const opened = lifecycle.start('repositories', () => repositories.start());
  const [{ createService }, { status }] = await Promise.all([import('./service.js'), ctags, opened]);
  const server = createService({
    settings,
    log,
    lifecycle,
    places,
    pool,
    embedding,
    repositories,
    events,
    ctags: status,
    startedAt,
    registryNote: note,
  });
  const socket = await lifecycle.start('socket', () =>
    openSocket(places, { onConnection: (connection) => server.accept(connection) }),
  );
  lifecycle.onStop('connections', () => server.close(2000), { deadlineMs: 4000 });
  // Connections are closed by their server, so the end of the socket is not waited for.
  lifecycle.onStop('socket', () => void socket.server.close());
  const endGuard = guardPresence(lock, places.socket, (what) => void lifecycle.stop(`${what} is gone`));
  lifecycle.onStop('guard', endGuard);
  log.info({ version: productVersion, repos: registry.records.length }, 'ready');
  readiness.ready();
  const warming = setTimeout(() => {
    // What answers would lack otherwise comes first.
    void repositories.looked().then(() => embedding.warm());
    void repositories.warm();
  }, warmAfterMs);
  lifecycle.onStop('warming', () => clearTimeout(warming));
}

start().catch((error: unknown) => {
  readiness.failed(error);
  process.stderr.write(`lcadd: ${messageOf(error)}\n`);
  process.exit(1);
});
