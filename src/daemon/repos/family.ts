import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Degradation } from '../../protocol/repos.js';
import { messageOf } from '../../shared/errors.js';
import type { Log } from '../log-contract.js';
import type { LiveIndex } from '../pipeline/live-index.js';
import { type CollectionLimits, collect } from '../store/collection.js';
import type { FamilyStore } from '../store/contract.js';
import { openFamilyStore } from '../store/family.js';
import type { TermBuilder } from '../store/term-index.js';

export interface FamilyOptions {
  id: string;
  /** Folder of all families. */
  folder: string;
  limits: () => CollectionLimits;
  buildTerms: TermBuilder;
  log: Log;
}

const quietBeforeMaintenanceMs = 3000;
const collectEveryMs = 6 * 3600_000;

/**
 * The repositories that share derived data, and the store that holds it. It opens with its first repository and
 * closes with its last; it keeps the store in shape while nothing else is written.
 */
export class Family {
  readonly id: string;
  readonly folder: string;
  readonly store: FamilyStore;
  readonly #options: FamilyOptions;
  readonly #members = new Map<string, LiveIndex>();
  #maintenance: NodeJS.Timeout | null = null;
  #collection: NodeJS.Timeout | null = null;

  private constructor(options: FamilyOptions, folder: string, store: FamilyStore) {
    this.id = options.id;
    this.folder = folder;
    this.store = store;
    this.#options = options;
    this.#collection = setInterval(() => void this.collect(), collectEveryMs).unref();
  }

  /** @throws INDEX_UNAVAILABLE, DISK_FULL */
  static async open(options: FamilyOptions): Promise<Family> {
    const folder = join(options.folder, options.id);
    const store = await openFamilyStore(join(folder, 'store'), {
      log: options.log,
      buildTerms: options.buildTerms,
    });
    return new Family(options, folder, store);
  }

  get size(): number {
    return this.#members.size;
  }

  join(repo: string, live: LiveIndex): void {
    this.#members.set(repo, live);
  }

  leave(repo: string): void {
    this.#members.delete(repo);
  }

  /** Contents that some repository of the family has now. */
  liveKeys(): Set<string> {
    const live = new Set<string>();
    for (const index of this.#members.values()) for (const key of index.keys()) live.add(key);
    return live;
  }

  manifestFile(repo: string): string {
    return join(this.folder, 'manifests', `${repo}.manifest`);
  }

  /** What was wrong with the store when it was opened. */
  degradations(): Degradation[] {
    return this.store.repairs.map(({ what, quarantinedTo }) => ({
      kind: 'store-repaired',
      message: quarantinedTo ? `${what}; the broken part is kept in ${quarantinedTo}.` : what,
      next: 'Nothing to do: what was lost is derived again.',
    }));
  }

  /** Compacts what was written once nothing more was for a moment. */
  maintainSoon(): void {
    if (this.#maintenance) clearTimeout(this.#maintenance);
    this.#maintenance = setTimeout(() => void this.#maintain(), quietBeforeMaintenanceMs).unref();
  }

  /** Checks what is on disk, and drops content that no manifest refers to, by age and disk budget. */
  async collect(): Promise<void> {
    try {
      // What turns out to be damaged is set aside; the next sweep finds its files without content and reads them again.
      await this.store.verify();
      await collect(this.store, this.folder, this.liveKeys(), this.#options.limits());
    } catch (error) {
      this.#options.log.warn({ family: this.id, error: messageOf(error) }, 'collection failed');
    }
  }

  /** Ends maintenance and closes the store. */
  async close(): Promise<void> {
    if (this.#maintenance) clearTimeout(this.#maintenance);
    if (this.#collection) clearInterval(this.#collection);
    await this.store.close();
  }

  /** Closes the store and removes everything that was derived. */
  async destroy(): Promise<void> {
    await this.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  async #maintain(): Promise<void> {
    try {
      await this.store.maintain();
      await this.store.sync();
    } catch (error) {
      this.#options.log.warn({ family: this.id, error: messageOf(error) }, 'maintenance failed');
    }
  }
}
