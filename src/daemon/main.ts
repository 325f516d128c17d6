import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../protocol/config.js';
import { lspCapabilities } from '../protocol/lsp.js';
import type { Degradation } from '../protocol/repos.js';
import { messageOf } from '../shared/errors.js';
import { packagePath } from '../shared/package-root.js';
import { placesOf } from '../shared/paths.js';
import { productVersion } from '../shared/versions.js';
import { Completion } from './completion/completion.js';
import { loadConfig } from './config.js';
import { countTokens } from './context/tokens.js';
import { ctagsFor } from './ctags.js';
import { EmbeddingService } from './embed/service.js';
import { Graph } from './graph/graph.js';
import { inferenceParts } from './inference-parts.js';
import { acquireInstanceLock, guardPresence } from './instance-lock.js';
import { Lifecycle } from './lifecycle.js';
import { openLog } from './logger.js';
import { RepoMaps } from './map/repo-map.js';
import { Overlays } from './overlay/overlays.js';
import { WorkerPool } from './pipeline/pool.js';
import { Readiness } from './readiness.js';
import { IndexEvents } from './repos/index-events.js';
import { Registry } from './repos/registry.js';
import { Repositories } from './repos/repositories.js';
import { RerankService } from './rerank/service.js';
import { completionContextHandlers, completionWarmer } from './rpc/handlers/completion-context.js';
import { configHandlers } from './rpc/handlers/config.js';
import { contextHandlers } from './rpc/handlers/context.js';
import { eventHandlers } from './rpc/handlers/events.js';
import { grepHandlers } from './rpc/handlers/grep.js';
import { impactHandlers } from './rpc/handlers/impact.js';
import { lspHandlers } from './rpc/handlers/lsp.js';
import { mapHandlers } from './rpc/handlers/map.js';
import { relatedHandlers } from './rpc/handlers/related.js';
import { reposHandlers } from './rpc/handlers/repos.js';
import { searchHandlers } from './rpc/handlers/search.js';
import { statusHandlers } from './rpc/handlers/status.js';
import { symbolHandlers } from './rpc/handlers/symbols.js';
import { syntaxHandlers } from './rpc/handlers/syntax.js';
import type { DaemonHandlers } from './rpc/options.js';
import { publishedKey } from './rpc/overlay-files.js';
import { SearchScope } from './rpc/search-scope.js';
import { RpcServer } from './rpc/server.js';
import { createSearch } from './search/search.js';
import { Settings } from './settings.js';
import { openSocket } from './socket.js';
import { createSources } from './sources/sources.js';
import { createWatchSupervisor } from './watch/supervisor.js';

const mostThreads = 4;
const stallFactor = 2;
const taskDeadlineMs = 120_000;
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

function sourceSettings({ index, context }: Config) {
  const { maxFileKib, includeSecrets } = index;
  return { providers: context.providers, includeSecrets, maxFileBytes: maxFileKib * 1024 };
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

  const ctags = await lifecycle.start('ctags', () => ctagsFor(settings.config.index));
  const pool = new WorkerPool({
    ctags: ctags.program,
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
  const graph = new Graph();
  lifecycle.onStop('graph', () => graph.release());
  const repositories = new Repositories({
    registry,
    familiesFolder: join(places.data, 'families'),
    pool,
    watch: (listener) => createWatchSupervisor({ listener, log }),
    settings: () => repositorySettings(settings.config),
    events: {
      onChanged: (repo, changed, removed) => {
        events.changed(repo, changed, removed);
        graph.changed(repo.id, [...changed, ...removed]);
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

  const degraded = (): Degradation[] => [
    ...(settings.problem ? [settings.problem] : []),
    ...(note ? [{ kind: 'registry', message: note, next: 'Compare with `lcad list`.' }] : []),
  ];
  const scope = new SearchScope(repositories, embedding);
  const search = createSearch();
  const reranker = new RerankService(settings.config.rerank);
  settings.onChange((config) => reranker.configure(config.rerank));
  const sources = createSources(() => sourceSettings(settings.config));
  lifecycle.onStop('sources', () => sources.close());
  const maps = new RepoMaps(countTokens);
  lifecycle.onStop('maps', () => maps.close());
  const completion = new Completion(graph);
  const context = { search, sources, reranker, settings: () => settings.config.context };
  const parts = inferenceParts({
    settings,
    log,
    lifecycle,
    places,
    repositories,
    scope,
    graph,
    completion,
    pool,
    context,
    embedding,
  });
  embedding.through(parts.inference);
  const handlers: DaemonHandlers = {
    ...reposHandlers(repositories, events),
    ...eventHandlers(repositories, events),
    ...searchHandlers(scope, search),
    ...contextHandlers(scope, graph, context),
    ...grepHandlers(scope),
    ...relatedHandlers(scope),
    ...symbolHandlers(scope, graph),
    ...impactHandlers(scope, graph, (wanted) =>
      pool.outline({ ...wanted, parseDeadlineMs: settings.config.index.parseDeadlineMs }),
    ),
    ...mapHandlers(scope, graph, maps),
    ...completionContextHandlers(scope, completion),
    ...lspHandlers(scope, graph),
    ...parts.handlers,
    ...syntaxHandlers((wanted) =>
      pool.syntax({ ...wanted, parseDeadlineMs: settings.config.index.parseDeadlineMs }),
    ),
    ...configHandlers(settings, places.configFile),
    ...statusHandlers({
      repositories,
      embedding,
      pool,
      daemon: () => ({
        version: productVersion,
        pid: process.pid,
        socket: places.socket,
        logFile: places.logFile,
        configFile: places.configFile,
        dataFolder: places.data,
        startedAt,
        ctags: ctags.status,
        clients: server.connections,
        degraded: degraded(),
      }),
    }),
    'lcad/daemon/stop': () => {
      // The reply goes out first: the stop then waits for the connection to be read.
      setImmediate(() => void lifecycle.stop('asked by a client'));
      return { pid: process.pid };
    },
  };
  const validateResults = process.env.LCAD_VALIDATE_RESULTS === '1';
  const warm = completionWarmer(scope, completion);
  const overlays = new Overlays({
    makeOutline: (wanted) =>
      pool.outline({ ...wanted, parseDeadlineMs: settings.config.index.parseDeadlineMs }),
    savedKey: (path) => publishedKey(scope, path),
    onDocument: (overlay, file) => {
      warm(overlay, file);
      parts.fim
        .warm(overlay, file)
        .catch((error: unknown) => log.warn({ error: messageOf(error) }, 'a document was not read ahead'));
    },
    log,
  });
  const server = new RpcServer({
    handlers,
    overlays,
    log,
    validateResults,
    capabilities: lspCapabilities,
    onRequestDone: (method, ms, ok) => parts.metrics.request(method, ms, ok),
    onFeedback: (params, client) => parts.fim.feedback(params, client),
  });

  await lifecycle.start('repositories', () => repositories.start());
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
  void repositories.warm();
}

start().catch((error: unknown) => {
  readiness.failed(error);
  process.stderr.write(`lcadd: ${messageOf(error)}\n`);
  process.exit(1);
});
