import type { JSONRPCResponse } from 'json-rpc-2.0';
import { CancelParams } from '../../protocol/lifecycle.js';
import type { RpcLimits } from '../../protocol/limits.js';
import { clientNotifications, type RequestMethod, requests } from '../../protocol/methods.js';
import { LcadError } from '../../shared/errors.js';
import type { RequestContext } from './contract.js';
import type { CheckedRequest, Dispatch } from './dispatch.js';
import { errorReply } from './wire-errors.js';

type RequestId = string | number;
type Deliver = (response: JSONRPCResponse | null) => void;

export interface SessionOptions {
  readonly limits: RpcLimits;
  readonly dispatch: Dispatch;
  /** Context of a request, given its signal and method. */
  readonly contextOf: (signal: AbortSignal, method: string) => RequestContext;
  /** The client sent another notification than those of the session itself. */
  readonly onNotification: (method: string, params: unknown) => void;
  readonly send: (message: JSONRPCResponse | JSONRPCResponse[]) => void;
  /** The client sent `exit`. */
  readonly onExit: () => void;
  /** No request waits for its reply any more. */
  readonly onIdle: () => void;
  readonly onRequestDone?: ((method: RequestMethod, ms: number, ok: boolean) => void) | undefined;
}

/** The JSON-RPC side of one connection: what may be called when, requests under way, batches, cancellation. */
export class Session {
  readonly #options: SessionOptions;
  #stage: 'new' | 'open' | 'shutDown' = 'new';
  #stopping = false;
  /** Requests without a reply yet. */
  readonly #open = new Map<RequestId, AbortController>();
  #openBatches = 0;
  #clientCapabilities: Readonly<Record<string, unknown>> = {};
  /** Requests whose handler still works, replied to or not: a cancelled one may need a moment to notice. */
  #running = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  get initialized(): boolean {
    return this.#stage !== 'new';
  }

  /** What the client said in `initialize` that it can do; empty before. */
  get clientCapabilities(): Readonly<Record<string, unknown>> {
    return this.#clientCapabilities;
  }

  get idle(): boolean {
    return this.#open.size === 0 && this.#openBatches === 0;
  }

  /** Takes a decoded message: a request, a notification or a batch of them. */
  receive(message: unknown): void {
    if (Array.isArray(message)) {
      this.#batch(message);
      return;
    }
    this.#single(message, (response) => {
      if (response) this.#options.send(response);
      this.#reportIdle();
    });
  }

  /** Refuses further requests with SHUTTING_DOWN; those under way go on. */
  stopAccepting(): void {
    this.#stopping = true;
  }

  /** Aborts everything under way; each open request is answered with the reason. */
  abortAll(reason: LcadError): void {
    for (const controller of [...this.#open.values()]) controller.abort(reason);
  }

  #batch(messages: unknown[]): void {
    const { limits, send } = this.#options;
    if (messages.length === 0) {
      send(errorReply(null, new LcadError('INVALID_REQUEST', 'The batch is empty.')));
      return;
    }
    if (messages.length > limits.batchSize) {
      const text = `The batch has ${messages.length} messages, more than ${limits.batchSize}.`;
      send(
        errorReply(null, new LcadError('BATCH_TOO_LARGE', text, { details: { limit: limits.batchSize } })),
      );
      return;
    }
    const responses: JSONRPCResponse[] = [];
    let missing = messages.length;
    this.#openBatches++;
    for (const message of messages) {
      this.#single(message, (response) => {
        if (response) responses.push(response);
        if (--missing > 0) return;
        this.#openBatches--;
        if (responses.length > 0) send(responses);
        this.#reportIdle();
      });
    }
  }

  /** Calls `deliver` exactly once, with null for what needs no reply. */
  #single(message: unknown, deliver: Deliver): void {
    const read = readMessage(message);
    if (read.is === 'invalid') deliver(errorReply(read.id, read.error));
    else if (read.is === 'request') {
      const refusal = this.#refusal(read.request);
      if (refusal) deliver(errorReply(read.request.id, refusal));
      else this.#start(read.request, deliver);
    } else {
      if (read.is === 'notification') this.#notification(read.method, read.params);
      deliver(null);
    }
  }

  #notification(method: string, params: unknown): void {
    if (method === 'exit') this.#options.onExit();
    else if (method === '$/cancelRequest') {
      const parsed = CancelParams.safeParse(params);
      if (!parsed.success) return; // A notification cannot be answered.
      const reason = new LcadError('REQUEST_CANCELLED', 'The client cancelled the request.');
      this.#open.get(parsed.data.id)?.abort(reason);
    } else if (this.#stage === 'open') this.#options.onNotification(method, params);
  }

  /** Why a request is not run now, if it is not. */
  #refusal(request: CheckedRequest): LcadError | undefined {
    const { id, method } = request;
    const { limits } = this.#options;
    if (this.#stopping) return new LcadError('SHUTTING_DOWN', 'The daemon is shutting down.');
    if (this.#open.has(id)) {
      return new LcadError(
        'INVALID_REQUEST',
        `Another request with the id ${JSON.stringify(id)} is under way.`,
        {
          next: 'Give every request of a connection an id of its own.',
        },
      );
    }
    if (Object.hasOwn(clientNotifications, method)) {
      return new LcadError('METHOD_NOT_FOUND', `${method} is a notification.`, {
        next: 'Send it without an id.',
      });
    }
    if (method === 'initialize' && this.#stage !== 'new') {
      return new LcadError('INVALID_REQUEST', 'The connection is initialized already.', {
        next: 'Send `initialize` once per connection.',
      });
    }
    if (this.#stage === 'new' && method !== 'initialize' && method !== 'rpc.discover') {
      return new LcadError('NOT_INITIALIZED', `${method} came before initialize.`);
    }
    if (this.#stage === 'shutDown') {
      return new LcadError('INVALID_REQUEST', `${method} came after shutdown.`, {
        next: 'Send `exit`, and connect again for more.',
      });
    }
    if (this.#running < limits.inFlight) return undefined;
    return new LcadError('TOO_MANY_REQUESTS', `${this.#running} requests of this connection are under way.`, {
      details: { limit: limits.inFlight },
    });
  }

  #start(request: CheckedRequest, deliver: Deliver): void {
    const { id } = request;
    const { dispatch, contextOf, onRequestDone } = this.#options;
    const controller = new AbortController();
    const { signal } = controller;
    const started = onRequestDone ? performance.now() : 0;
    this.#open.set(id, controller);
    this.#running++;
    const finish = (response: JSONRPCResponse): void => {
      if (this.#open.get(id) !== controller) return;
      this.#open.delete(id);
      if (onRequestDone && Object.hasOwn(requests, request.method)) {
        onRequestDone(request.method as RequestMethod, performance.now() - started, !response.error);
      }
      deliver(response);
    };
    signal.addEventListener('abort', () => finish(errorReply(id, signal.reason)), { once: true });
    const scope = { context: contextOf(signal, request.method), session: this.#control };
    void dispatch(request, scope).then((response) => {
      this.#running--;
      finish(response);
    });
  }

  readonly #control = {
    opened: (clientCapabilities: Readonly<Record<string, unknown>>) => {
      this.#stage = 'open';
      this.#clientCapabilities = clientCapabilities;
    },
    shutDown: () => {
      this.#stage = 'shutDown';
    },
  };

  #reportIdle(): void {
    if (this.idle) this.#options.onIdle();
  }
}

