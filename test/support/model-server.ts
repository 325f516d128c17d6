import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, gone, Out, paused, speak } from './model-faults.js';
import type { Reply, RequestBody, SeenRequest, ServerKind, ServerModel } from './model-protocol.js';
import { protocolOf } from './model-protocols.js';

export type { Fault } from './model-faults.js';
export type { Reply, RequestBody, SeenRequest, ServerKind, ServerModel } from './model-protocol.js';

/** A reply, a list of tokens, or what makes one of a request. May be async: the headers are sent when it is there. */
export type ReplyMaker =
  | Reply
  | readonly string[]
  | ((body: RequestBody, path: string) => Reply | readonly string[] | Promise<Reply | readonly string[]>);

export interface ModelServerOptions {
  readonly kind: ServerKind;
  /** Default: one model "test-coder" that chats, infills and calls tools, loaded, of 8192 tokens of context. */
  readonly models?: readonly ServerModel[];
  /** The answer to each generation that no `answer` was queued for; default: the token "ok". */
  readonly reply?: ReplyMaker;
  /** For llama-server: slots that `/props` and `/slots` tell of; default 2. Not enforced. */
  readonly slots?: number;
  /** Numbers of each embedding; default 8. */
  readonly dimensions?: number;
  readonly port?: number;
}

/**
 * A real HTTP server that speaks the protocol of Ollama, of OpenAI-compatible servers or of llama-server, with faults on
 * demand. `answer()` and `fault()` queue what the next generations get, one each, in the order in which they arrive;
 * other endpoints (lists, properties, embeddings) are always answered, unless `failAll` says otherwise.
 *
 *     const server = await ModelServer.start({ kind: 'ollama', reply: ['Hel', 'lo'] });
 *     server.fault({ is: 'hang-after', tokens: 1 });
 *     …{ kind: 'ollama', url: server.url }…
 *     await server.close();
 */
export class ModelServer {
  readonly kind: ServerKind;
  /** Base url, without a slash at its end. */
  readonly url: string;
  readonly port: number;
  /** What `reply` said; may be replaced at any time. */
  reply: ReplyMaker;
  /** A fault for all requests from now on, other endpoints included; null for none. */
  failAll: Fault | null = null;
  /** All requests in the order in which they came. */
  readonly requests: SeenRequest[] = [];
  /** Generations that are being answered. */
  open = 0;
  /** Most that were at one time. */
  mostOpen = 0;
  /** Connections that were made. */
  connections = 0;
  readonly models: ServerModel[];
  readonly slots: number;
  readonly dimensions: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #answers: ReplyMaker[] = [];
  readonly #faults: (Fault | null)[] = [];
  readonly #protocol;
  readonly #waiting = new Set<() => void>();

  private constructor(server: Server, options: ModelServerOptions) {
    this.#server = server;
    this.kind = options.kind;
    this.reply = options.reply ?? ['ok'];
    this.models = [...(options.models ?? [{ name: 'test-coder' }])];
    this.slots = options.slots ?? 2;
    this.dimensions = options.dimensions ?? 8;
    this.port = (server.address() as AddressInfo).port;
    this.url = `http://127.0.0.1:${this.port}`;
    this.#protocol = protocolOf(options.kind);
    server.on('connection', (socket) => {
      this.connections++;
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.#sockets.delete(socket));
    });
    server.on('request', (request, response) => {
      this.#handle(request, response).catch(() => response.destroy());
    });
  }

  /** Starts a server on a free port of 127.0.0.1. */
  static async start(options: ModelServerOptions): Promise<ModelServer> {
    const server = createServer({ keepAliveTimeout: 60_000 });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    return new ModelServer(server, options);
  }

