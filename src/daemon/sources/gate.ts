import { NotAvailable } from './pieces.js';

interface Waiting {
  start(): void;
  timer: NodeJS.Timeout;
}

/** Lets a few works run at the same time; the next ones wait in turn, not many and not for long. */
export class Gate {
  readonly #most: number;
  readonly #mostWaiting: number;
  readonly #waitMs: number;
  #running = 0;
  readonly #waiting = new Set<Waiting>();

  constructor(limits: { most: number; mostWaiting: number; waitMs: number }) {
    this.#most = limits.most;
    this.#mostWaiting = limits.mostWaiting;
    this.#waitMs = limits.waitMs;
  }

  /** @throws NotAvailable if too many wait or it waited too long, the signal's reason, and what `work` throws */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    if (this.#running >= this.#most) await this.#wait(signal);
    else this.#running++;
    try {
      return await work();
    } finally {
      // Whoever waits takes the place over.
      const [next] = this.#waiting;
      if (next) next.start();
      else this.#running--;
    }
  }

  #wait(signal: AbortSignal): Promise<void> {
    if (this.#waiting.size >= this.#mostWaiting) throw busy();
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(waiting);
        clearTimeout(waiting.timer);
        signal.removeEventListener('abort', abort);
      };
      const abort = () => {
        leave();
        reject(signal.reason as Error);
      };
      const waiting: Waiting = {
        start: () => {
          leave();
          resolve();
        },
        timer: setTimeout(() => {
          leave();
          reject(busy());
        }, this.#waitMs),
      };
      this.#waiting.add(waiting);
      signal.addEventListener('abort', abort, { once: true });
    });
  }
}

function busy(): NotAvailable {
  return new NotAvailable('Too many other sources are being read.');
}
