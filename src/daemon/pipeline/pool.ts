import { setTimeout as sleep } from 'node:timers/promises';
import { Piscina } from 'piscina';
import { LcadError, messageOf } from '../../shared/errors.js';
import { packagePath } from '../../shared/package-root.js';
import { childTable, killOrphans, type ThreadData } from '../../workers/ctags/children.js';
import type { CtagsProgram } from '../../workers/ctags/program.js';
import type {
  AroundResult,
  AroundTask,
  BuildTermsTask,
  ByteVectors,
  DeriveResult,
  DeriveTask,
  DeriveTextResult,
  DeriveTextTask,
  EmbedTask,
  HashResult,
  HashTask,
  LoadModelResult,
  LoadModelTask,
  OutlineResult,
  OutlineTask,
  RestTask,
  ScanResult,
  ScanTask,
  SyntaxResult,
  SyntaxTask,
  TermSegment,
  WorkerTask,
} from '../../workers/messages.js';
import { watchForStall } from './stall.js';
import { ThreadRest } from './thread-rest.js';

/** What became of a derive task: its result, or the file that hung or killed the worker. */
export type DeriveOutcome =
  | { ok: true; result: DeriveResult }
  | { ok: false; culprit: number; reason: 'hung' | 'crashed'; message: string };

export interface PoolOptions {
  /** Most worker threads. */
  threads: number;
  /** How long a derive task may stay at one file before its worker is ended, in milliseconds. */
  stallMs: number;
  /** How long a scan or hash task may take, in milliseconds. */
  taskDeadlineMs: number;
  /** Universal Ctags for languages without a grammar; none: those are indexed by lines. Must not reject. */
  ctags?: Promise<CtagsProgram | undefined> | undefined;
  /** Script of the worker threads. */
  entry?: string;
  /** How long nothing is derived until the thread that stays is replaced, in milliseconds; default 30 s. */
  restMs?: number;
}

interface RunOptions {
  /** Default: that of every task. */
  deadlineMs?: number;
  transferList?: ArrayBuffer[];
}

export interface PoolStats {
  threads: number;
  busy: number;
  queued: number;
  /** Workers ended because a file hung or killed them. */
  restarts: number;
}

const maxQueuedTasks = 4096;
const idleThreadMs = 20_000;
const defaultRestMs = 30_000;
const workerHeapMib = 512;
const orphanMs = 200;
/** How often background work looks whether other work still waits. */
const politeMs = 25;

/**
 * The worker threads. One thread is always there so that a saved file is indexed at once; the others end after a while
 * without work, which gives their memory back, and then the one that stays is replaced if it has done much.
 */
