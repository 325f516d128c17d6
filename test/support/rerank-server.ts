import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Flavour = 'jina' | 'llama' | 'tei' | 'openai' | 'ollama';

/** What the server does with a request instead of answering it. */
export type RerankFault =
  | { kind: 'hang' }
  /** Headers and the beginning of a body, and then nothing. */
  | { kind: 'stall' }
  | { kind: 'die' }
  /** A body without end. */
  | { kind: 'endless' }
  | { kind: 'reply'; status?: number; body: string; headers?: Record<string, string> };

interface Body {
  model?: string;
  query?: string;
  documents?: string[];
  texts?: string[];
  top_n?: number;
  return_documents?: boolean;
  truncate?: boolean;
  messages?: { role: string; content: string }[];
  stream?: boolean;
  options?: { num_ctx?: number };
}

/**
 * A small HTTP server that speaks one of the reranking and chat protocols as documented: Jina's `/v1/rerank`,
 * llama-server's (Jina's format and TEI's, on four paths), Text Embeddings Inference's `/rerank`, OpenAI's
 * `/v1/chat/completions`, Ollama's `/api/chat`. The score of a text is the number of words it shares with the query.
 * Faults are played in turn before it answers properly again.
 */
export class RerankServer {
  readonly requests: { path: string; body: Body; authorization: string | undefined }[] = [];
  readonly faults: RerankFault[] = [];
  /** What a chat model answers; it sees its last message. */
  answer: (prompt: string) => string = () => '';
  /** Bytes sent of endless bodies. */
  endlessBytes = 0;
  readonly #server: Server;
  readonly #flavour: Flavour;

  private constructor(server: Server, flavour: Flavour) {
    this.#server = server;
    this.#flavour = flavour;
  }

  static async start(flavour: Flavour): Promise<RerankServer> {
    const server = createServer();
    const self = new RerankServer(server, flavour);
    server.on('request', (request, response) => void self.#serve(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return self;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = JSON.parse(Buffer.concat(parts).toString('utf8')) as Body;
    const path = request.url ?? '';
    this.requests.push({ path, body, authorization: request.headers.authorization });
    const fault = this.faults.shift();
    if (fault) return this.#play(fault, response);
    const [status, reply] = this.#reply(path, body);
    send(response, status, reply);
  }

  #reply(path: string, body: Body): [status: number, body: unknown] {
    switch (this.#flavour) {
      case 'jina':
        return path === '/v1/rerank' ? jina(body) : [404, { detail: 'Not Found' }];
      case 'llama':
        return /^(\/v1)?\/rerank(ing)?$/.test(path) ? llama(body) : [404, llamaError(404, 'File Not Found')];
      case 'tei':
        return path === '/rerank' ? tei(body) : [404, ''];
      case 'openai':
        return path === '/v1/chat/completions' ? [200, this.#openai(body)] : [404, { detail: 'Not Found' }];
      case 'ollama':
        return path === '/api/chat' ? [200, this.#ollama(body)] : [404, '404 page not found'];
    }
  }

  #openai({ model, messages = [] }: Body): unknown {
    const message = { role: 'assistant', content: this.answer(messages.at(-1)?.content ?? '') };
    return {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1,
      model,
      choices: [{ index: 0, message, finish_reason: 'stop' }],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    };
  }

  #ollama({ model, messages = [] }: Body): unknown {
    const message = { role: 'assistant', content: this.answer(messages.at(-1)?.content ?? '') };
    return { model, created_at: '2024-01-01T00:00:00Z', message, done: true, done_reason: 'stop' };
  }

  #play(fault: RerankFault, response: ServerResponse): void {
    switch (fault.kind) {
      case 'hang':
        return;
      case 'die':
        response.socket?.destroy();
        return;
      case 'stall':
        response.writeHead(200, { 'content-type': 'application/json' }).write('{"results": [');
        return;
      case 'endless':
        response.writeHead(200, { 'content-type': 'application/json' }).write('{"results": [');
        this.#pour(response);
        return;
      case 'reply':
        response.writeHead(fault.status ?? 200, { 'content-type': 'application/json', ...fault.headers });
        response.end(fault.body);
    }
  }

  #pour(response: ServerResponse): void {
    const part = ' '.repeat(64 * 1024);
    while (!response.destroyed && !response.closed) {
      this.endlessBytes += part.length;
      if (!response.write(part)) {
        response.once('drain', () => this.#pour(response));
        return;
      }
    }
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
  response.writeHead(status, { 'content-type': type }).end(text);
}

function ranked(query: string, texts: readonly string[]): { index: number; score: number }[] {
  const words = new Set(query.toLowerCase().match(/\w+/g));
  const scoreOf = (text: string) =>
    (text.toLowerCase().match(/\w+/g) ?? []).filter((word) => words.has(word)).length;
  return texts.map((text, index) => ({ index, score: scoreOf(text) })).sort((a, b) => b.score - a.score);
}

function jina({ model, query, documents, top_n, return_documents = true }: Body): [number, unknown] {
  if (model === undefined || query === undefined || documents === undefined) {
    return [422, { detail: [{ loc: ['body'], msg: 'field required', type: 'value_error.missing' }] }];
  }
  const results = ranked(query, documents)
    .slice(0, top_n)
    .map(({ index, score }) => ({
      index,
      relevance_score: score,
      ...(return_documents ? { document: { text: documents[index] } } : {}),
    }));
  return [200, { model, object: 'list', usage: { total_tokens: 1 }, results }];
}

function llamaError(code: number, message: string): unknown {
  return { error: { code, message, type: 'invalid_request_error' } };
}

/** As llama-server: TEI's reply if the request has `texts`, else Jina's. */
function llama({ model, query, documents, texts, top_n }: Body): [number, unknown] {
  const all = documents ?? texts ?? [];
  if (query === undefined) return [400, llamaError(400, '"query" must be provided')];
  if (all.length === 0) return [400, llamaError(400, '"documents" must be a non-empty string array')];
  const ranks = ranked(query, all).slice(0, top_n ?? all.length);
  if (texts) return [200, ranks];
  const results = ranks.map(({ index, score }) => ({ index, relevance_score: score }));
  return [
    200,
    { model: model ?? 'm', object: 'list', usage: { prompt_tokens: 1, total_tokens: 1 }, results },
  ];
}

const teiLongestBatch = 32;

function tei({ query, texts }: Body): [number, unknown] {
  if (query === undefined || texts === undefined) {
    return [422, 'Failed to deserialize the JSON body into the target type: missing field `texts`'];
  }
  if (texts.length > teiLongestBatch) {
    const error = `batch size ${texts.length} > maximum allowed batch size ${teiLongestBatch}`;
    return [413, { error, error_type: 'Validation' }];
  }
  return [200, ranked(query, texts)];
}
