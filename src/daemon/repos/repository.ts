import { randomBytes } from 'node:crypto';
import { basename, relative } from 'node:path';
import type { Freshness, RepoState } from '../../protocol/common.js';
import type { Degradation, IndexProgress, RepoSummary } from '../../protocol/repos.js';
import { LcadError, messageOf } from '../../shared/errors.js';
import type { ScanResult, SkipReason } from '../../workers/messages.js';
import { changesRules } from '../../workers/scan/ignore-list.js';
import type { Log } from '../log-contract.js';
import type { DeriveEmbedding, IndexLimits } from '../pipeline/contract.js';
import { failureOf, Indexer, type IndexReport, RootUnreadable } from '../pipeline/indexer.js';
import { LiveIndex } from '../pipeline/live-index.js';
import { type Operation, OperationQueue } from '../pipeline/operation-queue.js';
import type { WorkerPool } from '../pipeline/pool.js';
import type { ManifestSnapshot, QuarantinedFile } from '../store/manifest.js';
import type { WatchMode, WatchSupervisor } from '../watch/contract.js';
import type { GitCheckout } from './checkout.js';
import type { Family } from './family.js';
import type { ManifestKeeper } from './manifest-keeper.js';
import type { RepoRecord } from './registry.js';
import { RepositoryWatch } from './repository-watch.js';

export interface RepositorySettings {
  limits: IndexLimits;
  sweepMs: number;
  pollMs: number;
}

export interface RepositoryEvents {
  onChanged(repo: Repository, changed: string[], removed: string[]): void;
  onProgress(repo: Repository, progress: IndexProgress): void;
}

export interface RepositoryOptions {
  record: RepoRecord;
  family: Family;
  checkout: GitCheckout;
  manifest: ManifestKeeper;
  pool: WorkerPool;
  /** Build of the Universal Ctags in use, if there is one. */
  ctags: string | undefined;
  embedding: DeriveEmbedding;
  watch: WatchSupervisor;
  settings: () => RepositorySettings;
  events: RepositoryEvents;
  log: Log;
}

const retryMs = 15_000;

/** One registered repository: its live index, and what keeps it in line with the files. */
export class Repository {
  readonly #options: RepositoryOptions;
  readonly #indexer: Indexer;
  readonly #queue: OperationQueue;
  readonly #watch: RepositoryWatch;
  readonly #stop = new AbortController();
  readonly #quarantined = new Map<string, QuarantinedFile>();
  readonly live: LiveIndex;
  #epoch: string;
  #generation: number;
  #complete: boolean;
  #state: RepoState = 'new';
  /** Why the last operation failed. */
  #problem: Degradation | null = null;
  #hinted = 0;
  #pending = 0;
  #progress: IndexProgress | null = null;
  #lastChange: string | null;
  #skipped: Partial<Record<SkipReason, number>> = {};
  #retry: NodeJS.Timeout | null = null;

