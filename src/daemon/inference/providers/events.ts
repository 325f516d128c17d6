import { LcadError } from '../../../shared/errors.js';
import { plainLine } from '../../plain-text.js';
import type { Ending, FinishReason, ProviderEvent, ToolCall, Usage } from '../contract.js';

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

/** What servers call the ends that they name: OpenAI's words, and those of others that stand in for it. */
const reasons: ReadonlyMap<string, FinishReason> = new Map([
  ...['stop', 'eos', 'eos_token', 'stop_sequence', 'end_turn', 'load'].map((word) => [word, 'stop'] as const),
  ...['length', 'max_tokens'].map((word) => [word, 'length'] as const),
  ...['tool_calls', 'function_call', 'tool_use'].map((word) => [word, 'tools'] as const),
]);
/** The server gave up, not the model: vLLM says so when it stops, pauses or is told to, and ends the stream as usual. */
const givenUp: ReadonlySet<string> = new Set([
  'abort',
  'aborted',
  'cancelled',
  'canceled',
  'error',
  'failed',
]);

/**
 * How an answer ended, by the server's word for it.
 * @param what the server, for messages
 * @throws PROVIDER_UNREACHABLE if it gave up
 */
export function endingOf(word: string, what: string): Pick<Ending, 'reason' | 'said'> {
  const known = reasons.get(word);
  if (known) return { reason: known };
  const said = plainLine(word.slice(0, 100));
  if (!givenUp.has(word)) return { reason: 'other', said };
  throw new LcadError('PROVIDER_UNREACHABLE', `${what} gave up in the middle of its answer ("${said}").`, {
    next: 'Ask again; if it happens again, the log of that server tells why.',
  });
}

/** The end of an answer; a server may say "stop" after it has asked for tools. */
export function endEvent(ending: Ending, tools: boolean): ProviderEvent {
  return { is: 'end', ...ending, reason: tools && ending.reason === 'stop' ? 'tools' : ending.reason };
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
