import { type Places, placesOf } from '../shared/paths.js';
import { Connection, type OpenOptions } from './connection.js';
import { ensureDaemon } from './launch.js';

export type { ChatParams, ChatProgress, ChatResult, Citation } from '../protocol/chat.js';
export type { CompleteParams, CompleteResult, CompletionFeedbackParams } from '../protocol/complete.js';
export type {
  CompletionContextParams,
  CompletionContextResult,
  CompletionItem,
} from '../protocol/completion-context.js';
export type {
  ContextOmission,
  ContextParams,
  ContextResult,
  ContextSnippet,
} from '../protocol/context.js';
export type {
  EditedFile,
  EditProblem,
  EditsApplyParams,
  EditsApplyResult,
  EditsPreviewParams,
  EditsPreviewResult,
  EditsUndoParams,
} from '../protocol/edits.js';
export type { GenerateParams } from '../protocol/generate.js';
export type { GrepFile, GrepLine, GrepParams, GrepResult, GrepSpan } from '../protocol/grep.js';
export type { ImpactParams, ImpactResult } from '../protocol/impact.js';
export type { IndexChanged, SubscribeParams, SubscribeResult } from '../protocol/index-events.js';
export type { GenerationProgress, GenerationResult } from '../protocol/inference.js';
export type { InitializeResult } from '../protocol/lifecycle.js';
export type { MapParams, MapResult } from '../protocol/map.js';
export type {
  ClientNotification,
  ClientNotificationParams,
  NotificationParams,
  Params,
  Progress,
  RequestMethod,
  Result,
  ServerNotification,
} from '../protocol/methods.js';
export type { MetricsResult } from '../protocol/metrics.js';
export type { ModelServer, ModelsResult } from '../protocol/models.js';
export type { RelatedParams, RelatedResult } from '../protocol/related.js';
export type { IndexProgress, RepoSummary } from '../protocol/repos.js';
export type { Evidence, SearchHit, SearchParams, SearchResult } from '../protocol/search.js';
export type { DaemonStatus, RepoStatus, StatusResult } from '../protocol/status.js';
export type {
  CodeReference,
  CodeRelation,
  CodeSymbol,
  Confidence,
  DefinitionResult,
  DependenciesParams,
  DependenciesResult,
  ReferencesResult,
  RelationsResult,
  SubjectParams,
  SymbolsParams,
  SymbolsResult,
} from '../protocol/symbols.js';
export { type ErrorKind, errorCatalogue, LcadError } from '../shared/errors.js';
export { type Places, placesOf } from '../shared/paths.js';
export { productVersion, protocolVersion } from '../shared/versions.js';
export { Connection, type OpenOptions, type RequestOptions } from './connection.js';

export interface ClientOptions extends OpenOptions {
  /** Start a daemon if none runs (default), or fail with DAEMON_NOT_RUNNING. */
  start?: boolean;
  /** Where the daemon's socket and files are (default: as the environment says). */
  places?: Places;
}

/**
 * Connects a script to the daemon, which is started if need be. Close the connection when done: an open one keeps the
 * process alive.
 *
 * ```js
 * import { openClient } from 'lcad/client';
 * const client = await openClient({ clientInfo: { name: 'my-script' } });
 * const { hits } = await client.request('lcad/search', { query: 'where is the config parsed' });
 * client.close();
 * ```
 *
 * @throws LcadError DAEMON_NOT_RUNNING, DAEMON_START_FAILED, DAEMON_VERSION and what `Connection.open` throws
 */
export async function openClient(options: ClientOptions = {}): Promise<Connection> {
  const { places = placesOf(), start, deadlineMs } = options;
  const socket = await ensureDaemon(places, {
    ...(start === undefined ? {} : { start }),
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
  });
  return Connection.open(socket, options);
}
