import { LcadError } from '../../shared/errors.js';
import { packagePath } from '../../shared/package-root.js';
import type { WatcherReport } from '../../workers/watcher/messages.js';
import type { Log } from '../log-contract.js';
import type { WatcherStats, WatchListener, WatchSupervisor, WatchTarget } from './contract.js';
import { problemOf, processProblem, slowProblem, type WatchProblem } from './problems.js';
import { kernelWatches, residentBytes } from './process-stats.js';
import { giveUpMs, RestartPolicy } from './restarts.js';
import { RootEntry } from './root-entry.js';
import { WatcherProcess } from './watcher-process.js';

/** Restart delays from here on are told to the listener; shorter ones only end in a sweep. */
const notableDelayMs = 2000;

export interface SupervisorOptions {
  listener: WatchListener;
  log: Log;
  /** Script of the watcher process. */
  entry?: string;
  /** A watcher process that reports nothing for so long is killed and replaced. */
  silenceMs?: number;
  /** A root whose subscription takes longer is left to sweeps. */
  subscribeMs?: number;
}

/**
 * Runs the watcher process: started with the first root, ended with the last, replaced when it dies or hangs.
 * Whenever events of a root begin to flow (at first, again, or anew) `onSweep` follows `onMode`, as whatever happened
 * before is unknown.
 */
export function createWatchSupervisor(options: SupervisorOptions): WatchSupervisor {
  return new Supervisor(options);
}

class Supervisor implements WatchSupervisor {
  readonly #options: Required<SupervisorOptions>;
  readonly #roots = new Map<string, RootEntry>();
  readonly #policy = new RestartPolicy();
  #process: WatcherProcess | null = null;
  #state: WatcherStats['state'] = 'starting';
  #restarts = 0;
  #startTimer: NodeJS.Timeout | null = null;
  #failure: { why: string; problem: (root: string) => WatchProblem } | null = null;
  #closed = false;
  /** Ends of processes that are under way. */
  readonly #ending = new Set<Promise<void>>();

  constructor(options: SupervisorOptions) {
    const entry = packagePath('dist/bundle/watcher.js');
    this.#options = { entry, silenceMs: 15_000, subscribeMs: 90_000, ...options };
  }

