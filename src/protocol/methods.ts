import type { z } from 'zod';
import * as chat from './chat.js';
import * as complete from './complete.js';
import * as completion from './completion-context.js';
import * as config from './config.js';
import * as context from './context.js';
import * as edits from './edits.js';
import * as generate from './generate.js';
import * as grep from './grep.js';
import * as impact from './impact.js';
import * as events from './index-events.js';
import * as inference from './inference.js';
import * as lifecycle from './lifecycle.js';
import * as lsp from './lsp.js';
import * as map from './map.js';
import * as metrics from './metrics.js';
import * as models from './models.js';
import * as related from './related.js';
import * as repos from './repos.js';
import * as search from './search.js';
import * as status from './status.js';
import * as symbols from './symbols.js';
import * as syntax from './syntax.js';

/**
 * Requests: every method a client may call, with its schemas; `progress` is that of the values of `$/progress`, for
 * requests that give a `progressToken`. `rpc.discover` and PROTOCOL.md are made from this.
 */
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
    progress: repos.IndexProgress,
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
    progress: repos.IndexProgress,
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
  'lcad/context': {
    summary: 'The best code for a question within a budget of tokens, and the prompt made of it.',
    params: context.ContextParams,
    result: context.ContextResult,
  },
  'lcad/completionContext': {
    summary:
      'What an editor gives a model to complete code at a place: the text around it, and code that helps.',
    params: completion.CompletionContextParams,
    result: completion.CompletionContextResult,
  },
  'lcad/chat': {
    summary:
      'Answers a question about the code: with code from the index, read-only tools and the conversation so far.',
    params: chat.ChatParams,
    result: chat.ChatResult,
    progress: chat.ChatProgress,
  },
  'lcad/chat/list': {
    summary: 'The conversations that are kept.',
    params: lifecycle.Empty.optional(),
    result: chat.ChatListResult,
  },
  'lcad/chat/get': {
    summary: 'The questions and answers of a conversation.',
    params: chat.ChatSessionParams,
    result: chat.ChatGetResult,
  },
  'lcad/chat/delete': {
    summary: 'Deletes a conversation for good.',
    params: chat.ChatSessionParams,
    result: lifecycle.Nothing,
  },
  'lcad/generate': {
    summary: 'Has a model answer a prompt or a conversation as it is given, without code from the index.',
    params: generate.GenerateParams,
    result: inference.GenerationResult,
    progress: inference.GenerationProgress,
  },
  'lcad/complete': {
    summary: 'Completes code at a place with a model; a newer request for the same file ends an older one.',
    params: complete.CompleteParams,
    result: complete.CompleteResult,
    progress: inference.GenerationProgress,
  },
  'textDocument/inlineCompletion': {
    summary: "LSP's completion of code with a model, of text as the client has it.",
    params: complete.InlineCompletionParams,
    result: complete.InlineCompletionResult,
  },
  'workspace/executeCommand': {
    summary: "LSP's way to say that a completion of `textDocument/inlineCompletion` was accepted.",
    params: lsp.ExecuteCommandParams,
    result: lifecycle.Nothing,
  },
  'lcad/edits/preview': {
    summary: "What the edits in a model's answer would change, checked against the files as they are.",
    params: edits.EditsPreviewParams,
    result: edits.EditsPreviewResult,
  },
  'lcad/edits/apply': {
    summary: 'Changes files as a preview or an answer says: all of them, or nothing.',
    params: edits.EditsApplyParams,
    result: edits.EditsApplyResult,
  },
  'lcad/edits/undo': {
    summary: 'Puts files back as they were before edits, if they are as those left them.',
    params: edits.EditsUndoParams,
    result: edits.EditsApplyResult,
  },
  'workspace/symbol': {
    summary: "LSP's search for symbols by name, in all registered repositories.",
    params: lsp.WorkspaceSymbolParams,
    result: lsp.WorkspaceSymbolResult,
  },
  'textDocument/definition': {
    summary: 'Where what stands at a place is defined, in LSP form. Of unsaved text as the client has it.',
    params: lsp.TextPositionParams,
    result: lsp.LspDefinitionResult,
  },
  'textDocument/references': {
    summary: 'Everything that refers to what stands at a place, in LSP form.',
    params: lsp.LspReferencesParams,
    result: lsp.LspReferencesResult,
  },
  'textDocument/documentSymbol': {
    summary: 'What a document defines, in LSP form.',
    params: lsp.DocumentSymbolParams,
    result: lsp.DocumentSymbolResult,
  },
  'lcad/impact': {
    summary:
      'What a change can break: symbols, files and tests that depend on it, with the chain that leads there.',
    params: impact.ImpactParams,
    result: impact.ImpactResult,
  },
  'lcad/map': {
    summary: 'A map of a repository within a budget of tokens: its most important symbols, file by file.',
    params: map.MapParams,
    result: map.MapResult,
  },
  'lcad/models': {
    summary: 'The model servers: whether they answer, what they offer, and what lcad uses for what.',
    params: models.ModelsParams,
    result: models.ModelsResult,
  },
  'lcad/syntax': {
    summary: 'Tells whether a text parses in the language of its name.',
    params: syntax.SyntaxParams,
    result: syntax.SyntaxResult,
  },
  'lcad/metrics': {
    summary: 'What the daemon has counted since it started: requests, generations, guards, completions.',
    params: metrics.MetricsParams,
    result: metrics.MetricsResult,
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
} as const satisfies Record<
  string,
  { summary: string; params: z.ZodType; result: z.ZodType; progress?: z.ZodType }
