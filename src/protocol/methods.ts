import type { z } from 'zod';
import * as config from './config.js';
import * as grep from './grep.js';
import * as events from './index-events.js';
import * as lifecycle from './lifecycle.js';
import * as related from './related.js';
import * as repos from './repos.js';
import * as search from './search.js';
import * as status from './status.js';
import * as symbols from './symbols.js';

/** Requests: every method a client may call, with its schemas. `rpc.discover` and PROTOCOL.md are made from this. */
export const requests = {
  initialize: {
    summary: 'Opens the session: versions, limits and capabilities. The first request of every connection.',
    params: lifecycle.InitializeParams,
    result: lifecycle.InitializeResult,
  },
  shutdown: {
    summary: "LSP's shutdown of this connection's session; the daemon goes on.",
    params: lifecycle.Empty.optional(),
    result: lifecycle.Nothing,
  },
  'rpc.discover': {
    summary: 'The OpenRPC document of this protocol.',
    params: lifecycle.Empty.optional(),
    result: lifecycle.DiscoverResult,
  },
  'lcad/status': {
    summary: 'State of the daemon and of every repository.',
    params: status.StatusParams,
    result: status.StatusResult,
  },
  'lcad/daemon/stop': {
    summary: 'Stops the daemon in order; the reply comes before it ends.',
    params: lifecycle.StopParams,
    result: lifecycle.StopResult,
  },
  'lcad/repos/add': {
    summary: 'Registers a repository or folder and starts to index it.',
    params: repos.ReposAddParams,
    result: repos.ReposAddResult,
  },
  'lcad/repos/remove': {
    summary: 'Forgets a repository; its files are untouched.',
    params: repos.ReposRemoveParams,
    result: repos.ReposRemoveResult,
  },
  'lcad/repos/list': {
    summary: 'The registered repositories.',
    params: lifecycle.Empty.optional(),
    result: repos.ReposListResult,
  },
  'lcad/repos/reindex': {
    summary: 'Looks for changes in the whole repository, or derives all of it again.',
    params: repos.ReposReindexParams,
    result: repos.ReposReindexResult,
  },
  'lcad/search': {
    summary: 'Searches the code of one, several or all repositories.',
    params: search.SearchParams,
    result: search.SearchResult,
  },
  'lcad/grep': {
    summary: 'Finds a text or regular expression, line by line, in the indexed files.',
    params: grep.GrepParams,
    result: grep.GrepResult,
  },
  'lcad/related': {
    summary: 'Finds code that is like a file, or like the part of it around a line.',
    params: related.RelatedParams,
    result: related.RelatedResult,
  },
  'lcad/symbols': {
    summary: 'Finds definitions by their names.',
    params: symbols.SymbolsParams,
    result: symbols.SymbolsResult,
  },
  'lcad/definition': {
    summary: 'Where what a place or a name means is defined, in whatever repository.',
    params: symbols.SubjectParams,
    result: symbols.DefinitionResult,
  },
  'lcad/references': {
    summary: 'Everything that refers to a symbol.',
    params: symbols.SubjectParams,
    result: symbols.ReferencesResult,
  },
  'lcad/callers': {
    summary: 'What calls a symbol.',
    params: symbols.SubjectParams,
    result: symbols.RelationsResult,
  },
  'lcad/callees': {
    summary: 'What a symbol calls.',
    params: symbols.SubjectParams,
    result: symbols.RelationsResult,
  },
  'lcad/dependencies': {
    summary: 'What a file imports, and what imports it.',
    params: symbols.DependenciesParams,
    result: symbols.DependenciesResult,
  },
  'lcad/config/get': {
    summary: 'The configuration in force, defaults included.',
    params: lifecycle.Empty.optional(),
    result: config.ConfigGetResult,
  },
  'lcad/config/reload': {
    summary: 'Reads the configuration file again.',
    params: lifecycle.Empty.optional(),
    result: config.ConfigReloadResult,
  },
  'lcad/index/subscribe': {
    summary: 'Sends `lcad/index/changed` whenever the index of a repository changes.',
    params: events.SubscribeParams,
    result: events.SubscribeResult,
  },
  'lcad/index/unsubscribe': {
    summary: 'Ends a subscription.',
    params: events.UnsubscribeParams,
    result: lifecycle.Nothing,
  },
} as const satisfies Record<string, { summary: string; params: z.ZodType; result: z.ZodType }>;

/** Notifications from client to daemon. */
export const clientNotifications = {
  initialized: { summary: "LSP's initialized; needs no answer.", params: lifecycle.Empty.optional() },
  exit: {
    summary: "LSP's exit: closes this connection once its open requests are answered.",
    params: lifecycle.Empty.optional(),
  },
  '$/cancelRequest': { summary: 'Cancels a request under way.', params: lifecycle.CancelParams },
} as const satisfies Record<string, { summary: string; params: z.ZodType }>;

/** Notifications from daemon to client. */
export const serverNotifications = {
  '$/progress': {
    summary: 'Progress of the request that gave the token. While indexing, `value` is an IndexProgress.',
    params: lifecycle.ProgressParams,
  },
  'lcad/index/changed': { summary: 'The index of a repository has changed.', params: events.IndexChanged },
} as const satisfies Record<string, { summary: string; params: z.ZodType }>;

export type RequestMethod = keyof typeof requests;
export type Params<M extends RequestMethod> = z.input<(typeof requests)[M]['params']>;
export type ParsedParams<M extends RequestMethod> = z.output<(typeof requests)[M]['params']>;
export type Result<M extends RequestMethod> = z.output<(typeof requests)[M]['result']>;
export type ServerNotification = keyof typeof serverNotifications;
export type NotificationParams<N extends ServerNotification> = z.output<
  (typeof serverNotifications)[N]['params']
>;
