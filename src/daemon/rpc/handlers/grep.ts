import { LcadError } from '../../../shared/errors.js';
import { grep } from '../../grep/grep.js';
import type { DaemonHandlers } from '../options.js';
import { nothingRegistered, type SearchScope } from '../search-scope.js';

/** A pattern is compared with 100,000 chunks in a tenth of a second; what takes this long is not worth waiting for. */
const mostMs = 30_000;

/** Handler of `lcad/grep`. */
export function grepHandlers(scope: SearchScope): Pick<DaemonHandlers, 'lcad/grep'> {
  return {
    'lcad/grep': async (params, { signal }) => {
      const from = performance.now();
      const { families, freshness } = await scope.open(params, signal, { vectors: false });
      const reply = await inTime(signal, (ending) => grep(params, families, ending));
      return {
        ...reply,
        notes: [...(families.length === 0 ? [nothingRegistered] : []), ...reply.notes],
        freshness: freshness(),
        tookMs: performance.now() - from,
      };
    },
  };
}

/** @throws DEADLINE_EXCEEDED */
async function inTime<T>(signal: AbortSignal, work: (ending: AbortSignal) => Promise<T>): Promise<T> {
  const ending = new AbortController();
  const end = () => ending.abort(signal.reason);
  const late = new LcadError('DEADLINE_EXCEEDED', `The pattern was not found within ${mostMs / 1000} s.`, {
    next: 'Search fewer repositories or paths, or use a simpler pattern.',
  });
  const timer = setTimeout(() => ending.abort(late), mostMs);
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  const ended = new Promise<never>((_resolve, reject) =>
    ending.signal.addEventListener('abort', () => reject(ending.signal.reason), { once: true }),
  );
  try {
    return await Promise.race([work(ending.signal), ended]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}
