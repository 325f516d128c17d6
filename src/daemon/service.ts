import type { Config } from '../protocol/config.js';
import { lspCapabilities } from '../protocol/lsp.js';
import type { Degradation } from '../protocol/repos.js';
import type { CtagsStatus } from '../protocol/status.js';
import { messageOf } from '../shared/errors.js';
import type { Places } from '../shared/paths.js';
import { productVersion } from '../shared/versions.js';
import { Completion } from './completion/completion.js';
import { countTokens } from './context/tokens.js';
import { UnsavedContents } from './context/unsaved.js';
import type { EmbeddingService } from './embed/service.js';
import { Graph } from './graph/graph.js';
import { inferenceParts } from './inference-parts.js';
import type { Lifecycle } from './lifecycle.js';
import type { Log } from './log-contract.js';
import { RepoMaps } from './map/repo-map.js';
import { Overlays } from './overlay/overlays.js';
import type { WorkerPool } from './pipeline/pool.js';
import type { IndexEvents } from './repos/index-events.js';
import type { Repositories } from './repos/repositories.js';
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
import type { Settings } from './settings.js';
import { createSources } from './sources/sources.js';

/** The parts of the daemon that keep the index, on which all others build. */
export interface ServiceHost {
  readonly settings: Settings;
  readonly log: Log;
  readonly lifecycle: Lifecycle;
  readonly places: Places;
  readonly pool: WorkerPool;
  readonly embedding: EmbeddingService;
  readonly repositories: Repositories;
  readonly events: IndexEvents;
  readonly ctags: CtagsStatus;
  /** When the daemon started, ISO 8601. */
  readonly startedAt: string;
  /** What was wrong with the list of repositories; null if nothing. */
  readonly registryNote: string | null;
}

function sourceSettings({ index, context }: Config) {
  const { maxFileKib, includeSecrets } = index;
  return { providers: context.providers, includeSecrets, maxFileBytes: maxFileKib * 1024 };
}

/** Composes everything that answers clients; each part follows the configuration and registers how it stops. */
export function createService(host: ServiceHost): RpcServer {
  const { settings, log, lifecycle, places, pool, embedding, repositories, events, registryNote } = host;
  const graph = new Graph();
  lifecycle.onStop('graph', () => graph.release());
  events.onChanged((repo, changed, removed) => graph.changed(repo.id, [...changed, ...removed]));
  const degraded = (): Degradation[] => [
    ...(settings.problem ? [settings.problem] : []),
    ...(registryNote ? [{ kind: 'registry', message: registryNote, next: 'Compare with `lcad list`.' }] : []),
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
  const unsaved = new UnsavedContents((wanted) =>
    pool.deriveText({ ...wanted, parseDeadlineMs: settings.config.index.parseDeadlineMs }),
  );
  const context = { search, unsaved, sources, reranker, settings: () => settings.config.context };
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
        startedAt: host.startedAt,
        ctags: host.ctags,
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
  return server;
}
