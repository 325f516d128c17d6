import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the server does with a request instead of answering it. */
export type Fault =
  | { kind: 'status'; status: number; body?: string; headers?: Record<string, string> }
  | { kind: 'hang' }
  | { kind: 'die' }
  | { kind: 'garbage'; body: string; contentType?: string };

export interface ReceivedRequest {
  path: string;
  body: { model?: string; input?: string[]; dimensions?: number; keep_alive?: string; truncate?: boolean };
  authorization: string | undefined;
}

/**
 * A small HTTP server that speaks the embedding protocols of Ollama (`POST /api/embed`) and of OpenAI
 * (`POST /v1/embeddings`) as they are documented. Its vectors are made from the text, so that equal texts have equal
 * vectors. Faults are played in turn before it answers properly again.
 */
export class EmbeddingServer {
  readonly requests: ReceivedRequest[] = [];
  readonly faults: Fault[] = [];
  readonly models = new Map<string, number>();
  /** Texts longer than this are refused with 400, as by servers that do not truncate. */
  longestText = Number.POSITIVE_INFINITY;
  open = 0;
  mostOpen = 0;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(models: Record<string, number>, port = 0): Promise<EmbeddingServer> {
    const server = createServer();
    const self = new EmbeddingServer(server);
    for (const [name, dimensions] of Object.entries(models)) self.models.set(name, dimensions);
    server.on('request', (request, response) => void self.#serve(request, response));
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return self;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.open++;
    this.mostOpen = Math.max(this.mostOpen, this.open);
    response.once('close', () => this.open--);
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = JSON.parse(Buffer.concat(parts).toString('utf8')) as ReceivedRequest['body'];
    const path = request.url ?? '';
    this.requests.push({ path, body, authorization: request.headers.authorization });
    const fault = this.faults.shift();
    if (fault) return this.#play(fault, response);
    const dimensions = this.models.get(body.model ?? '');
    if (dimensions === undefined) return notFound(path, body.model ?? '', response);
    const texts = body.input ?? [];
    if (texts.some((text) => text.length > this.longestText)) return tooLong(path, response);
    const vectors = texts.map((text) => vectorOf(text, Math.min(body.dimensions ?? dimensions, dimensions)));
    if (path === '/api/embed')
      send(response, 200, { model: body.model, embeddings: vectors, total_duration: 1 });
    else if (path === '/v1/embeddings') send(response, 200, openaiReply(body.model ?? '', vectors));
    else send(response, 404, { error: 'not found' });
  }

  #play(fault: Fault, response: ServerResponse): void {
    if (fault.kind === 'hang') return;
    if (fault.kind === 'die') {
      response.socket?.destroy();
    } else if (fault.kind === 'garbage') {
      response.writeHead(200, { 'content-type': fault.contentType ?? 'application/json' }).end(fault.body);
    } else {
      response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
      response.end(fault.body ?? JSON.stringify({ error: `status ${fault.status}` }));
    }
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}

function notFound(path: string, model: string, response: ServerResponse): void {
  if (path === '/api/embed')
    send(response, 404, { error: `model "${model}" not found, try pulling it first` });
  else
    send(response, 404, {
      error: { message: `The model '${model}' does not exist`, code: 'model_not_found' },
    });
}

function tooLong(path: string, response: ServerResponse): void {
  const message = 'input length exceeds the context length';
  send(
    response,
    400,
    path === '/api/embed' ? { error: message } : { error: { message, type: 'invalid_request_error' } },
  );
}

/** Out of order on purpose: clients must go by `index`. */
function openaiReply(model: string, vectors: number[][]): unknown {
  const data = vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })).reverse();
  return { object: 'list', data, model, usage: { prompt_tokens: 1, total_tokens: 1 } };
}

/** Words that occur in a text push its vector in directions of their own. */
function vectorOf(text: string, dimensions: number): number[] {
  const vector = new Array<number>(dimensions).fill(0.001);
  for (const word of text.toLowerCase().match(/[a-z]+/g) ?? []) {
    const at = createHash('md5').update(word).digest().readUInt16LE(0) % dimensions;
    vector[at] = (vector[at] ?? 0) + 1;
  }
  return vector;
}
