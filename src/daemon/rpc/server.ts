import type { Server, Socket } from 'node:net';
import { encodeMessage } from '../../protocol/framing.js';
import { defaultLimits, type RpcLimits } from '../../protocol/limits.js';
import { LcadError } from '../../shared/errors.js';
import { Connection } from './connection.js';
import { createDispatch, type Dispatch } from './dispatch.js';
import type { RpcLog, RpcServerOptions } from './options.js';
import { errorReply } from './wire-errors.js';

/** Time after the deadline of `close` in which aborted requests are answered before sockets are cut (ms). */
const cutMs = 1000;

/**
 * Serves the protocol to the clients of any number of listening servers. Making and removing the socket file, its
 * permissions and the instance lock are its owner's.
 */
export class RpcServer {
  readonly #options: RpcServerOptions;
  readonly #limits: RpcLimits;
  readonly #log: RpcLog;
  readonly #dispatch: Dispatch;
  readonly #connections = new Set<Connection>();
  readonly #listeners = new Set<Server>();
  readonly #onSocket = (socket: Socket): void => this.accept(socket);
  #whenEmpty: (() => void) | undefined;
  #closed: Promise<void> | undefined;
  #count = 0;

  constructor(options: RpcServerOptions) {
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#log = options.log ?? (() => undefined);
    this.#dispatch = createDispatch(options, this.#limits, this.#log);
  }

  /** Open connections. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Serves every connection of a listening server (by path or by inherited descriptor) until `close`. */
  attach(server: Server): void {
    this.#listeners.add(server);
    server.on('connection', this.#onSocket);
  }

  /** Serves one connected socket. */
  accept(socket: Socket): void {
    if (this.#closed) {
      this.#refuse(socket, new LcadError('SHUTTING_DOWN', 'The daemon is shutting down.'));
      return;
    }
    if (this.#connections.size >= this.#limits.connections) {
      this.#log('warn', 'connection refused: too many are open', { open: this.#connections.size });
      const text = `${this.#connections.size} connections are open, as many as the daemon allows.`;
      this.#refuse(socket, new LcadError('BUSY', text, { next: 'Close clients that are not needed.' }));
      return;
    }
    const connection = new Connection({
      id: `c${++this.#count}`,
      socket,
      limits: this.#limits,
      dispatch: this.#dispatch,
      log: this.#log,
      server: this.#options,
      onEnd: (ended) => this.#ended(ended),
    });
    this.#connections.add(connection);
  }

  /**
   * Stops accepting, refuses new requests, and closes each connection once its open requests are answered. Past
   * `deadlineMs` what is still under way is aborted and answered with SHUTTING_DOWN; a client that does not take its
   * replies is cut off a second later. Resolves when no connection is left.
   */
  close(deadlineMs: number): Promise<void> {
    this.#closed ??= this.#close(deadlineMs);
    return this.#closed;
  }

  async #close(deadlineMs: number): Promise<void> {
    for (const server of this.#listeners) if (server.listening) server.close();
    const empty = new Promise<void>((resolve) => {
      this.#whenEmpty = resolve;
    });
    for (const connection of [...this.#connections]) connection.drain();
    if (this.#connections.size > 0) await this.#emptied(empty, deadlineMs);
    for (const server of this.#listeners) server.off('connection', this.#onSocket);
    this.#listeners.clear();
  }

  async #emptied(empty: Promise<void>, deadlineMs: number): Promise<void> {
    const abort = setTimeout(() => {
      const reason = new LcadError('SHUTTING_DOWN', 'The daemon is shutting down.');
      for (const connection of [...this.#connections]) connection.abort(reason);
    }, deadlineMs);
    const cut = setTimeout(() => {
      for (const connection of [...this.#connections]) connection.destroy();
    }, deadlineMs + cutMs);
    await empty;
    clearTimeout(abort);
    clearTimeout(cut);
  }

  #ended(connection: Connection): void {
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#whenEmpty?.();
  }

  /** The client has not said which framing it speaks; a line is readable in a terminal too. */
  #refuse(socket: Socket, error: LcadError): void {
    socket.on('error', (cause) => this.#log('debug', 'socket error', { error: cause }));
    const cut = setTimeout(() => socket.destroy(), this.#limits.lingerMs);
    socket.on('close', () => clearTimeout(cut));
    socket.resume();
    socket.end(encodeMessage(errorReply(null, error), 'lines'));
  }
}
