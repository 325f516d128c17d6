import type { InferenceClass } from '../../../protocol/inference.js';
import { classes, type Waiter, Waiting } from './waiting.js';

/** Where a lane has its time from. */
export interface LaneClock {
  /** Milliseconds, never going back. */
  now(): number;
  /** Runs something later. @returns what calls it off */
  after(ms: number, run: () => void): () => void;
}

/** Something that wants a slot of a server. The functions are called at most once each, and must not throw. */
export interface LaneWork extends Waiter {
  /** It has a slot, until `done` is called. */
  onStart(): void;
  /** There is no place for it, or no longer. */
  onRefused(retryAfterMs: number): void;
  /** It holds a slot that is needed for something more urgent: it should end soon. Only background work is asked. */
  onPreempt(): void;
}

interface Running {
  readonly startedAt: number;
  /** Background work that had waited too long: it may come to its end. */
  readonly aged: boolean;
  preempted: boolean;
}

/** Taken for a piece of work before any of its class was seen. */
const unknownServiceMs = 1000;
const shortestRetryMs = 250;
const longestRetryMs = 60_000;
const longestPauseMs = 600_000;
/**
 * For so long background work may go without coming to an end while it is wanted; then one piece of it has the next slot
 * and keeps it. A request of the index takes some 100 ms: it is never more than a few percent of a server's time.
 */
const agedMs = 10_000;
/** Weight of the newest service time in the running average. */
const newest = 0.3;

/**
 * The slots of one server, and who waits for them. A slot that is free goes to the most urgent class, within a class to
 * the client whose turn it is. A generation that waits has running background work end; one that runs is never ended for
 * another: somebody reads it. Background work that got nowhere for ten seconds has one turn before all others. The
 * embedding of a question takes milliseconds and a search waits for it: one of these at a time may run beyond the limit.
 *
 * Decides only; time, and all that follows from decisions, is given to it.
 */
export class Lane {
  readonly #clock: LaneClock;
  readonly #waiting = new Waiting<LaneWork>();
  readonly #running = new Map<LaneWork, Running>();
  readonly #serviceMs = new Map<InferenceClass, number>();
  #concurrency: number;
  #queue: number;
  #pausedUntil = 0;
  #cancelWake: (() => void) | null = null;
  /** Since when background work has been wanted and none came to its end; null if there is none. */
  #starvedSince: number | null = null;
  #closed = false;

  /**
   * @param options.concurrency pieces of work at a time
   * @param options.queue most that may wait
   */
  constructor(options: { concurrency: number; queue: number; clock: LaneClock }) {
    this.#concurrency = options.concurrency;
    this.#queue = options.queue;
    this.#clock = options.clock;
  }

  get concurrency(): number {
    return this.#concurrency;
  }

  get running(): number {
    return this.#running.size;
  }

  get queued(): number {
    return this.#waiting.size;
  }

