import { connect as connectSocket, type Socket } from 'node:net';
import { type Decoded, encodeMessage, MessageDecoder } from '../protocol/framing.js';
import type { InitializeResult } from '../protocol/lifecycle.js';
import type {
  ClientNotification,
  ClientNotificationParams,
  NotificationParams,
  Params,
  Progress,
  RequestMethod,
  Result,
  ServerNotification,
} from '../protocol/methods.js';
import { LcadError, messageOf, systemCode } from '../shared/errors.js';
import { productVersion, protocolVersion } from '../shared/versions.js';

/** Replies are trusted more than requests, and a daemon's largest is below this. */
const replyLimits = { messageBytes: 64 * 1024 * 1024, messageDepth: 256 };
const defaultRequestMs = 120_000;
const defaultOpenMs = 10_000;
/** Longer timers fire at once. */
const longestTimer = 2 ** 31 - 1;
/** Requests that may wait in this process for a free place on the connection. */
const mostWaiting = 10_000;

export interface OpenOptions {
  /** Longest wait for the connection and the reply to `initialize` (ms, default 10000). */
  deadlineMs?: number;
  /** How the client calls itself in the daemon's log. */
  clientInfo?: { name: string; version?: string };
  /** What the client can do, in LSP's form (ClientCapabilities). */
  capabilities?: Record<string, unknown>;
}

/** @typeParam P progress of the method */
export interface RequestOptions<P = unknown> {
  /** Aborting it cancels the request: the promise rejects with REQUEST_CANCELLED. */
  signal?: AbortSignal;
  /** Longest wait for the reply, or for the next progress (ms, default 120000; Infinity for none). */
  deadlineMs?: number;
  /** Asks for progress where the method has it. */
  onProgress?: (progress: P) => void;
}

interface Pending {
  settle: (outcome: { result: unknown } | { error: LcadError }) => void;
  progress: (value: unknown) => void;
}

interface Incoming {
  id?: unknown;
  method?: unknown;
  params?: unknown;
  result?: unknown;
  error?: { code: number; message: string; data?: unknown };
}

/** One initialized connection to the daemon. Requests may be sent at any time; replies come in any order. */
export class Connection {
  readonly #socket: Socket;
  readonly #decoder = new MessageDecoder(replyLimits);
  readonly #pending = new Map<number, Pending>();
  /** Sent and not answered, cancelled ones included: they take a place on the connection. */
  readonly #unanswered = new Set<number>();
  readonly #unsent = new Map<number, object>();
  readonly #listeners = new Map<string, Set<(params: unknown) => void>>();
  readonly #closeListeners = new Set<(reason: LcadError) => void>();
  #lost: LcadError | undefined;
  #lastId = 0;
  #server: InitializeResult | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => this.#take(this.#decoder.push(bytes)));
    socket.on('error', (error) =>
      this.#lose(lost(`The connection to the daemon broke: ${messageOf(error)}.`, error)),
    );
    socket.on('close', () => this.#lose(lost('The daemon closed the connection.')));
    if (socket.destroyed) this.#lose(lost('The connection was closed before its first request.'));
  }

