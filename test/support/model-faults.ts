import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Reply, SeenRequest, Speech } from './model-protocol.js';

/** What goes wrong with one request. */
export type Fault =
  /** Takes the request and says nothing. */
  | { readonly is: 'hang-before-headers' }
  /** Sends the headers, then nothing. */
  | { readonly is: 'hang-after-headers' }
  /** Sends so many tokens, then nothing. */
  | { readonly is: 'hang-after'; readonly tokens: number }
  /** Sends the whole answer byte by byte, each in its own packet; characters are torn apart. */
  | { readonly is: 'drip'; readonly bytes?: number; readonly delayMs?: number }
  /** Sends so many tokens, then breaks the connection. */
  | { readonly is: 'die-after'; readonly tokens: number }
  /** Sends so many tokens, then ends the reply properly, without the protocol's end marker. */
  | { readonly is: 'end-after'; readonly tokens: number }
  /** Closes the connection before it says anything. */
  | { readonly is: 'refuse-connection' }
  /** After so many tokens sends bytes that are no protocol. */
  | { readonly is: 'garbage'; readonly tokens?: number }
  /** After so many tokens sends a line that never ends, as fast as it is read. */
  | { readonly is: 'endless-line'; readonly tokens?: number }
  /** Sends tokens for ever, as fast as they are read; `sentBytes` of the request counts what the system took. */
  | { readonly is: 'endless-tokens' }
  /** Sends bytes that are no UTF-8 inside a token's text. */
  | { readonly is: 'invalid-utf8' }
  /** After so many tokens sends the protocol's error message, the status being 200. */
  | {
      readonly is: 'error-in-stream';
      readonly tokens?: number;
      readonly message?: string;
      readonly code?: number;
    }
  /** An answer with this status and the protocol's error body. */
  | {
      readonly is: 'status';
      readonly status: number;
      readonly message?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The right answer under another content type (default: text/html). */
  | { readonly is: 'content-type'; readonly type?: string };

/** Writes an answer, up to where its fault is. */
export async function speak(
  out: Out,
  speech: Speech,
  { reply, fault }: { reply: Reply; fault: Fault | null },
): Promise<void> {
  const stopAt = stopsAfter(fault);
  if (fault?.is === 'hang-after-headers') return await gone(out.response);
  for (const message of speech.begin()) await out.write(message);
  for (const [index, token] of speech.tokens.entries()) {
    if (index === stopAt) break;
    if (index > 0 && reply.delayMs && !(await paused(out.response, reply.delayMs))) return;
    const thought = reply.thoughts?.[index];
    if (thought !== undefined) await out.write(speech.thought(thought));
    if (!(await out.token(speech.token(token)))) return;
  }
  if (fault && (await failsInside(out, speech, fault))) return;
  for (const message of speech.end()) await out.write(message);
  out.response.end();
}

/** The number of tokens before a fault; -1 if there is no such place. */
function stopsAfter(fault: Fault | null): number {
  switch (fault?.is) {
    case 'hang-after':
    case 'die-after':
    case 'end-after':
      return fault.tokens;
    case 'garbage':
    case 'endless-line':
    case 'error-in-stream':
      return fault.tokens ?? 0;
    case 'endless-tokens':
    case 'invalid-utf8':
      return 0;
    default:
      return -1;
  }
}

async function failsInside(out: Out, speech: Speech, fault: Fault): Promise<boolean> {
  const { response } = out;
  switch (fault.is) {
    case 'hang-after':
      await gone(response);
      return true;
    case 'die-after':
      // The tokens are to arrive before the connection breaks.
      await paused(response, 20);
      response.socket?.destroy();
      return true;
    case 'end-after':
      response.end();
      return true;
    case 'garbage':
      await out.bytes(Buffer.from('data: {"choi\u0000\u0001 <html> {{{ \n\n<!doctype\n\n'));
      response.end();
      return true;
    case 'endless-line':
      await out.write(speech.token('x').split('x')[0] ?? '');
      while (await out.write('x'.repeat(65_536)));
      return true;
    case 'endless-tokens':
      while (await out.token(speech.token('x'.repeat(100))));
      return true;
    case 'invalid-utf8':
      await out.invalid(speech.token('a?b'));
      return false;
    case 'error-in-stream':
      await out.write(speech.error(fault.message ?? 'it went wrong', fault.code ?? 500));
      response.end();
      return true;
    default:
      return false;
  }
}

/** The body of an answer: waits for the reader, as a server does that has bounded buffers. */
export class Out {
  readonly response: ServerResponse;
  readonly #seen: SeenRequest;
  readonly #drip: { readonly bytes?: number; readonly delayMs?: number } | null;
  readonly #wake: () => void;

  constructor(
    response: ServerResponse,
    seen: SeenRequest,
    drip: { readonly bytes?: number; readonly delayMs?: number } | null,
    wake: () => void,
  ) {
    this.response = response;
    this.#seen = seen;
    this.#drip = drip;
    this.#wake = wake;
  }

  /** False if the client has gone. */
  async token(message: string): Promise<boolean> {
    const written = await this.write(message);
    this.#seen.sentTokens++;
    this.#wake();
    return written;
  }

  async write(message: string): Promise<boolean> {
    const all = Buffer.from(message);
    if (!this.#drip) return await this.bytes(all);
    const step = this.#drip.bytes ?? 1;
    for (let at = 0; at < all.length; at += step) {
      if (!(await this.bytes(all.subarray(at, at + step)))) return false;
      if (!(await paused(this.response, this.#drip.delayMs ?? 0))) return false;
    }
    return true;
  }

  /** The message with its "?" replaced by a byte that UTF-8 does not have. */
  async invalid(message: string): Promise<void> {
    const all = Buffer.from(message);
    all[all.indexOf('?')] = 0xff;
    await this.bytes(all);
  }

  async bytes(data: Buffer): Promise<boolean> {
    const { response } = this;
    if (response.destroyed) return false;
    const more = response.write(data);
    this.#seen.sentBytes += data.length;
    if (more) return true;
    await new Promise<void>((resolve) => {
      const on = (): void => {
        response.off('drain', on);
        response.off('close', on);
        resolve();
      };
      response.on('drain', on);
      response.on('close', on);
    });
    return !response.destroyed;
  }
}

/** Waits until the client has gone. */
export async function gone(response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  await new Promise<void>((resolve) => response.once('close', () => resolve()));
}

/** Waits; false as soon as the client has gone. */
export async function paused(response: ServerResponse, ms: number): Promise<boolean> {
  if (response.destroyed) return false;
  const over = new AbortController();
  const left = (): void => over.abort();
  response.once('close', left);
  try {
    await sleep(ms, undefined, { signal: over.signal });
    return !response.destroyed;
  } catch {
    // The client has gone: there is nobody to wait for.
    return false;
  } finally {
    response.off('close', left);
  }
}
