import type { Socket } from 'node:net';
import { encodeMessage } from '../../protocol/framing.js';
import { defaultLimits, type RpcLimits } from '../../protocol/limits.js';
import { LcadError } from '../../shared/errors.js';
import { Connection } from './connection.js';
import { createDispatch, type Dispatch } from './dispatch.js';
import type { RpcServerOptions } from './options.js';
import { errorReply } from './wire-errors.js';

/** Time after the deadline of `close` in which aborted requests are answered before sockets are cut (ms). */
const cutMs = 1000;

/**
 * Serves the protocol to every connection it is given. Listening, the socket file, its permissions and the instance
 * lock are the owner's.
 */
export class RpcServer {
  readonly #options: RpcServerOptions;
  readonly #limits: RpcLimits;
  readonly #dispatch: Dispatch;
  readonly #connections = new Set<Connection>();
  #whenEmpty: (() => void) | undefined;
  #closed: Promise<void> | undefined;
  #count = 0;

  constructor(options: RpcServerOptions) {
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#dispatch = createDispatch(options, this.#limits);
  }

  /** Open connections. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Serves one connection; the socket's listeners are added before this returns, so that nothing is missed. */
  accept(socket: Socket): void {
    if (socket.destroyed) return;
    if (this.#closed) {
      this.#refuse(socket, new LcadError('SHUTTING_DOWN', 'The daemon is shutting down.'));
      return;
    }
    if (this.#connections.size >= this.#limits.connections) {
      this.#options.log.warn({ open: this.#connections.size }, 'connection refused: too many are open');
      const text = `${this.#connections.size} connections are open, as many as the daemon allows.`;
      this.#refuse(socket, new LcadError('BUSY', text, { next: 'Close clients that are not needed.' }));
      return;
    }
    const connection = new Connection({
      id: `c${++this.#count}`,
      socket,
      limits: this.#limits,
      dispatch: this.#dispatch,
      server: this.#options,
      onEnd: (ended) => this.#ended(ended),
    });
    this.#connections.add(connection);
  }

  /**
   * Refuses new connections and requests, and closes each connection once its open requests are answered. Past
   * `deadlineMs` what is still under way is aborted and answered with SHUTTING_DOWN; a client that does not take its
   * replies is cut off a second later. Resolves when no connection is left.
   */
  close(deadlineMs: number): Promise<void> {
    this.#closed ??= this.#close(deadlineMs);
    return this.#closed;
  }

  async #close(deadlineMs: number): Promise<void> {
    const empty = new Promise<void>((resolve) => {
      this.#whenEmpty = resolve;
    });
    for (const connection of [...this.#connections]) connection.drain();
    if (this.#connections.size > 0) await this.#emptied(empty, deadlineMs);
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
    socket.on('error', (err) => this.#options.log.debug({ err }, 'socket error'));
    const cut = setTimeout(() => socket.destroy(), this.#limits.lingerMs);
    socket.on('close', () => clearTimeout(cut));
    socket.resume();
    socket.end(encodeMessage(errorReply(null, error), 'lines'));
  }
}
