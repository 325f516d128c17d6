import { join } from 'node:path';
import type { Places } from '../shared/paths.js';
import { Chat } from './chat/chat.js';
import { SessionStore } from './chat/store.js';
import type { Completion } from './completion/completion.js';
import type { ContextParts } from './context/context.js';
import { Edits } from './edits/edits.js';
import { editInstructions } from './edits/parse.js';
import type { EmbeddingService } from './embed/service.js';
import { FimService } from './fim/complete.js';
import { syntaxAround } from './fim/syntax.js';
import type { Graph } from './graph/graph.js';
import { createGuards } from './guard/guards.js';
import type { Inference } from './inference/contract.js';
import { InferenceService } from './inference/inference.js';
import { createProvider } from './inference/providers/create.js';
import type { Lifecycle } from './lifecycle.js';
import type { Log } from './log-contract.js';
import type { Metrics } from './metrics/contract.js';
import { Counts } from './metrics/counts.js';
import type { WorkerPool } from './pipeline/pool.js';
import type { Repositories } from './repos/repositories.js';
import { chatHandlers } from './rpc/handlers/chat.js';
import { completeHandlers } from './rpc/handlers/complete.js';
import { completionContexts } from './rpc/handlers/completion-context.js';
import { contextHandlers } from './rpc/handlers/context.js';
import { editHandlers } from './rpc/handlers/edits.js';
import { generateHandlers } from './rpc/handlers/generate.js';
import { metricsHandlers } from './rpc/handlers/metrics.js';
import { modelsHandlers } from './rpc/handlers/models.js';
import { searchHandlers } from './rpc/handlers/search.js';
import { symbolHandlers } from './rpc/handlers/symbols.js';
import type { DaemonHandlers } from './rpc/options.js';
import type { SearchScope } from './rpc/search-scope.js';
import type { Settings } from './settings.js';

/** The parts of the daemon that inference builds upon. */
export interface InferenceHost {
  readonly settings: Settings;
  readonly log: Log;
  readonly lifecycle: Pick<Lifecycle, 'onStop'>;
  readonly places: Places;
  readonly repositories: Repositories;
  readonly scope: SearchScope;
  readonly graph: Graph;
  readonly completion: Completion;
  /** Parses around cursors. */
  readonly pool: Pick<WorkerPool, 'around'>;
  readonly context: ContextParts;
  readonly embedding: EmbeddingService;
}

/** What the rest of the daemon gets. */
export interface InferenceParts {
  readonly inference: Inference;
  readonly metrics: Metrics;
  readonly fim: FimService;
  /** The methods of all these parts. */
  readonly handlers: Pick<
    DaemonHandlers,
    CompleteMethods | 'lcad/generate' | 'lcad/models' | 'lcad/metrics' | ChatMethods | EditMethods
  >;
}

type CompleteMethods = 'lcad/complete' | 'textDocument/inlineCompletion' | 'workspace/executeCommand';
type EditMethods = 'lcad/edits/preview' | 'lcad/edits/apply' | 'lcad/edits/undo';
type ChatMethods = 'lcad/chat' | 'lcad/chat/list' | 'lcad/chat/get' | 'lcad/chat/delete';

/** Composes models, guards, completion, chat and edits; each part follows the configuration and registers how it stops. */
export function inferenceParts(host: InferenceHost): InferenceParts {
  const metrics = new Counts();
  const { settings, log, lifecycle } = host;
  const guards = createGuards(() => settings.config.guard, { log });
  const inference = new InferenceService({
    config: settings.config.inference,
    createProvider,
    guards,
    metrics,
    log,
  });
  settings.onChange((config) => inference.configure(config.inference));
  lifecycle.onStop('guards', () => guards.close());
  lifecycle.onStop('inference', () => inference.close());
  const fim = new FimService({
    inference,
    metrics,
    settings: () => settings.config.complete,
    context: completionContexts(host.scope, host.completion),
    syntax: syntaxAround(host.pool),
  });
  settings.onChange(() => fim.reconfigured());
  lifecycle.onStop('completion', () => fim.close());
  return {
    inference,
    metrics,
    fim,
    handlers: {
      ...completeHandlers(fim),
      ...chatParts(host, inference),
      ...editParts(host),
      ...generateHandlers(inference),
      ...modelsHandlers(inference, () => settings.config),
      ...metricsHandlers(metrics),
    },
  };
}

/** Conversations, with contexts and tools that are the methods of the same names. */
function chatParts(host: InferenceHost, inference: Inference): Pick<DaemonHandlers, ChatMethods> {
  const { scope, graph, context, settings, places, log } = host;
  const store = new SessionStore(join(places.data, 'chat'), () => settings.config.chat.keepDays);
  const chat = new Chat({
    inference,
    store,
    settings: () => settings.config.chat,
    edits: editInstructions,
    log,
  });
  return chatHandlers({
    chat,
    scope,
    sources: context.sources,
    context: contextHandlers(scope, graph, context)['lcad/context'],
    methods: { ...searchHandlers(scope, context.search), ...symbolHandlers(scope, graph) },
  });
}

/** Edits of files in registered repositories. Those that the last daemon did not finish are taken back at once. */
function editParts({ places, repositories, settings, lifecycle, log }: InferenceHost) {
  const edits = new Edits({
    folder: join(places.data, 'edits'),
    surroundings: {
      repos: () => repositories.all,
      select: (selector) => repositories.select(selector),
      includeSecrets: () => settings.config.index.includeSecrets,
    },
    log,
  });
  lifecycle.onStop('edits', () => edits.close(), { deadlineMs: 4000 });
  void edits.recover();
  return editHandlers(edits);
}