export class WorkerPool {
  readonly #piscina: Piscina<WorkerTask, unknown>;
  readonly #options: PoolOptions;
  readonly #children = childTable();
  /** The Universal Ctags that the threads use, once it was found. */
  readonly ctags: Promise<CtagsProgram | undefined>;
  readonly #rest: ThreadRest;
  #running = 0;
  #restarts = 0;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.ctags = options.ctags ?? Promise.resolve(undefined);
    this.#piscina = new Piscina<WorkerTask, unknown>({
      filename: options.entry ?? packagePath('dist/bundle/worker.js'),
      minThreads: 1,
      maxThreads: options.threads,
      idleTimeout: idleThreadMs,
      maxQueue: maxQueuedTasks,
      // With 'sync', piscina's default, an idle thread blocks its event loop.
      atomics: 'disabled',
      recordTiming: false,
      resourceLimits: { maxOldGenerationSizeMb: workerHeapMib },
      workerData: { children: this.#children } satisfies ThreadData,
    });
    const threads = { isLastIdle: () => this.#isLastIdle(), replace: () => this.#replaceThread() };
    this.#rest = new ThreadRest(threads, options.restMs ?? defaultRestMs);
    this.#piscina.on('workerDestroy', () => this.#endOrphans());
    // A task's failure rejects its promise; without a listener, a failing idle worker would end the process.
    this.#piscina.on('error', () => undefined);
  }

  /** Lists files. @throws DEADLINE_EXCEEDED, BUSY, INTERNAL_ERROR; the signal's reason if aborted */
  scan(task: Omit<ScanTask, 'type'>, signal: AbortSignal): Promise<ScanResult> {
    return this.#runWithDeadline({ type: 'scan', ...task }, signal) as Promise<ScanResult>;
  }

  /** Reads files and gives their content keys. @throws as scan */
  async hash(task: Omit<HashTask, 'type'>, signal: AbortSignal): Promise<HashResult> {
    const full: HashTask = { type: 'hash', ...task, ctags: await this.ctags };
    return (await this.#runWithDeadline(full, signal)) as HashResult;
  }

  /** Reads the built-in embedding model into shared memory. @throws as scan */
  loadModel(task: Omit<LoadModelTask, 'type'>, signal: AbortSignal): Promise<LoadModelResult> {
    return this.#runWithDeadline({ type: 'load-model', ...task }, signal) as Promise<LoadModelResult>;
  }

  /** Embeds columns of terms once no other task waits for a thread. @throws as scan */
  async embed(task: Omit<EmbedTask, 'type'>, signal: AbortSignal): Promise<ByteVectors> {
    // Other work asked for before this waits for it too, and goes first.
    await this.ctags;
    signal.throwIfAborted();
    while (this.#piscina.queueSize > 0) {
      await sleep(politeMs, undefined, { signal, ref: false }).catch(() => signal.throwIfAborted());
    }
    return (await this.#runWithDeadline({ type: 'embed', ...task }, signal)) as ByteVectors;
  }

  /**
   * Outlines a text that an editor holds; one that hangs is given up as a file would be. Cannot be aborted: that would
   * end the thread, which costs more than to finish. @throws as scan
   */
  async outline(task: Omit<OutlineTask, 'type'>): Promise<OutlineResult> {
    const { signal } = new AbortController();
    const { stallMs } = this.#options;
    const full: OutlineTask = { type: 'outline', ...task, ctags: await this.ctags };
    return (await this.#runWithDeadline(full, signal, { deadlineMs: stallMs })) as OutlineResult;
  }

  /** Cuts a text that an editor holds into chunks; as `outline` it cannot be aborted. @throws as scan */
  async deriveText(task: Omit<DeriveTextTask, 'type'>): Promise<DeriveTextResult> {
    const { signal } = new AbortController();
    const { stallMs } = this.#options;
    const full: DeriveTextTask = { type: 'derive-text', ...task, ctags: await this.ctags };
    return (await this.#runWithDeadline(full, signal, { deadlineMs: stallMs })) as DeriveTextResult;
  }

  /** Tells whether a text parses; as `outline` it cannot be aborted. @throws as scan */
  async syntax(task: Omit<SyntaxTask, 'type'>): Promise<SyntaxResult> {
    const { signal } = new AbortController();
    const { stallMs } = this.#options;
    return (await this.#runWithDeadline({ type: 'syntax', ...task }, signal, {
      deadlineMs: stallMs,
    })) as SyntaxResult;
  }

  /** Looks at a place of a text in its syntax tree; as `outline` it cannot be aborted. @throws as scan */
  async around(task: Omit<AroundTask, 'type'>): Promise<AroundResult> {
    const { signal } = new AbortController();
    const deadlineMs = this.#options.stallMs;
    return (await this.#runWithDeadline({ type: 'around', ...task }, signal, { deadlineMs })) as AroundResult;
  }

  /** Builds an index of terms. @throws as scan */
  buildTerms(task: BuildTermsTask, signal: AbortSignal): Promise<TermSegment> {
    return this.#runWithDeadline(task, signal, {
      transferList: [task.packed.buffer],
    }) as Promise<TermSegment>;
  }

  /** Parses files into chunk rows. A hang or crash is a result that names the file. @throws BUSY; the signal's reason */
  async derive(task: Omit<DeriveTask, 'type' | 'progress'>, signal: AbortSignal): Promise<DeriveOutcome> {
    const ctags = await this.ctags;
    const progress = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    const cell = new Int32Array(progress);
    Atomics.store(cell, 0, -1);
    const stall = new AbortController();
    const stopWatching = watchForStall(cell, this.#options.stallMs, stall);
    try {
      const full: DeriveTask = { type: 'derive', ...task, ctags, progress };
      const result = (await this.#run(full, AbortSignal.any([signal, stall.signal]))) as DeriveResult;
      this.#rest.derived(task.files.length);
      return { ok: true, result };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof LcadError) throw error;
      this.#restarts++;
      const culprit = Math.max(0, Atomics.load(cell, 0));
      return {
        ok: false,
        culprit,
        reason: stall.signal.aborted ? 'hung' : 'crashed',
        message: messageOf(error),
      };
    } finally {
      stopWatching();
    }
  }

  /** How many derive tasks to keep under way: one running and one waiting per thread. */
  get laneCount(): number {
    return this.#options.threads * 2;
  }

  stats(): PoolStats {
    return {
      threads: this.#piscina.threads.length,
      busy: Math.min(this.#running, this.#piscina.threads.length),
      queued: this.#piscina.queueSize,
      restarts: this.#restarts,
    };
  }

  /** Ends all threads, whatever they are doing. */
  async close(): Promise<void> {
    this.#rest.close();
    await this.#piscina.destroy();
    killOrphans(this.#children, new Set());
  }

  #isLastIdle(): boolean {
    return this.#running === 0 && this.#piscina.threads.length === 1;
  }

  /** A task that is aborted ends its thread, in whose place piscina begins another. */
  #replaceThread(): void {
    const ending = new AbortController();
    this.#piscina.run({ type: 'rest' } satisfies RestTask, { signal: ending.signal }).catch(() => undefined);
    ending.abort();
  }

  /** A thread that is ended in the midst of its work cannot end its child process; it may still start one just now. */
  #endOrphans(): void {
    setTimeout(() => {
      killOrphans(this.#children, new Set(this.#piscina.threads.map(({ threadId }) => threadId)));
    }, orphanMs).unref();
  }

  async #run(task: WorkerTask, signal: AbortSignal, transferList: ArrayBuffer[] = []): Promise<unknown> {
    if (this.#piscina.queueSize >= maxQueuedTasks) {
      throw new LcadError('BUSY', 'The indexing queue is full.');
    }
    this.#running++;
    try {
      return await this.#piscina.run(task, { signal, transferList });
    } finally {
      this.#running--;
    }
  }

  async #runWithDeadline(
    task: Exclude<WorkerTask, DeriveTask | RestTask>,
    signal: AbortSignal,
    { deadlineMs = this.#options.taskDeadlineMs, transferList = [] }: RunOptions = {},
  ): Promise<unknown> {
    const what = nameOf(task);
    const deadline = AbortSignal.timeout(deadlineMs);
    try {
      return await this.#run(task, AbortSignal.any([signal, deadline]), transferList);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof LcadError) throw error;
      if (deadline.aborted) {
        this.#restarts++;
        throw new LcadError('DEADLINE_EXCEEDED', `${what} took over ${deadlineMs} ms.`);
      }
      throw new LcadError('INTERNAL_ERROR', `${what} failed: ${messageOf(error)}`, { cause: error });
    }
  }
}

/** For messages. */
function nameOf(task: Exclude<WorkerTask, DeriveTask | RestTask>): string {
  if (task.type === 'build-terms') return 'Building an index of terms';
  if (task.type === 'load-model') return `Loading ${task.file}`;
  if (task.type === 'outline') return `Outlining ${task.path}`;
  if (task.type === 'derive-text') return 'Cutting the text of an editor';
  if (task.type === 'around') return 'Parsing around a cursor';
  if (task.type === 'syntax') return `Parsing ${task.path}`;
  return task.type === 'embed' ? `Embedding ${task.columns.length} chunks` : `Reading ${task.root}`;
}
