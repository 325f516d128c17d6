import { LcadError, messageOf } from '../shared/errors.js';
import type { Log } from './log-contract.js';

/** How one step of a stop went. `late` means that its deadline passed and the next step began without it. */
export interface StopStep {
  name: string;
  ms: number;
  outcome: 'done' | 'late' | 'failed' | 'skipped';
  message?: string;
}

export interface StopReport {
  reason: string;
  exitCode: number;
  ms: number;
  steps: StopStep[];
}

export interface LifecycleOptions {
  log: Log;
  /** Longest whole stop (ms); steps left after it are skipped, but for those registered as last. */
  totalMs?: number;
  /** Ends the process; replaced by tests of the order alone. */
  exit?: (code: number) => void;
}

type Work = () => void | Promise<void>;

interface Registered {
  name: string;
  work: Work;
  deadlineMs: number;
  always: boolean;
}

const defaultStepMs = 3000;
const defaultTotalMs = 12_000;
const defaultStartMs = 60_000;

/**
 * Starts the parts of the daemon one after another and stops them in the reverse order, each within a deadline.
 * What was started last uses what was started before it, so that the reverse order loses nothing. A stop is run
 * once, whoever asks for it and how often.
 */
export class Lifecycle {
  readonly #log: Log;
  readonly #totalMs: number;
  readonly #exit: (code: number) => void;
  readonly #steps: Registered[] = [];
  readonly #stopping = new AbortController();
  #stopped: Promise<StopReport> | null = null;

  constructor(options: LifecycleOptions) {
    this.#log = options.log;
    this.#totalMs = options.totalMs ?? defaultTotalMs;
    this.#exit = options.exit ?? ((code) => process.exit(code));
  }

  /** Aborted when the stop begins. */
  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  /**
   * Runs one part of the start.
   *
   * @throws LcadError SHUTTING_DOWN if a stop began meanwhile, DAEMON_START_FAILED if the part takes longer than
   *   `deadlineMs`; whatever the part throws
   */
  async start<T>(name: string, work: () => T | Promise<T>, deadlineMs = defaultStartMs): Promise<T> {
    this.#refuseWhenStopping(name);
    const began = performance.now();
    const result = await within(Promise.resolve().then(work), deadlineMs, () => {
      throw new LcadError('DAEMON_START_FAILED', `Starting "${name}" took longer than ${deadlineMs} ms.`);
    });
    this.#log.debug({ step: name, ms: since(began) }, 'started');
    this.#refuseWhenStopping(name);
    return result;
  }

  /**
   * Registers what to do when the daemon stops. Steps run in the reverse order of their registration.
   *
   * @param options.deadlineMs longest wait for this step
   * @param options.always run it though the whole stop is past its deadline (releases what others need)
   */
  onStop(name: string, work: Work, options: { deadlineMs?: number; always?: boolean } = {}): void {
    const { deadlineMs = defaultStepMs, always = false } = options;
    this.#steps.push({ name, work, deadlineMs, always });
  }

  /** Stops everything and ends the process. Further calls wait for the first one. */
  stop(reason: string, exitCode = 0): Promise<StopReport> {
    this.#stopped ??= this.#stopAll(reason, exitCode);
    return this.#stopped;
  }

  /**
   * Listens to the process: SIGTERM and SIGINT stop it, a second one of them ends it at once; SIGHUP calls
   * `onReload`; an uncaught error is logged and stops it with exit code 1. Returns what ends the listening.
   */
  listen(onReload: () => void): () => void {
    const signalled = (signal: NodeJS.Signals) => this.#signalled(signal);
    const thrown = (error: unknown, origin: string) => this.#thrown(error, origin);
    const reload = () => {
      this.#log.info({}, 'SIGHUP: reading the configuration again');
      onReload();
    };
    const warned = (warning: Error) => this.#log.warn({ err: warning }, 'warning of the runtime');
    process.on('SIGTERM', signalled).on('SIGINT', signalled).on('SIGHUP', reload);
    process.on('uncaughtException', thrown).on('warning', warned);
    return () => {
      process.off('SIGTERM', signalled).off('SIGINT', signalled).off('SIGHUP', reload);
      process.off('uncaughtException', thrown).off('warning', warned);
    };
  }

  #signalled(signal: NodeJS.Signals): void {
    if (this.#stopped === null) {
      void this.stop(signal);
      return;
    }
    this.#log.warn({ signal }, 'a second signal: ending at once');
    this.#exit(signal === 'SIGINT' ? 130 : 143);
  }

  /** Node raises an unhandled rejection as an uncaught exception with the origin "unhandledRejection". */
  #thrown(error: unknown, origin: string): void {
    this.#log.error({ err: error, origin }, `uncaught: ${messageOf(error)}`);
    void this.stop('uncaught error', 1);
  }

  #refuseWhenStopping(name: string): void {
    if (!this.signal.aborted) return;
    throw new LcadError('SHUTTING_DOWN', `The daemon was told to stop while it was starting "${name}".`);
  }

  async #stopAll(reason: string, exitCode: number): Promise<StopReport> {
    const began = performance.now();
    this.#log.info({ reason }, 'stopping');
    this.#stopping.abort();
    const steps: StopStep[] = [];
    // Steps may register others while they run (what a part was just starting), hence no copy.
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      const left = this.#totalMs - (performance.now() - began);
      steps.push(await this.#run(step, left));
    }
    const report = { reason, exitCode, ms: since(began), steps };
    this.#log.info({ ...report, steps: steps.filter(({ outcome }) => outcome !== 'done') }, 'stopped');
    this.#exit(exitCode);
    return report;
  }

  async #run({ name, work, deadlineMs, always }: Registered, leftMs: number): Promise<StopStep> {
    // A timer may fire up to a millisecond early.
    if (leftMs < 1 && !always) {
      this.#log.warn({ step: name }, 'skipped: the stop has taken too long already');
      return { name, ms: 0, outcome: 'skipped' };
    }
    const began = performance.now();
    const longest = always ? deadlineMs : Math.min(deadlineMs, leftMs);
    try {
      const outcome = await within<'done' | 'late'>(
        Promise.resolve()
          .then(work)
          .then(() => 'done'),
        longest,
        () => 'late',
      );
      if (outcome === 'late') this.#log.warn({ step: name, longest }, 'did not stop in time');
      return { name, ms: since(began), outcome };
    } catch (error) {
      this.#log.error({ step: name, err: error }, 'failed to stop');
      return { name, ms: since(began), outcome: 'failed', message: messageOf(error) };
    }
  }
}

/** Waits for `work`, but no longer than `ms` milliseconds: then the outcome is that of `onLate`. */
async function within<T>(work: Promise<T>, ms: number, onLate: () => T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve, reject) => {
    timer = setTimeout(() => {
      try {
        resolve(onLate());
      } catch (error) {
        reject(error);
      }
      // Timers drop what is less than a millisecond.
    }, Math.ceil(ms));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function since(began: number): number {
  return Math.round(performance.now() - began);
}
