import http from 'node:http';
import https from 'node:https';
import { urlToHttpOptions } from 'node:url';
import { LcadError } from '../../../shared/errors.js';
import { httpFailure } from '../../embed/http.js';
import { plainLine } from '../../plain-text.js';
import { Reply } from './reply.js';

/** Longest wait for an answer that is no generation (ms). */
const shortAnswerMs = 10_000;
/** Longest wait for the rest of an error's text (ms). */
const errorTextMs = 2_000;
/** Lists of models and templates take some 100 KB. */
const longestJson = 8 << 20;
const longestError = 64 << 10;

/** A model server and how to speak of it. */
export interface HttpServer {
  /** Base url without a slash at its end. */
  readonly base: string;
  /** "Ollama at http://…", for messages. */
  readonly what: string;
  readonly key: string | undefined;
  /** A better error for a refusal, if there is one; `model` is what was asked for. */
  explain?(status: number, detail: string, model: string): LcadError | null;
}

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
  /** For errors. */
  readonly model: string;
  readonly accept: string;
  readonly signal: AbortSignal;
}

/** A body that is JSON already. */
export class Payload {
  constructor(
    readonly text: string,
    readonly model: string,
  ) {}
}

/**
 * HTTP to one model server, by node:http with kept connections: fetch() costs some ten microseconds more for each
 * packet, and leaves open when the connection of an aborted request is closed.
 */
export class HttpClient {
  readonly server: HttpServer;
  readonly #agent: http.Agent;
  /** Where requests go: host, port and what the url says of a user. */
  readonly #address: Pick<http.RequestOptions, 'hostname' | 'port' | 'auth'>;
  /** Path of the base. */
  readonly #path: string;
  readonly #request: typeof http.request;

  constructor(server: HttpServer) {
    this.server = server;
    const secure = server.base.startsWith('https:');
    // The timeout closes connections that nobody uses; one with a request on it stays.
    const options = { keepAlive: true, maxFreeSockets: 16, timeout: 30_000 };
    this.#agent = secure ? new https.Agent(options) : new http.Agent(options);
    this.#request = secure ? https.request : http.request;
    const url = new URL(server.base);
    const { hostname, port, auth } = urlToHttpOptions(url);
    this.#address = { hostname, port, ...(auth ? { auth } : {}) };
    this.#path = url.pathname.replace(/\/+$/, '');
  }

