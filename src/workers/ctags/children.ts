import { threadId, workerData } from 'node:worker_threads';

const slots = 64;
/** Thread and process of each. */
const numbersPerSlot = 2;
const taken = -1;

/** Memory in which threads note their child processes, for whoever ends a thread that cannot end its child itself. */
export function childTable(): SharedArrayBuffer {
  return new SharedArrayBuffer(slots * numbersPerSlot * Int32Array.BYTES_PER_ELEMENT);
}

/** What the worker pool gives each thread. */
export interface ThreadData {
  children: SharedArrayBuffer;
}

function ownTable(): Int32Array | null {
  const children = (workerData as Partial<ThreadData> | null)?.children;
  return children instanceof SharedArrayBuffer ? new Int32Array(children) : null;
}

/** Notes a child of this thread. @returns forgets it: to be called once its end is known */
export function noteChild(pid: number): () => void {
  const table = ownTable();
  if (table === null) return () => undefined;
  for (let at = 0; at < table.length; at += numbersPerSlot) {
    // Taken first, so that nobody sees the child under the number of a thread that had the slot before.
    if (Atomics.compareExchange(table, at + 1, 0, taken) !== 0) continue;
    Atomics.store(table, at, threadId);
    Atomics.store(table, at + 1, pid);
    return () => Atomics.store(table, at + 1, 0);
  }
  return () => undefined;
}

/**
 * Kills the noted children of threads that are gone. Such a child's number is its own for as long as the process lives:
 * nobody but its thread would have asked for its end.
 *
 * @param alive ids of the threads that are not gone
 */
export function killOrphans(children: SharedArrayBuffer, alive: ReadonlySet<number>): void {
  const table = new Int32Array(children);
  for (let at = 0; at < table.length; at += numbersPerSlot) {
    const thread = Atomics.load(table, at);
    const pid = Atomics.load(table, at + 1);
    if (pid <= 0 || alive.has(thread)) continue;
    if (Atomics.compareExchange(table, at + 1, pid, 0) !== pid) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}
