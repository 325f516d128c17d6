import type { WatchFault } from '../../workers/watcher/messages.js';
import { EventFlow } from './coalesce.js';
import type { WatchListener, WatchMode, WatchTarget } from './contract.js';
import { problemOf, type WatchProblem } from './problems.js';
import { retryDelayMs } from './restarts.js';

/** What the supervisor keeps of one root: how it is watched, what is on its way to the listener, who waits for it. */
export class RootEntry {
  target: WatchTarget;
  /** Number of the last command for this root. */
  revision = 0;
  /** The root could not be watched; it is left alone until its next try. */
  excluded = false;
  /** Resolves when the last command was answered. */
  decided: Promise<void> = Promise.resolve();

  readonly #listener: WatchListener;
  readonly #flow = new EventFlow();
  #flowTimer: NodeJS.Timeout | null = null;
  #deadline: NodeJS.Timeout | null = null;
  #retry: NodeJS.Timeout | null = null;
  #tries = 0;
  #resolve: (() => void) | null = null;
  #mode: WatchMode | null = null;
  #problem: WatchProblem | null = null;
  /** Overrides `events` while the user's kernel watches are used up: new folders would be missed. */
  #limited = false;
  #shown = '';
  #closed = false;

  constructor(target: WatchTarget, listener: WatchListener) {
    this.target = target;
    this.#listener = listener;
  }

  /** Begins a new command: `decided` waits for its answer. @param onLate called once when no answer came in time */
  command(deadlineMs: number, onLate: () => void): void {
    this.revision += 1;
    this.excluded = false;
    this.#clearTimers();
    if (this.#resolve === null) this.decided = new Promise((resolve) => (this.#resolve = resolve));
    this.#deadline = setTimeout(onLate, deadlineMs).unref();
  }

  /** Ends the wait for the answer to the last command. */
  answer(): void {
    if (this.#deadline) clearTimeout(this.#deadline);
    this.#deadline = null;
    this.#resolve?.();
    this.#resolve = null;
  }

  setMode(mode: WatchMode, problem: WatchProblem | null): void {
    if (mode === 'events') this.#tries = 0;
    this.#mode = mode;
    this.#problem = problem;
    this.#show();
  }

  setLimited(limited: boolean): void {
    this.#limited = limited;
    this.#show();
  }

  /** Leaves the root to sweeps until the next try. */
  exclude(problem: WatchProblem, fault: WatchFault | 'slow', again: () => void): void {
    this.excluded = true;
    this.setMode('polling', problem);
    this.answer();
    if (this.#retry) clearTimeout(this.#retry);
    this.#retry = setTimeout(again, retryDelayMs(this.#tries, fault)).unref();
    this.#tries += 1;
  }

  note(paths: string[], folders: string[]): void {
    this.#flow.note(paths, folders, performance.now());
    this.#pass();
  }

  noteBurst(): void {
    this.#flow.noteBurst(performance.now());
    this.#pass();
  }

  sweep(reason: string): void {
    this.#flow.sweepNow(reason);
    this.#pass();
  }

  git(): void {
    this.#listener.onGit(this.target.id);
  }

  close(): void {
    this.#closed = true;
    this.#clearTimers();
    if (this.#flowTimer) clearTimeout(this.#flowTimer);
    this.answer();
  }

  #clearTimers(): void {
    if (this.#deadline) clearTimeout(this.#deadline);
    if (this.#retry) clearTimeout(this.#retry);
    this.#deadline = null;
    this.#retry = null;
  }

  #show(): void {
    if (this.#closed || this.#mode === null) return;
    const limited = this.#limited && this.#mode === 'events';
    const mode = limited ? 'polling' : this.#mode;
    const problem = limited ? problemOf('watch-limit', this.target.root, '') : this.#problem;
    const shown = `${mode} ${problem?.message}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#listener.onMode(this.target.id, mode, problem);
  }

  #pass(): void {
    if (this.#closed) return;
    const { id } = this.target;
    const { hints, sweep } = this.#flow.take(performance.now());
    if (sweep !== null) this.#listener.onSweep(id, sweep);
    if (hints.length > 0) this.#listener.onHints(id, hints);
    if (this.#flowTimer) clearTimeout(this.#flowTimer);
    const now = performance.now();
    const next = this.#flow.nextAt(now);
    this.#flowTimer =
      next === null || this.#closed ? null : setTimeout(() => this.#pass(), Math.ceil(next - now));
  }
}
