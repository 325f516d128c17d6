import type { ProgressToken } from '../../protocol/common.js';
import type {
  NotificationParams,
  ParsedParams,
  ProgressValue,
  RequestMethod,
  Result,
  ServerNotification,
} from '../../protocol/methods.js';
import type { Overlay } from '../overlay/contract.js';

/**
 * Sends a part of a stream. Nothing is left out: it returns nothing while little waits for the client, and else a promise
 * that resolves when the client has read, or the request is aborted; wait for it before sending more. A client that reads
 * nothing for `drainMs` is dropped, which aborts the request. After an abort nothing is sent.
 */
export type SendProgress = (value: ProgressValue) => Promise<void> | undefined;

/** What a handler may do besides returning its result. */
export interface RequestContext {
  /** Aborted when the client cancels the request, goes away, or the daemon stops. */
  readonly signal: AbortSignal;
  /** One id per connection, for subscriptions. */
  readonly connection: string;
  /** The documents that this client has open, with text that may not be saved. */
  readonly overlay: Overlay;
  /** The texts of a file that other clients hold open and have not saved. @param path canonical and absolute */
  readonly unsavedElsewhere: (path: string) => readonly string[];
  /** What the client said in `initialize` that it can do, in LSP's form. */
  readonly clientCapabilities: Readonly<Record<string, unknown>>;
  /** Sends a notification on this connection; returns false when the client reads too slowly and it was dropped. */
  notify<N extends ServerNotification>(method: N, params: NotificationParams<N>): boolean;
  /**
   * What sends `$/progress` with this token until the request is answered; without a token it sends nothing. Small values
   * that are sent in one turn of the event loop go out in one write.
   */
  progress(token: ProgressToken | undefined): SendProgress;
  /** Calls back once when the connection ends. */
  onClose(callback: () => void): void;
}

/** One function per method. Params are validated already; an LcadError becomes the error of the reply. */
export type Handlers = {
  [M in RequestMethod]: (params: ParsedParams<M>, context: RequestContext) => Promise<Result<M>> | Result<M>;
};
