import type { Socket } from 'node:net';
import type { JSONRPCResponse } from 'json-rpc-2.0';
import type { ProgressToken } from '../../protocol/common.js';
import type { CompletionFeedbackParams } from '../../protocol/complete.js';
import { type Decoded, encodeMessage, MessageDecoder } from '../../protocol/framing.js';
import type { RpcLimits } from '../../protocol/limits.js';
import type { ProgressValue, serverNotifications } from '../../protocol/methods.js';
import { LcadError } from '../../shared/errors.js';
import { orAborted } from '../or-aborted.js';
import type { ClientOverlay } from '../overlay/client-overlay.js';
import type { RequestContext, SendProgress } from './contract.js';
import type { Dispatch } from './dispatch.js';
import { onNotification } from './notifications.js';
import type { RpcServerOptions } from './options.js';
import { Outbox } from './outbox.js';
import { checkNotification, checkProgress } from './own-values.js';
import { Session } from './session.js';
import { errorReply } from './wire-errors.js';

/** Reading pauses while this share of the backlog waits to be read; it resumes when the client has read. */
const pauseShare = 1 / 16;
/** Notifications are dropped, rather than the client, past this share of the backlog. */
const notifyShare = 1 / 4;
/** Time between looks whether a client that has closed its sending side is still there (ms). */
const probeMs = 250;
/** LSP's MessageType. */
const warning = 2;

export interface ConnectionOptions {
  readonly id: string;
  readonly socket: Socket;
  readonly limits: RpcLimits;
  readonly dispatch: Dispatch;
  readonly server: RpcServerOptions;
  /** The connection has ended and holds nothing any more. */
  readonly onEnd: (connection: Connection) => void;
}