  /**
   * Opens a session on a connected socket.
   *
   * @throws LcadError DAEMON_VERSION if the daemon speaks another protocol version, DEADLINE_EXCEEDED, CONNECTION_LOST,
   *   BUSY, SHUTTING_DOWN; the socket is closed then
   */
  static async open(socket: Socket, options: OpenOptions = {}): Promise<Connection> {
    const connection = new Connection(socket);
    const { deadlineMs = defaultOpenMs, clientInfo = { name: 'lcad', version: productVersion } } = options;
    const { capabilities = {} } = options;
    try {
      const params = { protocolVersion, processId: process.pid, clientInfo, capabilities };
      connection.#server = await connection.request('initialize', params, { deadlineMs });
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /**
   * Connects to a daemon's socket and opens a session; never starts a daemon.
   *
   * @throws LcadError DAEMON_NOT_RUNNING if nothing listens there; what `open` throws
   */
  static async connect(path: string, options: OpenOptions = {}): Promise<Connection> {
    return Connection.open(await connected(path), options);
  }

  /** The daemon's reply to `initialize`: versions, limits and process id. */
  get server(): InitializeResult {
    if (!this.#server) throw new LcadError('NOT_INITIALIZED', 'The connection is not open yet.');
    return this.#server;
  }

  /** Sends a request and waits for its result. @throws LcadError the daemon's, or CONNECTION_LOST and the like */
  request<M extends RequestMethod>(
    method: M,
    params: Params<M>,
    options?: RequestOptions<Progress<M>>,
  ): Promise<Result<M>> {
    // What the daemon sends is what the registry says.
    return this.call(method, params, options as RequestOptions) as Promise<Result<M>>;
  }

  /** As `request`, for a method whose name and params are known only at run time. */
  call(method: string, params: unknown, options: RequestOptions = {}): Promise<unknown> {
    const { signal, deadlineMs = defaultRequestMs, onProgress } = options;
    return new Promise((resolve, reject) => {
      if (this.#lost) return reject(this.#lost);
      if (signal?.aborted) return reject(cancelled(method));
      if (this.#unsent.size >= mostWaiting) {
        return reject(new LcadError('TOO_MANY_REQUESTS', `${mostWaiting} requests wait to be sent.`));
      }
      const id = ++this.#lastId;
      const giveUp = (error: LcadError) => this.#giveUp(id, error);
      const timer = deadline(deadlineMs, () => giveUp(late(method, deadlineMs)));
      const onAbort = () => giveUp(cancelled(method));
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#pending.set(id, {
        settle: (outcome) => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', onAbort);
          if ('error' in outcome) reject(outcome.error);
          else resolve(outcome.result);
        },
        progress: (value) => {
          timer?.refresh();
          if (onProgress) queueMicrotask(() => onProgress(value));
        },
      });
      const asked = onProgress ? { ...(params as object | undefined), progressToken: id } : params;
      this.#unsent.set(id, { jsonrpc: '2.0', id, method, params: asked });
      this.#sendWaiting();
    });
  }

  /**
   * Sends a notification, behind the requests that were made before: those do not see what it says.
   * @throws LcadError CONNECTION_LOST, TOO_MANY_REQUESTS
   */
  notify<N extends ClientNotification>(method: N, params: ClientNotificationParams<N>): void {
    if (this.#lost) throw this.#lost;
    if (this.#unsent.size >= mostWaiting)
      throw new LcadError('TOO_MANY_REQUESTS', `${mostWaiting} messages wait to be sent.`);
    this.#unsent.set(++this.#lastId, { jsonrpc: '2.0', method, params });
    this.#sendWaiting();
  }

  /** Listens to a notification of the daemon; returns what ends the listening. */
  on<N extends ServerNotification>(method: N, listener: (params: NotificationParams<N>) => void): () => void {
    const listeners = this.#listeners.get(method) ?? new Set();
    this.#listeners.set(method, listeners);
    const untyped = listener as (params: unknown) => void;
    listeners.add(untyped);
    return () => void listeners.delete(untyped);
  }

  /** Calls back once when the connection has ended, with the reason. */
  onClose(listener: (reason: LcadError) => void): void {
    if (this.#lost) listener(this.#lost);
    else this.#closeListeners.add(listener);
  }

  /** Ends the connection; requests under way reject with CONNECTION_LOST and the daemon drops their work. */
  close(): void {
    this.#lose(lost('The connection was closed by this client.'));
  }

  #sendWaiting(): void {
    const places = this.#server?.limits.inFlight ?? 1;
    for (const [id, message] of this.#unsent) {
      const isRequest = 'id' in message;
      if (isRequest && this.#unanswered.size >= places) return;
      this.#unsent.delete(id);
      if (isRequest) this.#unanswered.add(id);
      this.#socket.write(encodeMessage(message, 'lines'));
    }
  }

  #giveUp(id: number, error: LcadError): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    if (!this.#unsent.delete(id)) {
      this.#socket.write(
        encodeMessage({ jsonrpc: '2.0', method: '$/cancelRequest', params: { id } }, 'lines'),
      );
    }
    pending.settle({ error });
  }

  #take(decoded: Decoded[]): void {
    for (const one of decoded) {
      if (this.#lost) return;
      if (one.ok) this.#receive(one.message as Incoming);
      else this.#lose(lost(`The daemon sent what is no message: ${one.error.message}`, one.error));
    }
  }

  #receive(message: Incoming): void {
    if (typeof message.method === 'string') this.#notified(message.method, message.params);
    else if (typeof message.id === 'number') this.#answered(message.id, message);
    else if (message.error) this.#lose(LcadError.fromWire(message.error)); // The daemon refuses the connection.
  }

  #answered(id: number, message: Incoming): void {
    this.#unanswered.delete(id);
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.settle(
      message.error ? { error: LcadError.fromWire(message.error) } : { result: message.result },
    );
    this.#sendWaiting();
  }

  /** Listeners run on their own, so that one that throws does not break the reading of what follows. */
  #notified(method: string, params: unknown): void {
    if (method === '$/progress') {
      const { token, value } = params as NotificationParams<'$/progress'>;
      if (typeof token === 'number') this.#pending.get(token)?.progress(value);
    }
    for (const listener of this.#listeners.get(method) ?? []) queueMicrotask(() => listener(params));
  }

  #lose(reason: LcadError): void {
    if (this.#lost) return;
    this.#lost = reason;
    // Sends what is written and closes both sides: the daemon then knows that nobody waits any more.
    this.#socket.destroySoon();
    this.#unsent.clear();
    this.#unanswered.clear();
    for (const pending of this.#pending.values()) pending.settle({ error: reason });
    this.#pending.clear();
    for (const listener of this.#closeListeners) queueMicrotask(() => listener(reason));
    this.#closeListeners.clear();
  }
}

function connected(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket(path);
    const failed = (error: Error) => {
      const absent = systemCode(error) === 'ENOENT' || systemCode(error) === 'ECONNREFUSED';
      const text = `No connection to ${path}: ${messageOf(error)}.`;
      reject(new LcadError(absent ? 'DAEMON_NOT_RUNNING' : 'CONNECTION_LOST', text, { cause: error }));
    };
    socket.once('error', failed);
    socket.once('connect', () => {
      socket.off('error', failed);
      resolve(socket);
    });
  });
}

function deadline(ms: number, onLate: () => void): NodeJS.Timeout | undefined {
  return ms === Infinity ? undefined : setTimeout(onLate, Math.min(ms, longestTimer));
}

function late(method: string, ms: number): LcadError {
  return new LcadError('DEADLINE_EXCEEDED', `The daemon did not answer ${method} within ${ms} ms.`);
}

function cancelled(method: string): LcadError {
  return new LcadError('REQUEST_CANCELLED', `${method} was cancelled.`);
}

function lost(message: string, cause?: unknown): LcadError {
  return new LcadError('CONNECTION_LOST', message, cause === undefined ? {} : { cause });
}