  /** The generations among the requests. */
  get generations(): SeenRequest[] {
    return this.requests.filter(({ path, body }) => this.#protocol.generates(path, body));
  }

  /** Queues what the next generation is answered. */
  answer(...replies: ReplyMaker[]): void {
    this.#answers.push(...replies);
  }

  /** Queues faults of the next generations; null: that one goes well. */
  fault(...faults: (Fault | null)[]): void {
    this.#faults.push(...faults);
  }

  /** Waits until `is` holds; looked at whenever something happens to a request. Fails after `ms` (default 30 s). */
  async until(is: (server: this) => boolean, ms = 30_000): Promise<void> {
    const deadline = performance.now() + ms;
    while (!is(this)) {
      const left = deadline - performance.now();
      if (left <= 0) throw new Error(`not seen by the model server in ${ms} ms`);
      await Promise.race([new Promise<void>((wake) => this.#waiting.add(wake)), sleep(Math.min(left, 20))]);
    }
  }

  /** Breaks all connections and stops listening. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const seen = this.#see(request, Buffer.concat(parts).toString('utf8'));
    response.on('error', () => {});
    response.on('close', () => {
      if (response.writableFinished) seen.endedAt = performance.now();
      else seen.abortedAt = performance.now();
      this.#wake();
    });
    const generates = this.#protocol.generates(seen.path, seen.body);
    const fault = (generates ? this.#faults.shift() : null) ?? this.failAll;
    if (generates) {
      this.open++;
      this.mostOpen = Math.max(this.mostOpen, this.open);
      response.on('close', () => {
        this.open--;
        this.#wake();
      });
    }
    this.#wake();
    if (fault && (await this.#failsAtOnce(fault, seen, response))) return;
    if (!generates) {
      const { status, body } = this.#protocol.other(seen, this);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
      return;
    }
    await this.#generate(seen, response, fault ?? null);
  }

  #see(request: IncomingMessage, text: string): SeenRequest {
    let body: RequestBody = {};
    try {
      body = text === '' ? {} : (JSON.parse(text) as RequestBody);
    } catch {
      // Kept as {}: the protocols answer it as a request without fields.
    }
    const seen: SeenRequest = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body,
      at: performance.now(),
      abortedAt: null,
      endedAt: null,
      sentTokens: 0,
      sentBytes: 0,
    };
    this.requests.push(seen);
    return seen;
  }

  async #failsAtOnce(fault: Fault, seen: SeenRequest, response: ServerResponse): Promise<boolean> {
    switch (fault.is) {
      case 'hang-before-headers':
        await gone(response);
        return true;
      case 'refuse-connection':
        response.socket?.resetAndDestroy();
        return true;
      case 'status': {
        const { status, message = 'it went wrong', headers } = fault;
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        response.end(JSON.stringify(this.#protocol.error(message, status)));
        seen.sentBytes = 1;
        return true;
      }
      default:
        return false;
    }
  }

  async #generate(seen: SeenRequest, response: ServerResponse, fault: Fault | null): Promise<void> {
    const unfit = this.#protocol.refuses(seen, this);
    if (unfit) {
      response.writeHead(unfit.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(unfit.body));
      return;
    }
    const reply = await this.#replyTo(seen);
    if (reply.firstTokenMs && !(await paused(response, reply.firstTokenMs))) return;
    const speech = this.#protocol.speech(seen, reply, this.models);
    const streams = seen.body.stream ?? this.#protocol.streamsByDefault;
    if (streams !== true) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(speech.whole()));
      return;
    }
    const type = fault?.is === 'content-type' ? (fault.type ?? 'text/html') : this.#protocol.streamType;
    response.writeHead(200, { 'content-type': type });
    response.flushHeaders();
    const out = new Out(response, seen, fault?.is === 'drip' ? fault : null, () => this.#wake());
    await speak(out, speech, { reply, fault });
  }

  async #replyTo(seen: SeenRequest): Promise<Reply> {
    const maker = this.#answers.shift() ?? this.reply;
    const made = typeof maker === 'function' ? await maker(seen.body, seen.path) : maker;
    return Array.isArray(made) ? { tokens: made } : (made as Reply);
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}
