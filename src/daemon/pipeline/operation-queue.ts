import type { ScanResult } from '../../workers/messages.js';

/** Work on one repository: everything, or some files and folders (absolute or relative as the owner likes). */
export interface Operation {
  /** Look at the whole repository. */
  whole: boolean;
  /** Paths to look at; empty if `whole`. */
  paths: Set<string>;
  /** Derive again even what has been derived. */
  anew: boolean;
  /** A scan of the whole repository that runs already; it is older than what is asked for by a merged operation. */
  begun?: Promise<ScanResult> | undefined;
}

const pathsBeforeWhole = 2000;

/** Two operations in one. Pure; a list of paths that grows too long becomes a look at everything. */
export function mergeOperations(a: Operation, b: Operation): Operation {
  const paths = new Set([...a.paths, ...b.paths]);
  const whole = a.whole || b.whole || paths.size > pathsBeforeWhole;
  return { whole, paths: whole ? new Set() : paths, anew: a.anew || b.anew };
}

interface Pending {
  operation: Operation;
  promise: Promise<void>;
  resolve: () => void;
  reject: (error: unknown) => void;
}

function pendingOf(operation: Operation): Pending {
  let resolve!: () => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<void>((onDone, onError) => {
    resolve = onDone;
    reject = onError;
  });
  return { operation, promise, resolve, reject };
}

/**
 * One operation running and one pending. A request that comes while one runs joins the pending one, so that it is
 * seen by work that starts after it was made: nothing is dropped, and the queue cannot grow.
 */
export class OperationQueue {
  readonly #run: (operation: Operation) => Promise<void>;
  #running: Promise<void> | null = null;
  #pending: Pending | null = null;
  #closed: Error | null = null;

  constructor(run: (operation: Operation) => Promise<void>) {
    this.#run = run;
  }

  get idle(): boolean {
    return this.#running === null && this.#pending === null;
  }

  /** Resolves when work that started after this call and covers it is done; rejects as that work does. */
  request(operation: Operation): Promise<void> {
    if (this.#closed) return Promise.reject(this.#closed);
    if (this.#pending) {
      this.#pending.operation = mergeOperations(this.#pending.operation, operation);
    } else {
      this.#pending = pendingOf(operation);
      // Callers that do not wait must not turn a failure into an unhandled rejection.
      this.#pending.promise.catch(() => undefined);
    }
    const { promise } = this.#pending;
    this.#startNext();
    return promise;
  }

  /** Refuses further requests, rejects the pending one and waits for the running one to end. */
  async close(reason: Error): Promise<void> {
    this.#closed = reason;
    this.#pending?.reject(reason);
    this.#pending = null;
    await this.#running;
  }

  #startNext(): void {
    if (this.#running || !this.#pending) return;
    const { operation, resolve, reject } = this.#pending;
    this.#pending = null;
    this.#running = this.#run(operation)
      .then(resolve, reject)
      .finally(() => {
        this.#running = null;
        this.#startNext();
      });
  }
}