type Read =
  | { is: 'request'; request: CheckedRequest }
  | { is: 'notification'; method: string; params: unknown }
  | { is: 'response' } // The daemon sends no requests, so that there is nothing this could answer.
  | { is: 'invalid'; id: RequestId | null; error: LcadError };

const longestId = 256;

/** Tells the kinds of messages apart. */
function readMessage(message: unknown): Read {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) {
    return invalid(null, 'The message is not an object.');
  }
  const { jsonrpc, id, method, params, result, error } = message as Record<string, unknown>;
  const validId = (typeof id === 'string' && id.length <= longestId) || Number.isSafeInteger(id);
  const replyId = validId ? (id as RequestId) : null;
  if (jsonrpc !== '2.0') return invalid(replyId, 'The message lacks "jsonrpc": "2.0".');
  if (method === undefined && (result !== undefined || error !== undefined)) return { is: 'response' };
  if (typeof method !== 'string') return invalid(replyId, 'The message has no "method".');
  if (id === undefined) return { is: 'notification', method, params };
  if (replyId === null)
    return invalid(null, `The id is neither an integer nor a string of up to ${longestId} characters.`);
  return { is: 'request', request: { jsonrpc: '2.0', id: replyId, method, params } };
}

function invalid(id: RequestId | null, message: string): Read {
  return { is: 'invalid', id, error: new LcadError('INVALID_REQUEST', message) };
}
