import { LcadError } from '../../../shared/errors.js';
import { errorInStream, type HttpClient, Payload, parseJson } from './http.js';
import type { Reply } from './reply.js';

/** Longest message of a stream: one token takes some 120 characters, the last message of a long context a few 100 KB. */
const longestLine = 4 << 20;

/**
 * The `fetch` of one client of the package `ollama`. It checks what the package would let pass: the package skips lines
 * that are not JSON (and writes them to the console), and takes lines of any length.
 */
export class OllamaTransport {
  readonly fetch: typeof fetch;
  readonly #http: HttpClient;
  readonly #signal: AbortSignal;
  #reply: Reply | null = null;

  constructor(http: HttpClient, signal: AbortSignal) {
    this.#http = http;
    this.#signal = signal;
    this.fetch = async (input, init) => await this.#fetch(String(input), init?.body);
  }

  /** The last message has been read: keeps the connection if it can be. */
  async finish(): Promise<void> {
    await this.#reply?.finish();
  }

  /** Ends a stream that is not finished; its connection is closed when this returns. */
  async close(): Promise<void> {
    await this.#reply?.close();
  }

  async #fetch(url: string, body: unknown): Promise<Response> {
    const { pathname } = new URL(url);
    const basePath = new URL(this.#http.server.base).pathname.replace(/\/+$/, '');
    const path = pathname.slice(basePath.length);
    const text = typeof body === 'string' ? body : undefined;
    const asked = (text === undefined ? {} : JSON.parse(text)) as { model?: unknown; stream?: unknown };
    const payload = text === undefined ? undefined : new Payload(text, String(asked.model ?? ''));
    if (asked.stream !== true || !payload) {
      const said = await this.#http.json(path, payload, this.#signal);
      return { ok: true, status: 200, json: async () => said } as unknown as Response;
    }
    this.#reply = await this.#http.stream(path, payload, 'application/x-ndjson', this.#signal);
    const lines = new CheckedLines(this.#reply, this.#http.server.what);
    // All that the package uses of a response: web streams would cost several times as much for each token.
    const reader = { read: () => lines.read(), releaseLock: () => {} };
    return { ok: true, status: 200, body: { getReader: () => reader } } as unknown as Response;
  }
}

/** Whole lines of JSON, as bytes. */
class CheckedLines {
  readonly #reply: Reply;
  readonly #what: string;
  #rest = '';
  #failure: LcadError | null = null;

  constructor(reply: Reply, what: string) {
    this.#reply = reply;
    this.#what = what;
  }

  /** @throws PROVIDER_BAD_REPLY, PROVIDER_UNREACHABLE, what the server says is wrong */
  async read(): Promise<{ done: boolean; value?: Uint8Array }> {
    for (;;) {
      if (this.#failure) throw this.#failure;
      const text = await this.#reply.read();
      const end = text === null;
      const lines = `${this.#rest}${text ?? ''}`.split('\n');
      this.#rest = end ? '' : (lines.pop() ?? '');
      if (this.#rest.length > longestLine) {
        throw new LcadError('PROVIDER_BAD_REPLY', `${this.#what} sends a line without end.`);
      }
      const good = this.#checked(lines);
      if (good) return { done: false, value: Buffer.from(good) };
      // The package stops reading at the last message: an end before it came too early.
      if (end && !this.#failure) throw this.#reply.brokeOff();
    }
  }

  /** The lines up to the first that is none of the protocol, which the next read reports. */
  #checked(lines: readonly string[]): string {
    let good = '';
    for (const line of lines) {
      if (line.trim() === '') continue;
      try {
        const message = parseJson(line, this.#what);
        this.#failure = errorInStream(message, this.#what);
        if (typeof message !== 'object' || message === null) {
          this.#failure = new LcadError(
            'PROVIDER_BAD_REPLY',
            `${this.#what} sent an event that is none of its protocol.`,
          );
        }
      } catch (error) {
        this.#failure = error as LcadError;
      }
      if (this.#failure) break;
      good += `${line}\n`;
    }
    return good;
  }
}
