import type {
  NotificationParams,
  ParsedParams,
  RequestMethod,
  Result,
  ServerNotification,
} from '../../protocol/methods.js';
import type { Overlay } from '../overlay/contract.js';

/** What a handler may do besides returning its result. */
export interface RequestContext {
  /** Aborted when the client cancels the request, goes away, or the daemon stops. */
  readonly signal: AbortSignal;
  /** One id per connection, for subscriptions. */
  readonly connection: string;
  /** The documents that this client has open, with text that may not be saved. */
  readonly overlay: Overlay;
  /** What the client said in `initialize` that it can do, in LSP's form. */
  readonly clientCapabilities: Readonly<Record<string, unknown>>;
  /** Sends a notification on this connection; returns false when the client reads too slowly and it was dropped. */
  notify<N extends ServerNotification>(method: N, params: NotificationParams<N>): boolean;
  /** Calls back once when the connection ends. */
  onClose(callback: () => void): void;
}

/** One function per method. Params are validated already; an LcadError becomes the error of the reply. */
export type Handlers = {
  [M in RequestMethod]: (params: ParsedParams<M>, context: RequestContext) => Promise<Result<M>> | Result<M>;
};
