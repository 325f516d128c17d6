import type { DeriveResult, DeriveTask, HashedFile, SharedModel } from '../../workers/messages.js';
import type { IndexContext } from './contract.js';
import { DerivedBatches } from './derived-batches.js';
import { batchesOf } from './plan.js';
import type { DeriveOutcome } from './pool.js';

type FileToDerive = HashedFile & { size: number };

export interface DeriveRunOptions extends IndexContext {
  /** Called when contents are safely in the store. */
  onCommitted(keys: ReadonlySet<string>): void;
}

const batchFiles = 64;
const batchBytes = 512 << 10;
/** Rows are committed in portions: each commit is a file and a version of the table, so a few large ones. */
const commitBytes = 12 << 20;

/**
 * Derives the chunks of many contents in the worker pool and commits them. At most two batches per thread and two
 * commits are under way, which bounds the memory. Each content is derived once, however many files have it.
 */
export class DeriveRun {
  readonly #options: DeriveRunOptions;
  readonly #unsettled: string[] = [];
  #model: SharedModel | null = null;
  #gathered = new DerivedBatches();
  #commits: Promise<void> = Promise.resolve();
  #openCommits = 0;
  #done = 0;
  #total = 0;

  constructor(options: DeriveRunOptions) {
    this.#options = options;
  }

  /** Resolves with the paths whose bytes changed meanwhile. */
  async run(files: FileToDerive[], signal: AbortSignal): Promise<string[]> {
    const unique = [...new Map(files.map((file) => [file.key, file])).values()];
    this.#total = unique.length;
    this.#report();
    this.#model = (await this.#options.embedding?.model()) ?? null;
    const batches = batchesOf(unique, batchFiles, batchBytes);
    const lanes = Math.min(batches.length, this.#options.pool.laneCount);
    const next = batches.values();
    await this.#allLanes(lanes, next, signal);
    this.#commit();
    this.#options.onPhase({ phase: 'commit', done: this.#done, total: this.#total });
    await this.#commits;
    return this.#unsettled;
  }

  /** Works in several lanes. When one fails the others stop, and only then is the failure passed on. */
  async #allLanes(count: number, batches: Iterator<FileToDerive[]>, signal: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    const lanes = Array.from({ length: count }, async () => {
      try {
        await this.#lane(batches, either);
      } catch (error) {
        stop.abort(error);
        throw error;
      }
    });
    await Promise.allSettled(lanes);
    if (either.aborted) throw either.reason;
  }

  async #lane(batches: Iterator<FileToDerive[]>, signal: AbortSignal): Promise<void> {
    for (let next = batches.next(); !next.done; next = batches.next()) {
      signal.throwIfAborted();
      await this.#derive(next.value, 'syntax', signal);
      if (this.#gathered.rowBytes >= commitBytes) {
        this.#commit();
        if (this.#openCommits > 1) await this.#commits;
      }
    }
  }

  async #derive(batch: FileToDerive[], mode: DeriveTask['mode'], signal: AbortSignal): Promise<void> {
    if (batch.length === 0) return;
    const { root, pool, limits } = this.#options;
    const files = batch.map(({ path, key, language }) => ({ path, key, language }));
    const model = this.#model ?? undefined;
    const outcome = await pool.derive({ root, files, mode, model, ...limits() }, signal);
    if (outcome.ok) this.#accept(outcome.result);
    else await this.#isolate(batch, mode, outcome, signal);
  }

  /** After a hang or crash: the file at fault goes by lines and alone, the others again as they were. */
  async #isolate(
    batch: FileToDerive[],
    mode: DeriveTask['mode'],
    { culprit, reason, message }: DeriveOutcome & { ok: false },
    signal: AbortSignal,
  ): Promise<void> {
    const file = batch[culprit];
    if (!file) return;
    this.#options.log.warn({ path: file.path, reason, error: message }, 'a file stopped a worker');
    const what = reason === 'hung' ? 'parsing did not end' : 'parsing ended the worker';
    if (mode === 'syntax') {
      this.#quarantine(file, `${what}; indexed by lines`);
      await this.#derive([file], 'lines', signal);
    } else {
      // Known and without chunks: it is not tried again until its content changes.
      this.#quarantine(file, `${what} even by lines; not searchable`);
      this.#gathered.addEmpty(file.key);
      this.#done++;
    }
    await this.#derive(batch.toSpliced(culprit, 1), mode, signal);
  }

  #quarantine({ path, key }: { path: string; key: string }, reason: string): void {
    this.#options.onQuarantine({ path, key, reason });
  }

  #accept(result: DeriveResult): void {
    for (const file of result.files) {
      this.#done++;
      if (file.status === 'changed') this.#unsettled.push(file.path);
      else if (file.fallback) this.#quarantine(file, `${file.fallback}; indexed by lines`);
    }
    this.#gathered.add(result);
    this.#report();
  }

  /** Puts what has been gathered behind the commits under way. */
  #commit(): void {
    const batches = this.#gathered;
    if (batches.contents.size === 0) return;
    this.#gathered = new DerivedBatches();
    this.#openCommits++;
    this.#commits = this.#commits.then(async () => {
      await this.#store(batches);
      this.#openCommits--;
      this.#options.onCommitted(new Set(batches.contents.keys()));
    });
    // The failure is seen where #commits is awaited, which may be later.
    this.#commits.catch(() => undefined);
  }

  /** Vectors right behind their chunks: the store may drop those of contents that it does not have. */
  async #store(batches: DerivedBatches): Promise<void> {
    const { store, embedding } = this.#options;
    const vectors = batches.vectors();
    await Promise.all([
      store.addChunks(batches.rows, batches.contents, batches.parts),
      vectors && this.#model && embedding?.add(this.#model.id, vectors),
    ]);
  }

  #report(): void {
    this.#options.onPhase({ phase: 'derive', done: this.#done, total: this.#total });
  }
}