/**
 * One client: bytes in, bytes out, and the ways to end. It ends
 * - in order (`exit`, the client closes its sending side, the daemon drains): open requests are answered first;
 * - after an error reply, when what the client sends cannot be understood;
 * - at once, when the client is gone or does not read: work under way is aborted.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #socket: Socket;
  readonly #decoder: MessageDecoder;
  readonly #outbox: Outbox;
  readonly #session: Session;
  readonly #overlay: ClientOverlay;
  readonly #closeCallbacks = new Set<() => void>();
  #handshake: NodeJS.Timeout | undefined;
  #linger: NodeJS.Timeout | undefined;
  #probe: NodeJS.Timeout | undefined;
  /** No more is read; the connection closes when the open requests are answered. */
  #finishing = false;
  /** As `#finishing`, but what is read is still answered, with a refusal. */
  #draining = false;
  /** Nothing more is sent. */
  #closing = false;
  #ended = false;

  constructor(options: ConnectionOptions) {
    const { socket, limits, dispatch, server } = options;
    this.#options = options;
    this.#socket = socket;
    this.#decoder = new MessageDecoder(limits);
    this.#outbox = new Outbox(socket, {
      backlogBytes: limits.backlogBytes,
      drainMs: limits.drainMs,
      onStalled: (reason) => this.#drop(`the client does not read: ${reason}`),
      onProgress: () => this.#resume(),
    });
    this.#overlay = server.overlays.open((message) =>
      this.#notify('window/logMessage', { type: warning, message }),
    );
    this.#session = new Session({
      limits,
      dispatch,
      contextOf: (signal, method) => this.#context(signal, method),
      onNotification: (method, params) =>
        onNotification(
          { method, params },
          { overlay: this.#overlay, log: server.log, feedback: (told) => this.#feedback(told) },
        ),
      send: (message) => this.#sendReply(message),
      onExit: () => this.finish(),
      onIdle: () => this.#closeIfFinished(),
      onRequestDone: server.onRequestDone,
    });
    this.#handshake = setTimeout(() => this.#handshakeLate(), limits.handshakeMs);
    // Otherwise a client that closes its sending side, as `nc -N` and socat do, would lose its replies.
    socket.allowHalfOpen = true;
    socket.on('data', (bytes) => this.#receive(bytes));
    socket.on('end', () => this.#peerEnded());
    socket.on('error', (error) => server.log.debug({ connection: options.id, err: error }, 'socket error'));
    socket.on('close', () => this.#closed());
  }

  /** Stops reading, answers what is under way, then closes. */
  finish(): void {
    this.#finishing = true;
    this.#closeIfFinished();
  }

  /** As `finish`, but requests that still arrive meanwhile are refused with SHUTTING_DOWN. */
  drain(): void {
    this.#session.stopAccepting();
    this.#draining = true;
    this.#closeIfFinished();
  }

  /** Aborts the work under way; each request is answered with the reason. */
  abort(reason: LcadError): void {
    this.#session.abortAll(reason);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #receive(bytes: Buffer): void {
    if (this.#finishing || this.#closing) return;
    this.#take(this.#decoder.push(bytes));
  }

  #take(decoded: Decoded[]): void {
    for (const one of decoded) {
      if (this.#finishing || this.#closing) return;
      if (one.ok) this.#session.receive(one.message);
      else this.#undecodable(one.error, one.fatal);
    }
    if (this.#session.initialized) clearTimeout(this.#handshake);
  }

  /** A client that has not yet said anything sensible is not worth listening to; a known one may go on. */
  #undecodable(error: LcadError, fatal: boolean): void {
    this.#sendReply(errorReply(null, error));
    if (fatal || !this.#session.initialized) this.finish();
  }

  #handshakeLate(): void {
    const text = `There was no initialize within ${this.#options.limits.handshakeMs} ms.`;
    this.#sendReply(errorReply(null, new LcadError('NOT_INITIALIZED', text)));
    this.#close();
  }

  #peerEnded(): void {
    if (!this.#finishing && !this.#closing) this.#take(this.#decoder.end());
    this.finish();
    if (!this.#closing) this.#probe = setInterval(() => this.#probePeer(), probeMs);
    this.#probePeer();
  }

  /**
   * The end of the client's bytes does not tell a closed sending side from a client that is gone. An empty write
   * does: on a Unix socket it fails with EPIPE once the other end is closed, and is invisible otherwise.
   */
  #probePeer(): void {
    if (this.#outbox.waiting === 0 && !this.#socket.writableEnded) this.#socket.write(Buffer.alloc(0));
  }

  #sendReply(message: JSONRPCResponse | JSONRPCResponse[]): void {
    if (this.#closing || this.#ended) return;
    this.#send(this.#encodeReply(message));
  }

  #send(bytes: Buffer): void {
    this.#outbox.send(bytes);
    if (this.#outbox.waiting > this.#options.limits.backlogBytes * pauseShare) this.#socket.pause();
  }

  #resume(): void {
    const low = this.#outbox.waiting <= this.#options.limits.backlogBytes * pauseShare;
    if (low && this.#socket.isPaused()) this.#socket.resume();
  }

  #encodeReply(message: JSONRPCResponse | JSONRPCResponse[]): Buffer {
    const framing = this.#decoder.framing ?? 'lines';
    const { limits, server } = this.#options;
    const id = Array.isArray(message) ? null : message.id;
    try {
      const bytes = encodeMessage(message, framing);
      if (bytes.length <= limits.backlogBytes) return bytes;
      const text = `The reply has ${bytes.length} bytes, more than ${limits.backlogBytes}.`;
      const error = new LcadError('MESSAGE_TOO_LARGE', text, { next: 'Ask for fewer or shorter results.' });
      return encodeMessage(errorReply(id, error), framing);
    } catch (error) {
      server.log.error({ err: error }, 'a reply cannot be written as JSON');
      const text = 'Something unexpected went wrong in the daemon.';
      return encodeMessage(errorReply(id, new LcadError('INTERNAL_ERROR', text)), framing);
    }
  }

  #context(signal: AbortSignal, method: string): RequestContext {
    return {
      signal,
      connection: this.#options.id,
      overlay: this.#overlay,
      unsavedElsewhere: (path) => this.#options.server.overlays.unsavedBesides(this.#overlay, path),
      clientCapabilities: this.#session.clientCapabilities,
      notify: (name, params) => this.#notify(name, params),
      progress: (token) =>
        token === undefined ? () => undefined : (value) => this.#progress({ token, value }, method, signal),
      onClose: (callback) => {
        if (this.#ended) this.#runCallback(callback);
        else this.#closeCallbacks.add(callback);
      },
    };
  }

  #notify(method: keyof typeof serverNotifications, params: unknown): boolean {
    const { limits, server, id } = this.#options;
    if (this.#closing || this.#ended) return false;
    if (server.validateResults) checkNotification(method, params);
    const bytes = encodeMessage({ jsonrpc: '2.0', method, params }, this.#decoder.framing ?? 'lines');
    if (this.#outbox.waiting + bytes.length > limits.backlogBytes * notifyShare) {
      server.log.warn({ connection: id, method }, 'a notification was dropped: the client reads too slowly');
      return false;
    }
    this.#send(bytes);
    return true;
  }

  #progress(
    params: { token: ProgressToken; value: ProgressValue },
    method: string,
    signal: AbortSignal,
  ): ReturnType<SendProgress> {
    if (this.#closing || this.#ended || signal.aborted) return undefined;
    if (this.#options.server.validateResults) checkProgress(method, params.value);
    const message = { jsonrpc: '2.0', method: '$/progress', params };
    const read = this.#outbox.stream(encodeMessage(message, this.#decoder.framing ?? 'lines'));
    // Whoever ended the request knows of it; what is written for it need not wait.
    return read && orAborted(read, signal).catch(() => undefined);
  }

  #feedback(params: CompletionFeedbackParams): void {
    this.#options.server.onFeedback?.(params, { id: this.#options.id, overlay: this.#overlay });
  }

  #closeIfFinished(): void {
    if ((this.#finishing || this.#draining) && this.#session.idle) this.#close();
  }

  /**
   * Sends what waits, closes the sending side, and gives the client a moment to close its own: closing a socket with
   * unread bytes would make the client's writes fail before it has read the last reply.
   */
  #close(): void {
    if (this.#closing) return;
    this.#closing = true;
    clearInterval(this.#probe);
    clearTimeout(this.#handshake);
    this.#session.abortAll(new LcadError('CONNECTION_LOST', 'The connection was closed.'));
    this.#outbox.whenFlushed(() => {
      this.#socket.resume();
      this.#socket.end();
      this.#linger = setTimeout(() => this.#socket.destroy(), this.#options.limits.lingerMs);
    });
  }

  #drop(reason: string): void {
    this.#options.server.log.warn({ connection: this.#options.id, reason }, 'connection dropped');
    this.#socket.destroy();
  }

  #closed(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#handshake);
    clearTimeout(this.#linger);
    clearInterval(this.#probe);
    this.#outbox.discard();
    this.#overlay.end();
    this.#session.abortAll(new LcadError('CONNECTION_LOST', 'The client has gone.'));
    for (const callback of this.#closeCallbacks) this.#runCallback(callback);
    this.#closeCallbacks.clear();
    this.#options.onEnd(this);
  }

  #runCallback(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.#options.server.log.error({ err: error }, 'a close callback failed');
    }
  }
}
