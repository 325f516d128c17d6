import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import { LcadError } from '../../../shared/errors.js';
import { plainLine } from '../../plain-text.js';

/** What may follow the end marker of a stream before its connection is given up: time (ms), bytes. */
const tailMs = 100;
const tailBytes = 64 << 10;

/** The answer of a server, read as the reader asks for it: what is not read stays in the socket and stops the server. */
export class Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly #request: ClientRequest;
  readonly #response: IncomingMessage;
  readonly #closed: Promise<void>;
  readonly #signal: AbortSignal;
  readonly #what: string;
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #decoder = new StringDecoder('utf8');
  #ended = false;
  #finished: Promise<void> | null = null;

  constructor(of: {
    request: ClientRequest;
    response: IncomingMessage;
    /** Settles when the request has let go of its connection. */
    closed: Promise<void>;
    signal: AbortSignal;
    what: string;
  }) {
    this.#request = of.request;
    this.#response = of.response;
    this.#closed = of.closed;
    this.#signal = of.signal;
    this.#what = of.what;
    this.status = of.response.statusCode ?? 0;
    this.headers = of.response.headers;
    // `read` reports errors; without a listener one that comes between two reads would end the process.
    of.response.on('error', () => {});
    this.#chunks = of.response[Symbol.asyncIterator]();
  }

  /**
   * The next piece of text, which may be empty; null at the end. Characters that packets tear apart come whole.
   * @throws PROVIDER_UNREACHABLE if the connection breaks, the signal's reason
   */
  async read(): Promise<string | null> {
    this.#signal.throwIfAborted();
    if (this.#ended) return null;
    let next: IteratorResult<Buffer>;
    try {
      next = await this.#chunks.next();
    } catch (error) {
      this.#signal.throwIfAborted();
      throw this.brokeOff(error);
    }
    if (!next.done) return this.#decoder.write(next.value);
    this.#signal.throwIfAborted();
    if (!this.#response.complete) throw this.brokeOff();
    this.#ended = true;
    return this.#decoder.end();
  }

  /** The error of an answer that ends before its end marker. */
  brokeOff(cause?: unknown): LcadError {
    const { code, message } = (cause ?? {}) as { code?: string; message?: string };
    const why = plainLine(code ?? message ?? '');
    return new LcadError('PROVIDER_UNREACHABLE', `${this.#what} broke off its answer${why && ` (${why})`}.`, {
      next: 'Try again; the log of the model server may tell why.',
      ...(cause === undefined ? {} : { cause }),
    });
  }

  /** The whole text. @throws PROVIDER_BAD_REPLY if it is longer than `most` characters; as `read` */
  async text(most: number): Promise<string> {
    let all = '';
    try {
      for (let part = await this.read(); part !== null; part = await this.read()) {
        all += part;
        if (all.length > most) {
          throw new LcadError('PROVIDER_BAD_REPLY', `${this.#what} sent more than ${most >> 20} MiB.`);
        }
      }
    } finally {
      await this.close();
    }
    return all;
  }

  /** The beginning of the text, up to where the connection breaks. */
  async start(most: number): Promise<string> {
    let all = '';
    try {
      for (let part = await this.read(); part !== null && all.length < most; part = await this.read()) {
        all += part;
      }
    } catch {
      // It is only said what went wrong: what came so far has to do.
    }
    return all.slice(0, most);
  }

  /**
   * After the end marker: waits a moment for the end of the answer, so that the connection can take the next request.
   * Without that end it is closed.
   */
  finish(): Promise<void> {
    this.#finished ??= this.#skipTail();
    return this.#finished;
  }

  /** Ends the request: an unfinished one loses its connection, which is closed when this returns. */
  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#request.destroy();
    await this.#closed;
  }

  async #skipTail(): Promise<void> {
    if (this.#ended) return;
    const late = setTimeout(() => this.#request.destroy(), tailMs);
    let bytes = 0;
    try {
      for (let next = await this.#chunks.next(); !next.done; next = await this.#chunks.next()) {
        bytes += next.value.length;
        if (bytes > tailBytes) break;
      }
      if (bytes > tailBytes || !this.#response.complete) this.#request.destroy();
      // Now it is free for the next request.
      await this.#closed;
    } catch {
      // The answer is complete; how its connection ended does not matter.
    } finally {
      clearTimeout(late);
    }
    this.#ended = true;
  }
}
