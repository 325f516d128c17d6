import { LcadError, messageOf } from '../../shared/errors.js';
import type { HashedFile, ScanResult, ScanRules } from '../../workers/messages.js';
import type { IndexContext } from './contract.js';
import { DeriveRun } from './derive-run.js';
import type { LiveIndex } from './live-index.js';
import type { Operation } from './operation-queue.js';
import { batchesOf, planOf, rememberedStat } from './plan.js';

export interface IndexerOptions extends IndexContext {
  live: LiveIndex;
  /** Rules of the scan as they are now. */
  rules(whole: boolean): Promise<ScanRules>;
  /** Called after the live index has changed: paths whose content is new, and paths that are gone. */
  onPublish(changed: string[], removed: string[]): void;
  /** Files that are known to have changed and are not published yet. */
  onPending(count: number): void;
}

/** What an operation did. */
export interface IndexReport {
  /** Whole scans only: what the scan left out, by reason, and the folders it did not enter. */
  scan: Pick<ScanResult, 'skipped' | 'prunedFolders'> | null;
  read: number;
  derived: number;
  published: number;
  removed: number;
  /** Paths that kept changing while they were read: to be looked at again. */
  unsettled: string[];
}

/** The root of the repository cannot be read: it is gone, unmounted, or permission was lost. */
export class RootUnreadable extends Error {}

const hashBatchFiles = 256;
const hashBatchBytes = 8 << 20;
const settleAttempts = 3;

/**
 * Brings the live index of one repository in line with its files: scan, plan, hash, derive, commit, publish. Each
 * step is idempotent; stopping at any point leaves work undone but nothing wrong.
 */
export class Indexer {
  readonly #options: IndexerOptions;

  constructor(options: IndexerOptions) {
    this.#options = options;
  }

  /** @throws RootUnreadable, DISK_FULL, INDEX_UNAVAILABLE, BUSY, DEADLINE_EXCEEDED; the signal's reason when aborted */
  async run(operation: Operation, signal: AbortSignal): Promise<IndexReport> {
    const { root, live, onPhase, onPending } = this.#options;
    onPhase({ phase: 'scan', done: 0, total: 0 });
    const scope = operation.whole ? null : [...operation.paths];
    const scan = await (operation.begun ?? this.#scan(operation.whole, scope, signal));
    signal.throwIfAborted();
    if (!scan.rootOk) throw new RootUnreadable(scan.rootError ?? `Cannot read ${root}.`);
    const has = (key: string) => this.#options.store.isWhole(key);
    const plan = planOf(live.entries, scan, scope, operation.anew, has);
    const gone = plan.removed.filter((path) => live.remove(path));
    if (gone.length > 0) this.#options.onPublish([], gone);

    const report: IndexReport = {
      scan: operation.whole ? { skipped: scan.skipped, prunedFolders: scan.prunedFolders } : null,
      read: plan.read.length,
      derived: 0,
      published: 0,
      removed: gone.length,
      unsettled: [],
    };
    let todo = plan.read;
    for (let attempt = 0; todo.length > 0 && attempt < settleAttempts; attempt++) {
      onPending(todo.length);
      const unsettled = await this.#readAndDerive(todo, operation.anew && attempt === 0, report, signal);
      todo = unsettled.map((path) => ({ path, size: 0 }));
    }
    report.unsettled = todo.map(({ path }) => path);
    onPending(report.unsettled.length);
    onPhase({ phase: 'done', done: report.read, total: report.read });
    return report;
  }

  async #scan(whole: boolean, paths: string[] | null, signal: AbortSignal): Promise<ScanResult> {
    const { root, pool, rules } = this.#options;
    return await pool.scan({ root, rules: await rules(whole), paths }, signal);
  }

  async #readAndDerive(
    files: { path: string; size: number }[],
    anew: boolean,
    report: IndexReport,
    signal: AbortSignal,
  ): Promise<string[]> {
    const readAt = Date.now();
    const hashed = await this.#hashAll(files, signal);
    if (anew) await this.#forget(hashed);
    const { store } = this.#options;
    const known = hashed.filter((file) => file.status !== 'ok' || store.isWhole(file.key));
    const unknown = hashed.filter((file) => file.status === 'ok' && !store.isWhole(file.key));
    this.#publish(known, readAt, report);
    this.#options.onPending(unknown.length);
    if (unknown.length === 0) return [];

    const run = new DeriveRun({
      ...this.#options,
      onCommitted: (keys) => {
        const done = unknown.filter((file) => keys.has(file.key));
        this.#publish(done, readAt, report);
        report.derived += keys.size;
      },
    });
    const sizes = new Map(files.map(({ path, size }) => [path, size]));
    return await run.run(
      unknown.map((file) => ({ ...file, size: sizes.get(file.path) || file.stat.size })),
      signal,
    );
  }

  async #hashAll(files: { path: string; size: number }[], signal: AbortSignal): Promise<HashedFile[]> {
    const { root, pool, limits, onPhase } = this.#options;
    let done = 0;
    onPhase({ phase: 'hash', done, total: files.length });
    const batches = batchesOf(files, hashBatchFiles, hashBatchBytes);
    const results = await Promise.all(
      batches.map(async (batch) => {
        const paths = batch.map(({ path }) => path);
        const { maxFileBytes, includeGenerated } = limits();
        const result = await pool.hash({ root, paths, maxFileBytes, includeGenerated }, signal);
        done += batch.length;
        onPhase({ phase: 'hash', done, total: files.length });
        return result.files;
      }),
    );
    return results.flat();
  }

  /** Drops what was derived from these contents, so that it is derived again. */
  async #forget(files: HashedFile[]): Promise<void> {
    const { store } = this.#options;
    const keys = new Set(files.map(({ key }) => key).filter((key) => store.keys.has(key)));
    if (keys.size > 0) await store.deleteContents([...keys]);
  }

  #publish(files: HashedFile[], readAt: number, report: IndexReport): void {
    const { live, onPublish } = this.#options;
    const changed: string[] = [];
    const removed: string[] = [];
    for (const file of files) {
      if (file.status === 'gone') {
        if (live.remove(file.path)) removed.push(file.path);
        continue;
      }
      const stat = rememberedStat(file.stat, readAt);
      const { language, lines } = file;
      const wasIndexed = (live.entries.get(file.path)?.key ?? '') !== '';
      const isNew = live.set(file.path, { key: file.key, language, lines, ...stat, skip: file.reason });
      if (isNew && file.status === 'ok') changed.push(file.path);
      else if (isNew && wasIndexed) removed.push(file.path);
    }
    report.published += changed.length;
    report.removed += removed.length;
    if (changed.length + removed.length > 0) onPublish(changed, removed);
  }
}

/** One line for a degraded state. */
export function failureOf(error: unknown): string {
  return error instanceof LcadError ? error.message : `Indexing failed: ${messageOf(error)}`;
}
