import type { AroundResult, AroundTask } from '../../workers/messages.js';

/** A completion waits no longer for its syntax tree: the text alone then decides how much is completed. */
const patienceMs = 8;
const parseDeadlineMs = 50;
/** While the threads have too much to do, no more is asked of them. */
const mostPending = 4;

interface Parses {
  around(task: Omit<AroundTask, 'type'>): Promise<AroundResult>;
}

/** What asks a worker thread about the place between two texts; null where it does not know at once. */
export function syntaxAround(pool: Parses) {
  let pending = 0;
  return async ({ language, prefix, suffix }: Record<'language' | 'prefix' | 'suffix', string>) => {
    if (pending >= mostPending) return null;
    pending++;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), patienceMs);
    });
    const task = { language, text: `${prefix}${suffix}`, at: prefix.length, parseDeadlineMs };
    const asked = pool
      .around(task)
      // Threads that are busy or ending know nothing: as if it came too late.
      .catch(() => null)
      .finally(() => {
        pending--;
      });
    const known = await Promise.race([asked, late]);
    clearTimeout(timer);
    return known;
  };
}