  /** Milliseconds until the server may be asked again. */
  get pausedMs(): number {
    return Math.max(0, this.#pausedUntil - this.#clock.now());
  }

  /** Changes the limits. Nobody who waits already is sent away. */
  limit(limits: { concurrency: number; queue: number }): void {
    this.#concurrency = limits.concurrency;
    this.#queue = limits.queue;
    this.#fill();
    this.#preempt();
  }

  /** Starts work, lets it wait, or refuses it: one of its functions has been called, or will be. */
  add(work: LaneWork): void {
    this.#waiting.add(work);
    if (isBackground(work)) this.#starvedSince ??= this.#clock.now();
    this.#fill();
    if (this.#waiting.size > this.#queue) {
      const background = isBackground(work) ? undefined : this.#waiting.last('backgroundEmbedding');
      const refused = background ?? work;
      const retryAfterMs = this.retryAfterMs(refused.class);
      this.#waiting.remove(refused);
      refused.onRefused(retryAfterMs);
    }
    this.#preempt();
  }

  /** The work has ended, or no longer wants its turn. Does nothing the second time. */
  done(work: LaneWork): void {
    const running = this.#running.get(work);
    if (running) {
      this.#running.delete(work);
      if (!running.preempted) this.#served(work, running);
      this.#fill();
    } else {
      this.#waiting.remove(work);
    }
  }

  /** Gives nobody a slot for so long: the server has asked for it. What runs goes on. */
  pause(ms: number): void {
    if (this.#closed) return;
    const until = this.#clock.now() + Math.min(longestPauseMs, Math.max(0, ms));
    if (until <= this.#pausedUntil) return;
    this.#pausedUntil = until;
    this.#cancelWake?.();
    this.#cancelWake = this.#clock.after(until - this.#clock.now(), () => {
      this.#cancelWake = null;
      this.#pausedUntil = 0;
      this.#fill();
      // Who came meanwhile did not have anything end.
      this.#preempt();
    });
  }

  /** Those before new work of a class. */
  ahead(of: InferenceClass): number {
    let count = 0;
    for (const name of classes) {
      count += this.#waiting.count(name);
      if (name === of) break;
    }
    return count;
  }

  /** How long new work of a class would wait, judging by how long such work took lately (ms). */
  waitMs(of: InferenceClass): number {
    let work = 0;
    for (const name of classes) {
      work += this.#waiting.count(name) * this.#expectedMs(name);
      if (name === of) break;
    }
    if (this.#running.size >= this.#concurrency) {
      let first = Number.POSITIVE_INFINITY;
      for (const [{ class: name }, { startedAt, aged, preempted }] of this.#running) {
        const yields = preempted || (name === 'backgroundEmbedding' && !aged && mayPreempt(of));
        const left = yields ? 0 : this.#expectedMs(name) - (this.#clock.now() - startedAt);
        first = Math.min(first, Math.max(0, left));
      }
      work += Number.isFinite(first) ? first * this.#concurrency : 0;
    }
    return this.pausedMs + work / this.#concurrency;
  }

  /** When work of a class that was refused may come again (ms). */
  retryAfterMs(of: InferenceClass): number {
    return Math.round(Math.min(longestRetryMs, Math.max(shortestRetryMs, this.waitMs(of))));
  }

  /** Ends the lane. @returns who still waited: they will hear nothing more from it */
  close(): LaneWork[] {
    this.#closed = true;
    this.#cancelWake?.();
    this.#cancelWake = null;
    const rest = this.#waiting.all();
    for (const work of rest) this.#waiting.remove(work);
    return rest;
  }

  #fill(): void {
    while (this.#waiting.size > 0 && this.pausedMs === 0) {
      const old = this.#isStarved() ? this.#waiting.take((of) => this.#isOwed(of)) : undefined;
      const work = old ?? this.#waiting.take((of) => this.#hasSlot(of));
      if (!work) return;
      this.#running.set(work, {
        startedAt: this.#clock.now(),
        aged: old !== undefined,
        preempted: false,
      });
      work.onStart();
    }
  }

  #isStarved(): boolean {
    if (this.#starvedSince === null || this.#clock.now() - this.#starvedSince < agedMs) return false;
    for (const { aged } of this.#running.values()) if (aged) return false;
    return true;
  }

  #isOwed(of: InferenceClass): boolean {
    return of === 'backgroundEmbedding' && this.#hasSlot(of);
  }

  #hasSlot(of: InferenceClass): boolean {
    if (this.#running.size < this.#concurrency) return true;
    if (of !== 'queryEmbedding' || this.#running.size > this.#concurrency) return false;
    for (const { class: name } of this.#running.keys()) if (name === 'queryEmbedding') return false;
    return true;
  }

  /** Has as much background work end as generations wait for. */
  #preempt(): void {
    if (this.pausedMs > 0) return;
    let wanted = 0;
    for (const name of classes) if (mayPreempt(name)) wanted += this.#waiting.count(name);
    if (wanted === 0) return;
    const newestFirst = [...this.#running].reverse();
    for (const [, running] of newestFirst) if (running.preempted) wanted--;
    for (const [work, running] of newestFirst) {
      if (wanted <= 0) return;
      if (!isBackground(work) || running.aged || running.preempted) continue;
      running.preempted = true;
      wanted--;
      work.onPreempt();
    }
  }

  #expectedMs(of: InferenceClass): number {
    return this.#serviceMs.get(of) ?? unknownServiceMs;
  }

  #served(work: LaneWork, { startedAt }: Running): void {
    const now = this.#clock.now();
    const before = this.#serviceMs.get(work.class);
    const ms = now - startedAt;
    this.#serviceMs.set(work.class, before === undefined ? ms : before + newest * (ms - before));
    if (isBackground(work)) this.#starvedSince = this.#waiting.count('backgroundEmbedding') > 0 ? now : null;
  }
}

function isBackground(work: LaneWork): boolean {
  return work.class === 'backgroundEmbedding';
}

function mayPreempt(of: InferenceClass): boolean {
  return of === 'completion' || of === 'chat';
}