  constructor(options: RepositoryOptions) {
    this.#options = options;
    const { manifest, family, record, pool, embedding, checkout, log } = options;
    const kept = manifest.loaded;
    this.live = new LiveIndex(kept?.entries);
    this.#epoch = kept?.epoch ?? randomBytes(6).toString('hex');
    this.#generation = kept?.generation ?? 0;
    this.#lastChange = kept?.lastChange ?? null;
    this.#complete = kept?.complete ?? false;
    for (const file of kept?.quarantined ?? []) this.#quarantined.set(file.path, file);
    this.#queue = new OperationQueue((operation) => this.#operate(operation));
    this.#watch = new RepositoryWatch({
      id: record.id,
      root: record.root,
      gitDir: () => checkout.gitDir,
      supervisor: options.watch,
      settings: options.settings,
      sweep: () => void this.request({ whole: true }),
    });
    this.#indexer = new Indexer({
      root: record.root,
      pool,
      store: family.store,
      embedding,
      live: this.live,
      limits: () => options.settings().limits,
      rules: (whole) => checkout.scanRules(whole),
      onPhase: ({ phase, done, total }) => this.#showProgress({ repo: record.id, phase, done, total }),
      onPublish: (changed, removed) => this.#published(changed, removed),
      onPending: (count) => {
        this.#pending = count;
      },
      onQuarantine: (file) => this.#quarantined.set(file.path, file),
      log,
    });
  }

  get id(): string {
    return this.#options.record.id;
  }

  get name(): string {
    return basename(this.root);
  }

  get root(): string {
    return this.#options.record.root;
  }

  get family(): Family {
    return this.#options.family;
  }

  get checkout(): GitCheckout {
    return this.#options.checkout;
  }

  get state(): RepoState {
    return this.#state === 'ready' && this.problems.length > 0 ? 'degraded' : this.#state;
  }

  get epoch(): string {
    return this.#epoch;
  }

  get generation(): number {
    return this.#generation;
  }

  get pending(): number {
    return this.#pending + this.#hinted;
  }

  get progress(): IndexProgress | null {
    return this.#progress;
  }

  get watching(): WatchMode {
    return this.#watch.mode;
  }

  get lastChange(): string | null {
    return this.#lastChange;
  }

  /** Files that hung or killed a worker, as long as they have the content that did. */
  get quarantined(): QuarantinedFile[] {
    return [...this.#quarantined.values()].filter(
      ({ path, key }) => this.live.entries.get(path)?.key === key,
    );
  }

  get problems(): Degradation[] {
    const others = [this.#watch.problem, this.checkout.problem];
    return [this.#problem, ...others].filter((problem) => problem !== null);
  }

  /** Skipped files and folders by reason: those of the last whole scan, and those known from reading them. */
  get skipped(): Record<string, number> {
    const counts: Record<string, number> = { ...this.#skipped };
    for (const [reason, count] of this.live.skips()) counts[reason] = (counts[reason] ?? 0) + count;
    return counts;
  }

  get summary(): RepoSummary {
    const { id, root, kind, family, addedAt } = this.#options.record;
    return { id, name: this.name, root, kind, family, state: this.state, addedAt };
  }

  freshness(fresh: boolean): Freshness {
    const { id, name, root, epoch, generation, pending, state } = this;
    const { head, branch } = this.checkout.head;
    return { repo: id, name, root, epoch, generation, head, branch, pending, state, fresh };
  }

  /**
   * Catches up with what changed while nobody watched, and then watches: by then it is known which folders need no
   * watching, and what changed in between is found by the sweep with which watching begins. The promise is that first
   * look.
   * @param scan of everything, if one was begun already
   */
  start(scan?: Promise<ScanResult>): Promise<void> {
    this.#options.family.join(this.id, this.live);
    const caughtUp = this.request({ whole: true, begun: scan });
    const watch = () => {
      if (!this.#stop.signal.aborted) this.#watch.begin();
    };
    caughtUp.then(watch, watch);
    return caughtUp;
  }

  /** Asks for a look at paths (from the root) or at everything; resolves when it is done and published. */
  request(operation: Partial<Omit<Operation, 'paths'>> & { paths?: Iterable<string> }): Promise<void> {
    const paths = new Set(operation.paths ?? []);
    this.#hinted += paths.size;
    const done = this.#queue.request({ whole: false, anew: false, ...operation, paths });
    // Watch events do not wait for their operation; its failure is shown by `problems`.
    done.catch(() => undefined);
    return done;
  }

  /**
   * Resolves when everything written before the call is seen by the index: a whole look at the files that starts after
   * the call. @returns false if the deadline came first, or the files cannot be read
   */
  async waitFresh(deadlineMs: number, signal: AbortSignal): Promise<boolean> {
    const timeout = AbortSignal.timeout(deadlineMs);
    const ended = AbortSignal.any([timeout, signal]);
    const late = new Promise<false>((resolve) =>
      ended.addEventListener('abort', () => resolve(false), { once: true }),
    );
    const looked = this.request({ whole: true }).then(
      () => this.state !== 'missing',
      () => false,
    );
    const fresh = await Promise.race([looked, late]);
    signal.throwIfAborted();
    return fresh;
  }

  /** Watcher events: absolute paths that may have changed. */
  hint(paths: string[]): void {
    const inside = paths.map((path) => relative(this.root, path)).filter((path) => !path.startsWith('..'));
    if (inside.some(changesRules)) this.request({ whole: true });
    else this.request({ paths: inside });
  }

  /** HEAD or the index may have changed. */
  async gitChanged(): Promise<void> {
    const moved = await this.checkout.refresh();
    if (!moved) return;
    this.#published([], []);
    this.request({ whole: true });
  }

  /** The watcher tells how the root is watched now. */
  setWatching(mode: WatchMode, problem: Degradation | null): void {
    this.#watch.setMode(mode, problem);
  }

  /** Stops work, saves the manifest and leaves the family. */
  async stop(options: { forget: boolean }): Promise<void> {
    this.#stop.abort(new LcadError('SHUTTING_DOWN', 'The repository is being closed.'));
    if (this.#retry) clearTimeout(this.#retry);
    await this.#watch.end();
    await this.#queue.close(new LcadError('SHUTTING_DOWN', 'The repository is being closed.'));
    if (options.forget) await this.#options.manifest.remove();
    else await this.#save();
    this.family.leave(this.id);
  }

  async #operate(operation: Operation): Promise<void> {
    this.#hinted = 0;
    this.#stop.signal.throwIfAborted();
    if (!this.#complete) this.#state = 'indexing';
    try {
      await this.checkout.refresh();
      const report = await this.#indexer.run(operation, this.#stop.signal);
      await this.#finished(operation, report);
    } catch (error) {
      if (this.#stop.signal.aborted) throw this.#stop.signal.reason;
      this.#failed(error);
      throw error;
    } finally {
      this.#pending = 0;
      this.#progress = null;
    }
  }

  async #finished(operation: Operation, report: IndexReport): Promise<void> {
    const { family, log } = this.#options;
    if (report.scan) {
      this.#skipped = report.scan.skipped;
      this.#watch.prune(report.scan.prunedFolders);
    }
    if (!this.#complete && operation.whole) {
      await family.store.sync();
      this.#complete = true;
      await this.#save();
    }
    if (report.derived > 0) family.maintainSoon();
    this.#state = this.#complete ? 'ready' : 'new';
    this.#problem = null;
    if (report.read + report.removed > 0) {
      this.#saveSoon();
      const { read, derived, published, removed } = report;
      log.info(
        { repo: this.id, read, derived, published, removed, generation: this.#generation },
        'index updated',
      );
    }
    if (report.unsettled.length > 0) this.#retryLater({ whole: false, paths: report.unsettled });
  }

  #failed(error: unknown): void {
    this.#options.log.warn({ repo: this.id, error: messageOf(error) }, 'indexing failed');
    if (error instanceof RootUnreadable) {
      this.#state = 'missing';
    } else {
      this.#state = this.#complete ? 'ready' : 'degraded';
      const kind = error instanceof LcadError && error.kind === 'DISK_FULL' ? 'disk-full' : 'indexing';
      const next =
        error instanceof LcadError ? error.next : '`lcad logs` tells more; it is tried again by itself.';
      this.#problem = { kind, message: failureOf(error), next };
    }
    this.#retryLater({ whole: true });
  }

  #retryLater(operation: { whole: boolean; paths?: string[] }): void {
    if (this.#retry) clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.request(operation), retryMs).unref();
  }

  #published(changed: string[], removed: string[]): void {
    this.#generation++;
    this.#lastChange = new Date().toISOString();
    this.#saveSoon();
    this.#options.events.onChanged(this, changed, removed);
  }

  #showProgress(progress: IndexProgress): void {
    this.#progress = progress;
    if (progress.phase === 'derive') this.#pending = Math.max(0, progress.total - progress.done);
    this.#options.events.onProgress(this, progress);
  }

  #snapshot(): ManifestSnapshot {
    return {
      epoch: this.#epoch,
      generation: this.#generation,
      ...this.checkout.head,
      lastChange: this.#lastChange,
      complete: this.#complete,
      ctags: this.#options.ctags,
      quarantined: this.quarantined,
      entries: this.live.entries,
    };
  }

  #saveSoon(): void {
    this.#options.manifest.saveSoon(() => this.#snapshot());
  }

  async #save(): Promise<void> {
    await this.#options.manifest.save(this.#snapshot());
  }
}
