import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../../src/daemon/log-contract.js';
import { Overlays, type OverlaysOptions } from '../../src/daemon/overlay/overlays.js';
import type { RequestContext } from '../../src/daemon/rpc/contract.js';
import type { DaemonHandlers, RpcServerOptions } from '../../src/daemon/rpc/options.js';
import { RpcServer } from '../../src/daemon/rpc/server.js';
import { requests } from '../../src/protocol/methods.js';
import type { SearchParams, SearchResult } from '../../src/protocol/search.js';
import { LcadError } from '../../src/shared/errors.js';
import { outlineBuffer } from '../../src/workers/outline-task.js';
import { ampleMs } from './chunks.js';

export type SearchHandler = (
  params: SearchParams,
  context: RequestContext,
) => Promise<SearchResult> | SearchResult;

/** A search result that fits the schema and carries a text. */
export function searchResult(note: string): SearchResult {
  return { hits: [], tried: { terms: [], vectors: 'off' }, notes: [note], freshness: [], tookMs: 0 };
}

/** Waits until the request is aborted, then rejects with the reason, as a handler should. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** Handlers whose `lcad/search` is the given function, or repeats the query; the others refuse. */
export function handlersWith(search: SearchHandler = ({ query }) => searchResult(query)): DaemonHandlers {
  const refuse = () => {
    throw new LcadError('BUSY', 'This server only searches.');
  };
  const refusing = Object.fromEntries(Object.keys(requests).map((method) => [method, refuse]));
  return {
    ...(refusing as unknown as DaemonHandlers),
    'lcad/search': search,
    'lcad/daemon/stop': () => ({ pid: process.pid }),
    'lcad/repos/list': () => ({ repos: [] }),
    'lcad/config/reload': () => ({ changed: [], restartNeeded: [] }),
    'lcad/index/subscribe': () => ({ subscription: 's' }),
    'lcad/index/unsubscribe': () => null,
  };
}

export interface TestServer {
  readonly rpc: RpcServer;
  readonly path: string;
  /** Lines of the log: level and message. */
  readonly logged: string[];
  connect(): Promise<Client>;
  close(): Promise<void>;
}

/** A real server on a real socket in a temporary folder. Results are validated. */
export async function startServer(options: Partial<RpcServerOptions> = {}): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'lcad-rpc-'));
  const path = join(folder, 's');
  const logged: string[] = [];
  const log = logInto(logged);
  const rpc = new RpcServer({
    handlers: handlersWith(),
    overlays: testOverlays(log),
    log,
    validateResults: true,
    ...options,
  });
  const server = createServer((socket) => rpc.accept(socket));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const clients: Client[] = [];
  return {
    rpc,
    path,
    logged,
    async connect() {
      const client = await Client.connect(path);
      clients.push(client);
      return client;
    },
    async close() {
      for (const client of clients) client.destroy();
      const closed = closeServer(server);
      await rpc.close(0);
      await closed;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Overlays whose outlines are made in this thread. */
export function testOverlays(log: Log, options: Partial<OverlaysOptions> = {}): Overlays {
  return new Overlays({
    makeOutline: (wanted) => outlineBuffer({ type: 'outline', ...wanted, parseDeadlineMs: ampleMs }),
    savedKey: () => undefined,
    log,
    ...options,
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function logInto(lines: string[]): Log {
  const at = (level: string) => (_details: Record<string, unknown>, message: string) =>
    void lines.push(`${level} ${message}`);
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** A JSON-RPC message as a client of any make may see it. */
export interface Message {
  id?: number | string | null;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown> | null;
  error?: { code: number; message: string; data: { kind: string; next: string; [detail: string]: unknown } };
}

export const initializeLine = '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{}}\n';

/** A client that sends any bytes and reads with a decoder of its own, so that the project's is not tested by itself. */
export class Client {
  readonly socket: Socket;
  readonly #messages: (Message | Message[])[] = [];
  readonly #waiting: (() => void)[] = [];
  #text = Buffer.alloc(0);
  ended = false;
  #readAll = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes) => {
      this.#text = Buffer.concat([this.#text, bytes]);
      this.#decode();
      this.#wake();
    });
    socket.on('error', () => this.#wake());
    socket.on('end', () => {
      this.#readAll = true;
      this.#wake();
    });
    socket.on('close', () => {
      this.ended = true;
      this.#wake();
    });
  }

  static connect(path: string): Promise<Client> {
    return new Promise((resolve, reject) => {
      const socket = connect({ path, allowHalfOpen: true });
      socket.once('error', reject);
      socket.once('connect', () => resolve(new Client(socket)));
    });
  }

  write(bytes: string | Uint8Array): void {
    this.socket.write(bytes);
  }

  /** Sends a message as a line. */
  send(message: object): void {
    this.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }

  async initialize(): Promise<void> {
    this.write(initializeLine);
    await this.next();
  }

  /** The next message or batch; rejects when the connection ends first. */
  async next(): Promise<Message | Message[]> {
    while (this.#messages.length === 0) {
      if (this.ended || this.#readAll) throw new Error('the connection ended');
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return this.#messages.shift() as Message | Message[];
  }

  /** The next message, which is not a batch. */
  async one(): Promise<Message> {
    const message = await this.next();
    if (Array.isArray(message)) throw new Error('a batch came');
    return message;
  }

  async whenEnded(): Promise<void> {
    this.socket.resume();
    this.socket.on('end', () => this.socket.end());
    if (this.socket.readableEnded) this.socket.end();
    while (!this.ended) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  destroy(): void {
    this.socket.destroy();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #decode(): void {
    for (;;) {
      const headers = /^Content-Length: (\d+)\r\n\r\n/.exec(this.#text.toString('latin1', 0, 64));
      const start = headers ? headers[0].length : 0;
      const end = headers ? start + Number(headers[1]) : this.#text.indexOf('\n');
      if (end === -1 || end > this.#text.length) return;
      const json = this.#text.toString('utf8', start, end);
      this.#text = this.#text.subarray(headers ? end : end + 1);
      this.#messages.push(JSON.parse(json));
    }
  }
}
