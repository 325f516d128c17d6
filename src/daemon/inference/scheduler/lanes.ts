import type { InferenceClass } from '../../../protocol/inference.js';
import { LcadError } from '../../../shared/errors.js';
import { Lane, type LaneClock, type LaneWork } from './lane.js';

/** For servers that only embed: they take several requests, and background work sends one at a time. */
const embeddingConcurrency = 4;

const clock: LaneClock = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Who wants a slot. */
interface Claim {
  readonly origin: string;
  readonly class: InferenceClass;
  readonly client: string;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  /** Longest wait (ms). */
  readonly deadlineMs: number;
  /** The slot is needed for something more urgent. */
  onPreempt?(): void;
}

/** A slot that one has. */
export interface Slot {
  /** How long it was waited for (ms). */
  readonly queueMs: number;
  /** Gives it back; again does nothing. */
  release(): void;
}

/** The lanes of all servers, by origin. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  readonly #waiting = new Map<LaneWork, (reason: unknown) => void>();
  #queue: number;
  #closed = false;

  constructor(queue: number) {
    this.#queue = queue;
  }

  /** Limits as configured; origins that are not named are those of servers that only embed. */
  configure(limits: { concurrency: ReadonlyMap<string, number>; queue: number }): void {
    this.#queue = limits.queue;
    const wanted = new Map([...limits.concurrency].map(([origin, count]) => [laneKey(origin), count]));
    for (const [key, lane] of this.#lanes) {
      if (!wanted.has(key) && lane.running + lane.queued === 0) {
        lane.close();
        this.#lanes.delete(key);
        continue;
      }
      lane.limit({ concurrency: wanted.get(key) ?? embeddingConcurrency, queue: limits.queue });
    }
    for (const [key, concurrency] of wanted) {
      if (!this.#lanes.has(key)) this.#lanes.set(key, this.#open(concurrency));
    }
  }

  of(origin: string): Lane {
    const key = laneKey(origin);
    let lane = this.#lanes.get(key);
    if (!lane) {
      lane = this.#open(embeddingConcurrency);
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  /** Waits for a slot. @throws BUSY with `details.retryAfterMs`, SHUTTING_DOWN, the signal's reason */
  enter(claim: Claim): Promise<Slot> {
    return new Promise<Slot>((resolve, reject) => {
      const { signal } = claim;
      if (signal.aborted) return reject(signal.reason);
      if (this.#closed) return reject(new LcadError('SHUTTING_DOWN', 'The daemon is stopping.'));
      const lane = this.of(claim.origin);
      const asked = clock.now();
      let timer: NodeJS.Timeout | undefined;
      const settled = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', aborted);
        this.#waiting.delete(work);
      };
      const leave = (reason: unknown): void => {
        settled();
        lane.done(work);
        reject(reason);
      };
      const aborted = (): void => leave(signal.reason);
      let started = false;
      const work: LaneWork = {
        class: claim.class,
        client: claim.client,
        onStart: () => {
          started = true;
          settled();
          resolve({ queueMs: clock.now() - asked, release: () => lane.done(work) });
        },
        onRefused: (retryAfterMs) => {
          started = true;
          settled();
          reject(busy(claim.origin, retryAfterMs));
        },
        onPreempt: () => claim.onPreempt?.(),
      };
      lane.add(work);
      if (started) return;
      this.#waiting.set(work, leave);
      signal.addEventListener('abort', aborted, { once: true });
      timer = setTimeout(() => leave(busy(claim.origin, lane.retryAfterMs(claim.class))), claim.deadlineMs);
    });
  }

  /** Sends everybody away who waits. */
  close(): void {
    this.#closed = true;
    const reason = new LcadError('SHUTTING_DOWN', 'The daemon is stopping.');
    for (const leave of [...this.#waiting.values()]) leave(reason);
    for (const lane of this.#lanes.values()) lane.close();
  }

  #open(concurrency: number): Lane {
    return new Lane({ concurrency, queue: this.#queue, clock });
  }
}

function busy(origin: string, retryAfterMs: number): LcadError {
  return new LcadError('BUSY', `The model server ${origin} has too much to do.`, {
    next: `Try again in ${Math.ceil(retryAfterMs / 1000)} s, or give it a higher \`concurrency\` or a \`smaller\` upstream.`,
    details: { retryAfterMs },
  });
}

/** `localhost` and 127.0.0.1 are one server; so is a url with and without its path. */
function laneKey(origin: string): string {
  if (!/^https?:/.test(origin)) return origin;
  try {
    const url = new URL(origin);
    if (url.hostname === 'localhost' || url.hostname === '[::1]') url.hostname = '127.0.0.1';
    return url.origin;
  } catch {
    // No url: any text tells servers apart.
    return origin;
  }
}
