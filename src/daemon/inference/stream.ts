import { LcadError } from '../../shared/errors.js';
import type { ProviderEvent } from './contract.js';

/** A provider that does not end when told to is left alone after this. */
const closeMs = 1000;
/** Whoever is told so has left already; an error of the platform's own would cost a stack trace for each stream. */
const closed = new LcadError('REQUEST_CANCELLED', 'The stream was closed.');

/** How a stream is watched. */
interface StreamLimits {
  /** Whose it is, for messages. */
  readonly who: string;
  readonly signal: AbortSignal;
  /** Longest wait for the first event (ms). */
  readonly firstTokenMs: number;
  /** Longest wait for each further one (ms). */
  readonly idleMs: number;
  /** The request has ended at the server; called once. */
  onClosed(): void;
}

/**
 * The events of one request to a server, with deadlines. Time that the reader takes does not count. The request ends at
 * the server when the signal is aborted, whether or not somebody is reading.
 */
export class TimedStream {
  readonly #limits: StreamLimits;
  readonly #controller = new AbortController();
  readonly #iterator: AsyncIterator<ProviderEvent>;
  #timer: NodeJS.Timeout;
  #reject: ((reason: unknown) => void) | null = null;
  #isFirst = true;
  #closing: Promise<void> | null = null;

  constructor(generate: (signal: AbortSignal) => AsyncIterable<ProviderEvent>, limits: StreamLimits) {
    this.#limits = limits;
    this.#iterator = generate(this.#controller.signal)[Symbol.asyncIterator]();
    this.#timer = this.#watch(limits.firstTokenMs);
    limits.signal.addEventListener('abort', this.#onAbort, { once: true });
    if (limits.signal.aborted) this.#onAbort();
  }

  /**
   * The next event; null after the last one.
   * @throws what the provider throws, DEADLINE_EXCEEDED, the signal's reason
   */
  async next(): Promise<ProviderEvent | null> {
    if (this.#controller.signal.aborted) throw this.#controller.signal.reason;
    if (!this.#isFirst) this.#timer.refresh();
    const result = await new Promise<IteratorResult<ProviderEvent>>((resolve, reject) => {
      this.#reject = reject;
      this.#iterator.next().then(resolve, reject);
    }).catch((error: unknown) => {
      throw this.#controller.signal.aborted ? this.#controller.signal.reason : error;
    });
    this.#reject = null;
    if (this.#isFirst) {
      this.#isFirst = false;
      clearTimeout(this.#timer);
      this.#timer = this.#watch(this.#limits.idleMs);
    }
    return result.done ? null : result.value;
  }

  /** Ends the request at the server, if it has not ended. Never throws. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#limits.signal.removeEventListener('abort', this.#onAbort);
    this.#reject = null;
    let late: NodeJS.Timeout | undefined;
    try {
      const given = new Promise<void>((resolve) => {
        late = setTimeout(resolve, closeMs);
      });
      await Promise.race([this.#iterator.return?.(), given]);
    } catch {
      // It was told to end; how it puts that is of no interest.
    } finally {
      clearTimeout(late);
      this.#controller.abort(closed);
      this.#limits.onClosed();
    }
  }

  #watch(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      // Somebody takes their time over the last event: that is not the server's fault.
      if (!this.#reject) return;
      const what = this.#isFirst
        ? 'did not begin to answer'
        : 'stopped in the middle of its answer and sent nothing';
      this.#abort(
        new LcadError('DEADLINE_EXCEEDED', `${this.#limits.who} ${what} for ${ms} ms.`, {
          next: `Look at the server, or raise \`inference.${this.#isFirst ? 'firstTokenMs' : 'idleMs'}\`.`,
        }),
      );
    }, ms);
  }

  readonly #onAbort = (): void => {
    this.#abort(this.#limits.signal.reason);
  };

  #abort(reason: unknown): void {
    this.#controller.abort(reason);
    const reject = this.#reject;
    this.#reject = null;
    // The reader closes it when it hears of this; without a reader nobody would.
    if (reject) reject(reason);
    else void this.close();
  }
}