  /**
   * Asks for JSON of bounded length, within ten seconds.
   * @throws PROVIDER_UNREACHABLE, PROVIDER_REFUSED, PROVIDER_BAD_REPLY, what `explain` makes of it, the signal's reason
   */
  async json(path: string, body: object | Payload | undefined, signal: AbortSignal): Promise<unknown> {
    const { what } = this.server;
    const late = AbortSignal.timeout(shortAnswerMs);
    try {
      const reply = await this.#send({
        ...posted(body),
        path,
        accept: 'application/json',
        signal: AbortSignal.any([signal, late]),
      });
      return parseJson(await reply.text(longestJson), what);
    } catch (error) {
      signal.throwIfAborted();
      if (!late.aborted) throw error;
      throw httpFailure(what, null, `no answer in ${shortAnswerMs} ms`, { cause: error });
    }
  }

  /**
   * Posts a request whose answer is a stream. Has no deadline of its own: the signal is to have one. The reply must be
   * ended by `finish` or `close`.
   * @param type the content type that the answer must have
   * @throws as `json`
   */
  async stream(path: string, body: object | Payload, type: string, signal: AbortSignal): Promise<Reply> {
    const reply = await this.#send({ ...posted(body), path, accept: type, signal });
    const got = reply.headers['content-type'] ?? '';
    if (got.toLowerCase().startsWith(type)) return reply;
    const said = type.endsWith('event-stream') && /json/i.test(got) ? await reply.start(longestError) : '';
    await reply.close();
    signal.throwIfAborted();
    throw new LcadError(
      'PROVIDER_BAD_REPLY',
      `${this.server.what} sent ${plainLine(got.slice(0, 100)) || 'no content type'} instead of ${type}` +
        `${said ? `: ${detailOf(said).slice(0, 300)}` : '.'}`,
    );
  }

  /** Closes the kept connections. */
  close(): void {
    this.#agent.destroy();
  }

  async #send(call: Call): Promise<Reply> {
    let reply: Reply;
    try {
      reply = await this.#once(call);
    } catch (error) {
      // The server closed a kept connection while the request was on its way: it has not seen it.
      if (!(error instanceof StaleConnection)) throw error;
      // Its other kept connections may be closed too.
      reply = await this.#once(call, false);
    }
    if (reply.status >= 200 && reply.status < 300) {
      const encoding = reply.headers['content-encoding'] ?? 'identity';
      if (encoding === 'identity') return reply;
      await reply.close();
      throw new LcadError('PROVIDER_BAD_REPLY', `${this.server.what} compressed its answer, unasked.`);
    }
    throw await this.#refusal(reply, call);
  }

  #once(call: Call, agent: http.Agent | false = this.#agent): Promise<Reply> {
    const { signal, body } = call;
    const { key, what } = this.server;
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const request = this.#request({
        ...this.#address,
        path: `${this.#path}${call.path}`,
        method: call.method,
        agent,
        headers: {
          accept: call.accept,
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
          ...(key ? { authorization: `Bearer ${key}` } : {}),
        },
      });
      const abort = (): void => void request.destroy();
      signal.addEventListener('abort', abort, { once: true });
      let failure: (Error & { code?: string }) | undefined;
      let answered = false;
      request.on('error', (error) => {
        failure = error;
      });
      const closed = new Promise<void>((done) => {
        request.once('close', () => {
          signal.removeEventListener('abort', abort);
          done();
          // An error, and its stack trace, that nobody would hear of.
          if (answered) return;
          if (signal.aborted) return reject(signal.reason);
          const stale = request.reusedSocket && /^(ECONNRESET|EPIPE)$/.test(failure?.code ?? '');
          if (stale) return reject(new StaleConnection());
          const detail = plainLine(failure?.code ?? failure?.message ?? 'the connection was closed');
          return reject(httpFailure(what, null, detail, { cause: failure }));
        });
      });
      request.once('response', (response) => {
        answered = true;
        resolve(new Reply({ request, response, closed, signal, what }));
      });
      request.end(body);
    });
  }

  async #refusal(reply: Reply, call: Call): Promise<LcadError> {
    const { what, explain } = this.server;
    const { status, headers } = reply;
    const late = setTimeout(() => void reply.close(), errorTextMs);
    const text = await reply.start(longestError).finally(() => clearTimeout(late));
    await reply.close();
    call.signal.throwIfAborted();
    if (status >= 300 && status < 400) {
      return httpFailure(what, status, 'redirects are not followed; give the url that it leads to');
    }
    const detail = detailOf(text);
    const better = explain?.(status, detail, call.model);
    if (better) return better;
    // "Not implemented" does not pass, unlike the other errors of a server.
    if (status === 501) {
      return new LcadError('PROVIDER_REFUSED', `${what} answered 501: ${detail.slice(0, 300)}`, {
        details: { status },
      });
    }
    return httpFailure(what, status, detail, { retryAfter: headers['retry-after'] ?? null });
  }
}

class StaleConnection extends Error {}

function posted(body: object | Payload | undefined): Pick<Call, 'method' | 'model' | 'body'> {
  if (body === undefined) return { method: 'GET', model: '' };
  if (body instanceof Payload) return { method: 'POST', body: body.text, model: body.model };
  const { model } = body as { model?: unknown };
  return { method: 'POST', body: JSON.stringify(body), model: typeof model === 'string' ? model : '' };
}

/** @throws PROVIDER_BAD_REPLY */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new LcadError('PROVIDER_BAD_REPLY', `${what} sent a reply that is not JSON.`, { cause: error });
  }
}

/** What a server says is wrong, in one line: `error.message`, `error`, `message` or `detail` of JSON, else the text. */
function detailOf(text: string): string {
  try {
    return saidIn(JSON.parse(text)) ?? plainLine(text);
  } catch {
    // A page or plain text: as it is.
    return plainLine(text);
  }
}

function saidIn(reply: unknown): string | null {
  const { error, message, detail } = (reply ?? {}) as Record<string, unknown>;
  const said = (error as { message?: unknown } | undefined)?.message ?? error ?? message ?? detail;
  if (said === undefined || said === null) return null;
  return plainLine(typeof said === 'string' ? said : JSON.stringify(said));
}

/**
 * The error that a message of a stream is, or null. Servers send `{"error": "…"}` or
 * `{"error": {"code": 500, "message": "…"}}` when they fail after the status was sent.
 */
export function errorInStream(message: unknown, what: string): LcadError | null {
  const { error, object } = (message ?? {}) as { error?: unknown; object?: unknown };
  if ((error === undefined || error === null) && object !== 'error') return null;
  const detail = (saidIn(message) ?? 'no reason given').slice(0, 300);
  const from = (typeof error === 'object' && error !== null ? error : message) as { code?: unknown };
  const status = Number(from.code);
  if (status >= 400 && status < 600 && status !== 501) return httpFailure(what, status, detail);
  return new LcadError('PROVIDER_REFUSED', `${what} ended the answer with an error: ${detail}`);
}