  watch(target: WatchTarget): Promise<void> {
    if (this.#closed) return Promise.reject(new LcadError('SHUTTING_DOWN', 'The watcher is closed.'));
    let entry = this.#roots.get(target.id);
    if (entry && entry.target.root !== target.root) {
      entry.close();
      entry = undefined;
    }
    if (!entry) {
      entry = new RootEntry(target, this.#options.listener);
      this.#roots.set(target.id, entry);
    } else {
      const change = compare(entry.target, target);
      entry.target = target;
      if (change === 'same' || (change === 'wider' && entry.excluded)) return entry.decided;
    }
    this.#command(entry);
    return entry.decided;
  }

  async unwatch(id: string): Promise<void> {
    const entry = this.#roots.get(id);
    if (!entry) return;
    this.#roots.delete(id);
    entry.close();
    if (this.#roots.size > 0) this.#process?.send({ type: 'unwatch', id });
    else await this.#stop();
  }

  async stats(): Promise<WatcherStats> {
    const pid = this.#process?.pid ?? null;
    const [rssBytes, watches] =
      pid === null ? [0, null] : await Promise.all([residentBytes(pid), kernelWatches(pid)]);
    return { state: this.#state, pid, watches, rssBytes, restarts: this.#restarts };
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const entry of this.#roots.values()) entry.close();
    this.#roots.clear();
    await this.#stop();
  }

  /** Sends what is wanted of a root, at once or when the process is up. */
  #command(entry: RootEntry): void {
    entry.command(this.#options.subscribeMs, () => this.#late(entry));
    if (this.#state === 'running') this.#send(entry);
    else if (this.#failure) this.#failEntry(entry);
    else if (!this.#process && !this.#startTimer) this.#start();
  }

  #send(entry: RootEntry): void {
    const { id, root, prunedFolders, gitDir } = entry.target;
    this.#process?.send({ type: 'watch', id, revision: entry.revision, root, prunedFolders, gitDir });
  }

  #start(): void {
    this.#startTimer = null;
    this.#failure = null;
    const { entry, silenceMs, log } = this.#options;
    this.#process = new WatcherProcess({
      entry,
      silenceMs,
      onReport: (report) => this.#onReport(report),
      onEnd: (why, hung) => this.#onEnd(why, hung),
    });
    log.debug({ pid: this.#process.pid }, 'watcher process started');
  }

  #onReport(report: WatcherReport): void {
    if (report.type === 'ready') {
      this.#onReady(report.limit);
    } else if (report.type === 'limit') {
      this.#options.log.warn({ limit: report.reached }, 'kernel watches ran out or are free again');
      for (const entry of this.#roots.values()) entry.setLimited(report.reached !== null);
    } else if (report.type === 'recycle') {
      this.#recycle(report.reason);
    } else if (report.type !== 'beat') {
      const entry = this.#roots.get(report.id);
      if (entry) this.#onRootReport(entry, report);
    }
  }

  #onReady(limit: 'watch-limit' | 'instance-limit' | null): void {
    if (limit === 'instance-limit') {
      // To subscribe now would block the process for good.
      this.#endProcess();
      this.#giveUp('cannot get an inotify instance', (root) => problemOf('instance-limit', root, ''));
      return;
    }
    this.#state = 'running';
    for (const entry of this.#roots.values()) {
      entry.setLimited(limit !== null);
      if (entry.excluded) continue;
      // The deadline runs from here, not from a time when there was no process.
      entry.command(this.#options.subscribeMs, () => this.#late(entry));
      this.#send(entry);
    }
  }

  #onRootReport(entry: RootEntry, report: Extract<WatcherReport, { id: string }>): void {
    if (report.type === 'hints') entry.note(report.paths, report.folders);
    else if (report.type === 'burst') entry.noteBurst();
    else if (report.type === 'sweep') entry.sweep(report.reason);
    else if (report.type === 'git') entry.git();
    else this.#onMode(entry, report);
  }

  #onMode(entry: RootEntry, report: Extract<WatcherReport, { type: 'mode' }>): void {
    const problem = report.fault && problemOf(report.fault, entry.target.root, report.detail);
    if (problem && report.mode === 'polling') {
      this.#options.log.warn(
        { root: entry.target.id, fault: report.fault, detail: report.detail },
        problem.message,
      );
      entry.exclude(problem, report.fault ?? 'subscribe-failed', () => this.#command(entry));
      return;
    }
    entry.setMode(report.mode, problem);
    if (report.began) entry.sweep('events begin here');
    if (report.revision === entry.revision) entry.answer();
  }

  #late(entry: RootEntry): void {
    const { subscribeMs } = this.#options;
    entry.exclude(slowProblem(entry.target.root, subscribeMs / 1000), 'slow', () => this.#command(entry));
    // The subscription under way keeps the events of all other roots waiting.
    if (this.#state === 'running') this.#recycle(`the subscription of ${entry.target.id} takes too long`);
  }

  #recycle(why: string): void {
    this.#options.log.info({ why }, 'watcher process is replaced');
    this.#endProcess();
    this.#startAfter(this.#policy.recycled(performance.now()), why, false);
  }

  #onEnd(why: string, hung: boolean): void {
    this.#process = null;
    this.#options.log.warn({ why }, 'watcher process ended');
    this.#startAfter(this.#policy.failed(performance.now()), why, hung);
  }

  #startAfter(delayMs: number | null, why: string, hung: boolean): void {
    this.#state = 'starting';
    if (this.#closed || this.#roots.size === 0) return;
    if (delayMs === null) {
      this.#giveUp(why, () => processProblem(why, giveUpMs, hung));
      return;
    }
    this.#state = 'restarting';
    this.#restarts += 1;
    if (delayMs >= notableDelayMs) {
      for (const entry of this.#roots.values()) {
        if (entry.excluded) continue;
        entry.setMode('polling', processProblem(why, null, hung));
        entry.answer();
      }
    }
    this.#startTimer = setTimeout(() => this.#start(), delayMs);
  }

  #giveUp(why: string, problem: (root: string) => WatchProblem): void {
    this.#state = 'failed';
    this.#failure = { why, problem };
    this.#options.log.error({ why }, 'watcher process does not stay up');
    for (const entry of this.#roots.values()) this.#failEntry(entry);
    this.#startTimer = setTimeout(() => {
      this.#policy.reset();
      this.#restarts += 1;
      this.#state = 'restarting';
      this.#start();
    }, giveUpMs).unref();
  }

  #failEntry(entry: RootEntry): void {
    if (this.#failure) entry.setMode('polling', this.#failure.problem(entry.target.root));
    entry.answer();
  }

  #endProcess(): void {
    const end = this.#process?.end();
    this.#process = null;
    if (!end) return;
    this.#ending.add(end);
    void end.finally(() => this.#ending.delete(end));
  }

  async #stop(): Promise<void> {
    if (this.#startTimer) clearTimeout(this.#startTimer);
    this.#startTimer = null;
    this.#failure = null;
    this.#state = 'starting';
    this.#endProcess();
    await Promise.all(this.#ending);
  }
}

/** How a target differs from the one before; `wider`: more is to be watched, in the same place. */
function compare(before: WatchTarget, after: WatchTarget): 'same' | 'wider' | 'other' {
  if (before.gitDir !== after.gitDir) return 'other';
  const pruned = new Set(before.prunedFolders);
  const added = after.prunedFolders.filter((folder) => !pruned.has(folder));
  if (added.length > 0) return 'other';
  return new Set(after.prunedFolders).size === pruned.size ? 'same' : 'wider';
}
