import { createParser } from 'eventsource-parser';
import { LcadError } from '../../../shared/errors.js';
import { errorInStream, parseJson } from './http.js';
import type { Reply } from './reply.js';

/** Longest event: one token takes some 300 characters, a tool call a few thousand. */
const longestEvent = 1 << 20;

/** The marker after the last event of OpenAI's streams. */
export const done = Symbol('[DONE]');

/**
 * Reads the events of a stream (https://html.spec.whatwg.org/multipage/server-sent-events.html): lists of parsed JSON,
 * one for each packet, with `done` where the end marker stood.
 */
export class SseReader {
  readonly #reply: Reply;
  readonly #what: string;
  readonly #parser;
  #events: unknown[] = [];
  #failure: LcadError | null = null;
  #seen = false;
  #strange = false;

  constructor(reply: Reply, what: string) {
    this.#reply = reply;
    this.#what = what;
    this.#parser = createParser({
      maxBufferSize: longestEvent,
      onEvent: ({ data }) => this.#take(data),
      onError: ({ type, field, value }) => {
        if (type === 'max-buffer-size-exceeded') {
          this.#failure ??= new LcadError('PROVIDER_BAD_REPLY', `${what} sends a line without end.`);
        } else if (type === 'unknown-field') {
          // Older llama-servers send errors in a field of that name.
          if (field === 'error' && value) this.#take(`{"error":${value}}`);
          else this.#strange = true;
        }
      },
    });
  }

  /**
   * The events of the next packet, maybe none; null at the end of the stream.
   * @throws what the server says is wrong, PROVIDER_BAD_REPLY, as Reply.read
   */
  async next(): Promise<readonly unknown[] | null> {
    // What came before the failure has been handed out.
    if (this.#failure) throw this.#failure;
    const text = await this.#reply.read();
    if (text === null) {
      if (this.#seen || !this.#strange) return null;
      throw new LcadError('PROVIDER_BAD_REPLY', `${this.#what} sent no events, but something else.`);
    }
    this.#events = [];
    this.#parser.feed(text);
    return this.#events;
  }

  #take(data: string): void {
    if (this.#failure) return;
    this.#seen = true;
    if (data === '[DONE]') {
      this.#events.push(done);
      return;
    }
    try {
      const event = parseJson(data, this.#what);
      this.#failure = errorInStream(event, this.#what);
      if (!this.#failure) this.#events.push(event);
    } catch (error) {
      this.#failure = error as LcadError;
    }
  }
}
