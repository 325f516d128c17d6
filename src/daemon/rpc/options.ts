import type { CompletionFeedbackParams } from '../../protocol/complete.js';
import type { RpcLimits } from '../../protocol/limits.js';
import type { RequestMethod } from '../../protocol/methods.js';
import type { Log } from '../log-contract.js';
import type { Overlay } from '../overlay/contract.js';
import type { Overlays } from '../overlay/overlays.js';
import type { Handlers } from './contract.js';

/** The methods that the server answers by itself. */
export type ServerMethod = 'initialize' | 'shutdown' | 'rpc.discover';

/** The handlers that the daemon supplies: all methods but those of the server itself. */
export type DaemonHandlers = Omit<Handlers, ServerMethod>;

export interface RpcServerOptions {
  readonly handlers: DaemonHandlers;
  /** Holds the documents that clients have open. */
  readonly overlays: Overlays;
  /** What differs from `defaultLimits`. */
  readonly limits?: Partial<RpcLimits>;
  /** Gets what clients are not told. */
  readonly log: Log;
  /** Check results and notifications against their schemas too; a mismatch is an INTERNAL_ERROR. For tests. */
  readonly validateResults?: boolean;
  /** `capabilities` of the reply to `initialize`, in LSP's form. */
  readonly capabilities?: Record<string, unknown>;
  /** Called after each request with the time it took in milliseconds. */
  readonly onRequestDone?: (method: RequestMethod, ms: number, ok: boolean) => void;
  /** A client tells what became of a completion that it was given. */
  readonly onFeedback?: (params: CompletionFeedbackParams, client: { id: string; overlay: Overlay }) => void;
}
