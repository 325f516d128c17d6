/**
 * How the events of one root become calls of the listener: what to pass on, and when. Pure: time is a parameter, in
 * milliseconds from any start.
 */

/** Up to so many paths are passed on at once; the native watcher has waited already. */
const smallCount = 16;
/** So many deliveries within this time, and even small ones wait for more. */
const busyDeliveries = 10;
const busyMs = 1000;
/** More paths wait until no others came for this long, and no longer than that in all. */
const quietMs = 50;
const longestMs = 200;
/** More separate paths than this are not worth listing. */
const maxPending = 1000;
/** More events than this within the window are a burst: the kernel's queue may have run over, which is not told. */
const burstEvents = 4096;
const burstWindowMs = 2000;
/** A burst ends after this much quiet; while it lasts there is a sweep now and then, and one more after its end. */
const burstQuietMs = 300;
const burstSweepMs = 5000;
const afterBurstMs = 2000;
/** A new folder is hinted again so much later: files made right after it may have been missed. */
const folderAgainMs = [300, 2000];
const maxAgain = 512;

/** What is to be passed to the listener now. A sweep covers all hints, so there is never both. */
export interface Delivery {
  hints: string[];
  sweep: string | null;
}

/** The given paths without those below another one of them. */
export function topmost(paths: ReadonlySet<string>): string[] {
  return [...paths].filter((path) => {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (paths.has(path.slice(0, end))) return false;
    }
    return true;
  });
}

/** When waiting paths are to be passed on: at once if they are few and it is calm, else when no more come. */
export function deliverAt(waiting: {
  count: number;
  firstAt: number;
  lastAt: number;
  /** Times of earlier deliveries, oldest first. */
  delivered: readonly number[];
}): number {
  const oldest = waiting.delivered.at(-busyDeliveries);
  const busy = oldest !== undefined && waiting.firstAt - oldest < busyMs;
  if (waiting.count <= smallCount && !busy) return waiting.firstAt;
  return Math.min(waiting.firstAt + longestMs, waiting.lastAt + quietMs);
}

/** The events of one root on their way to the listener. */
export class EventFlow {
  #pending = new Set<string>();
  #firstAt = 0;
  #lastAt = 0;
  #delivered: number[] = [];
  #again: { path: string; at: number }[] = [];
  #windowFrom = Number.NEGATIVE_INFINITY;
  #windowEvents = 0;
  #earlierEvents = 0;
  /** Time of the burst's begin or of the last sweep in it; null outside of bursts. */
  #burstFrom: number | null = null;
  #sweep: string | null = null;
  #sweepAfterBurstAt: number | null = null;

  /**
   * @param paths may have changed
   * @param folders those of the paths that are folders new at their place
   * @param events number of events that this stands for; not below the number of paths
   */
  note(paths: readonly string[], folders: readonly string[], now: number, events = paths.length): void {
    this.#count(events, now);
    this.#lastAt = now;
    if (this.#burstFrom !== null) return;
    if (paths.length > 0 && this.#pending.size === 0) this.#firstAt = now;
    for (const path of paths) this.#pending.add(path);
    for (const path of folders)
      for (const after of folderAgainMs) this.#again.push({ path, at: now + after });
    if (this.#pending.size > maxPending) this.#pending = new Set(topmost(this.#pending));
    if (this.#pending.size > maxPending || this.#again.length > maxAgain) this.#enterBurst(now);
  }

  /** More changes than are listed. */
  noteBurst(now: number): void {
    this.#lastAt = now;
    this.#enterBurst(now);
  }

  /** Asks for a sweep at the next `take`. */
  sweepNow(reason: string): void {
    this.#sweep = reason;
  }

  /** What is due at a time, and forgets it. */
  take(now: number): Delivery {
    this.#addAgain(now);
    const sweep = this.#takeSweep(now);
    if (sweep !== null) {
      this.#pending.clear();
      return { hints: [], sweep };
    }
    if (this.#pending.size === 0 || this.#deliverAt() > now) return { hints: [], sweep: null };
    const hints = topmost(this.#pending);
    this.#pending.clear();
    this.#delivered = [...this.#delivered.slice(1 - busyDeliveries), now];
    return { hints, sweep: null };
  }

  /** When `take` has something next, or null; never before `now`. */
  nextAt(now: number): number | null {
    if (this.#sweep !== null) return now;
    const times = this.#again.map((one) => one.at);
    if (this.#pending.size > 0) times.push(this.#deliverAt());
    if (this.#burstFrom !== null) times.push(this.#burstDue(this.#burstFrom));
    if (this.#sweepAfterBurstAt !== null) times.push(this.#sweepAfterBurstAt);
    return times.length === 0 ? null : Math.max(now, Math.min(...times));
  }

  #count(events: number, now: number): void {
    const age = now - this.#windowFrom;
    if (age >= burstWindowMs) {
      this.#earlierEvents = age < 2 * burstWindowMs ? this.#windowEvents : 0;
      this.#windowEvents = 0;
      this.#windowFrom = now;
    }
    this.#windowEvents += events;
    if (this.#earlierEvents + this.#windowEvents > burstEvents) this.#enterBurst(now);
  }

  #enterBurst(now: number): void {
    this.#burstFrom ??= now;
    this.#pending.clear();
    this.#again = [];
  }

  #burstDue(from: number): number {
    return Math.min(this.#lastAt + burstQuietMs, from + burstSweepMs);
  }

  #takeSweep(now: number): string | null {
    const burst = this.#burstFrom !== null && this.#burstDue(this.#burstFrom) <= now;
    const afterBurst = this.#sweepAfterBurstAt !== null && this.#sweepAfterBurstAt <= now;
    const asked = this.#sweep;
    this.#sweep = null;
    if (afterBurst) this.#sweepAfterBurstAt = null;
    if (burst) this.#continueBurst(now);
    if (asked !== null) return asked;
    if (burst) return 'many changes at once';
    return afterBurst ? 'after many changes at once' : null;
  }

  #continueBurst(now: number): void {
    if (now - this.#lastAt < burstQuietMs) {
      this.#burstFrom = now;
      return;
    }
    this.#burstFrom = null;
    this.#sweepAfterBurstAt = now + afterBurstMs;
    this.#windowEvents = 0;
    this.#earlierEvents = 0;
  }

  #addAgain(now: number): void {
    for (const { path, at } of this.#again) {
      if (at > now) continue;
      if (this.#pending.size === 0) this.#firstAt = now;
      this.#pending.add(path);
    }
    this.#again = this.#again.filter((one) => one.at > now);
  }

  #deliverAt(): number {
    const { size: count } = this.#pending;
    return deliverAt({ count, firstAt: this.#firstAt, lastAt: this.#lastAt, delivered: this.#delivered });
  }
}