>;

/** Notifications from client to daemon. */
export const clientNotifications = {
  initialized: { summary: "LSP's initialized; needs no answer.", params: lifecycle.Empty.optional() },
  exit: {
    summary: "LSP's exit: closes this connection once its open requests are answered.",
    params: lifecycle.Empty.optional(),
  },
  '$/cancelRequest': { summary: 'Cancels a request under way.', params: lifecycle.CancelParams },
  'textDocument/didOpen': {
    summary: "The client holds a document's text, which may not be saved; seen by its own requests only.",
    params: lsp.DidOpenParams,
  },
  'textDocument/didChange': { summary: 'The text of an open document changed.', params: lsp.DidChangeParams },
  'textDocument/didSave': { summary: 'An open document was written to disk.', params: lsp.DidSaveParams },
  'textDocument/didClose': {
    summary: 'The client lets go of a document: what is on disk counts again.',
    params: lsp.DidCloseParams,
  },
  'lcad/completion/feedback': {
    summary: 'What became of a completion; counted on this machine, for `lcad/metrics`.',
    params: complete.CompletionFeedbackParams,
  },
  'lcad/didView': { summary: 'The user looks at a file, or at a place in it.', params: lsp.DidViewParams },
} as const satisfies Record<string, { summary: string; params: z.ZodType }>;

/** Notifications from daemon to client. */
export const serverNotifications = {
  '$/progress': {
    summary: 'Progress of the request that gave the token; its method tells what `value` is.',
    params: lifecycle.ProgressParams,
  },
  'lcad/index/changed': { summary: 'The index of a repository has changed.', params: events.IndexChanged },
  'window/logMessage': {
    summary: "LSP's message for the client's log: a document that is no longer followed, and why.",
    params: lsp.MessageParams,
  },
  'window/showMessage': {
    summary:
      "LSP's message to the client's user: what of an answer in LSP form, which has no place for it, was left out.",
    params: lsp.MessageParams,
  },
} as const satisfies Record<string, { summary: string; params: z.ZodType }>;

export type RequestMethod = keyof typeof requests;
export type Params<M extends RequestMethod> = z.input<(typeof requests)[M]['params']>;
export type ParsedParams<M extends RequestMethod> = z.output<(typeof requests)[M]['params']>;
export type Result<M extends RequestMethod> = z.output<(typeof requests)[M]['result']>;
/** What `$/progress` carries while a request of this method is under way; never for a method without progress. */
export type Progress<M extends RequestMethod> = (typeof requests)[M] extends {
  progress: infer P extends z.ZodType;
}
  ? z.output<P>
  : never;
/** Any method's progress. */
export type ProgressValue = { [M in RequestMethod]: Progress<M> }[RequestMethod];
export type ClientNotification = keyof typeof clientNotifications;
export type ClientNotificationParams<N extends ClientNotification> = z.input<
  (typeof clientNotifications)[N]['params']
>;
export type ParsedNotification<N extends ClientNotification> = z.output<
  (typeof clientNotifications)[N]['params']
>;
export type ServerNotification = keyof typeof serverNotifications;
export type NotificationParams<N extends ServerNotification> = z.output<
  (typeof serverNotifications)[N]['params']
>;
