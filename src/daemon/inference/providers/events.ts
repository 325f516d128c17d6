import { LcadError } from '../../../shared/errors.js';
import type { FinishReason, ProviderEvent, ToolCall, Usage } from '../contract.js';

/** Usage of a server that does not say any. */
export const unknownUsage: Usage = { promptTokens: null, outputTokens: null, cachedTokens: null };

/** A count as a server gives it, or null. */
export function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}

/** A text as a server gives it, or null if it is none or empty. */
export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** What a model wrote as the arguments of a tool: {} if that is no object. */
export function toolArguments(written: unknown): ToolCall['arguments'] {
  let value = written;
  if (typeof written === 'string') {
    try {
      value = JSON.parse(written);
    } catch {
      // Models write broken JSON at times: the tool says what it misses.
      return {};
    }
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** The end of an answer; a server may say "stop" after it has asked for tools. */
export function endEvent(reason: FinishReason, tools: boolean, usage: Usage): ProviderEvent {
  return { is: 'end', reason: tools && reason === 'stop' ? 'tools' : reason, usage };
}

/** Told to requests whose reader has left; nobody hears of it. */
const left = new LcadError('REQUEST_CANCELLED', 'The reader has left.');

/**
 * Makes an iterable of a generator that is started by the first read. Its `return` ends the request at once, also while
 * a read is waiting, which a generator alone would put off until the server says something.
 */
export function endable(
  signal: AbortSignal,
  start: (signal: AbortSignal) => AsyncGenerator<ProviderEvent, void, undefined>,
): AsyncIterable<ProviderEvent> {
  return {
    [Symbol.asyncIterator]() {
      // By hand: AbortSignal.any would cost every stream some ten microseconds more.
      const ended = new AbortController();
      const abort = (): void => ended.abort(signal.reason);
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
      const events = start(ended.signal);
      return {
        next: () => events.next(),
        async return() {
          signal.removeEventListener('abort', abort);
          ended.abort(left);
          await events.return();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
