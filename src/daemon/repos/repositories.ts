import { createHash } from 'node:crypto';
import type { Degradation, ReposAddResult } from '../../protocol/repos.js';
import { messageOf } from '../../shared/errors.js';
import type { ScanResult } from '../../workers/messages.js';
import type { Log } from '../log-contract.js';
import type { DeriveEmbedding } from '../pipeline/contract.js';
import type { WorkerPool } from '../pipeline/pool.js';
import type { CollectionLimits } from '../store/collection.js';
import type { WatchListener, WatchSupervisor } from '../watch/contract.js';
import { GitCheckout } from './checkout.js';
import { Family } from './family.js';
import { familyOf, type GitPlace, inspect, type RuleSettings } from './git.js';
import { ManifestKeeper } from './manifest-keeper.js';
import type { Registry, RepoRecord } from './registry.js';
import { Repository, type RepositoryEvents, type RepositorySettings } from './repository.js';
import { resolveFolder } from './resolve-path.js';
import { isWithin, selectRepo } from './select.js';

export interface RepositoriesOptions {
  registry: Registry;
  /** Folder of the derived data, one folder a family below it. */
  familiesFolder: string;
  pool: WorkerPool;
  /** Makes the supervisor of the watcher, which reports to the listener. */
  watch(listener: WatchListener): WatchSupervisor;
  settings(): RepositorySettings & { scan: RuleSettings; collection: CollectionLimits };
  events: RepositoryEvents;
  /** Called with each store that opens, and with the id of each before it closes. */
  onFamilyOpened(family: Family): void;
  onFamilyClosing(id: string): Promise<void>;
  /** How the chunks of a family are embedded while they are derived. */
  embeddingOf(family: string): DeriveEmbedding;
  log: Log;
}

/** All registered repositories: adds and removes them, and passes events of the watcher to the right one. */
export class Repositories {
  readonly #options: RepositoriesOptions;
  readonly #open = new Map<string, Repository>();
  readonly #families = new Map<string, Promise<Family>>();
  readonly #closing = new AbortController();
  readonly #failed = new Map<string, { record: RepoRecord; problem: Degradation }>();
  readonly watch: WatchSupervisor;
  /** Of the repositories that were opened at the start. */
  readonly #firstLooks: Promise<void>[] = [];
  /** Additions and removals go one at a time. */
  #changes: Promise<unknown> = Promise.resolve();

  constructor(options: RepositoriesOptions) {
    this.#options = options;
    this.watch = options.watch({
      onHints: (id, paths) => this.#open.get(id)?.hint(paths),
      onSweep: (id, reason) => {
        options.log.debug({ repo: id, reason }, 'sweep');
        void this.#open.get(id)?.request({ whole: true });
      },
      onGit: (id) => void this.#open.get(id)?.gitChanged(),
      onMode: (id, mode, problem) => this.#open.get(id)?.setWatching(mode, problem),
    });
  }

  /** Opens everything that is registered. One that cannot be opened is shown as a problem, and stays registered. */
  async start(): Promise<void> {
    await Promise.all(
      this.#options.registry.records.map(async (record) => {
        try {
          const place = await inspect(record.root).catch(() => placeOf(record));
          const checkout = this.#checkout(place);
          // Threads and git look at the files while the stores open.
          const scan = this.#scan(checkout, record.root);
          // A failure is the first look's, if it comes to one.
          scan.catch(() => undefined);
          const repo = await this.#openRepository(record, checkout);
          this.#firstLooks.push(repo.start(scan));
        } catch (error) {
          this.#options.log.error(
            { repo: record.id, error: messageOf(error) },
            'a repository could not be opened',
          );
          const problem = { kind: 'open', message: messageOf(error), next: '`lcad reindex` tries again.' };
          this.#failed.set(record.id, { record, problem });
        }
      }),
    );
  }

  /** Resolves when the files of all repositories that were opened at the start were looked at. */
  async looked(): Promise<void> {
    await Promise.allSettled(this.#firstLooks);
  }

  /**
   * Has the stores read what searches need in memory, one after the other, so that the first search need not wait. Begins
   * when the files were looked at, since what answers would lack otherwise comes first.
   */
  async warm(): Promise<void> {
    await this.looked();
    for (const family of this.#families.values()) {
      if (this.#closing.signal.aborted) return;
      try {
        await (await family).store.warm();
      } catch (error) {
        this.#options.log.warn({ error: messageOf(error) }, 'a store could not be read in beforehand');
      }
    }
  }

  get all(): Repository[] {
    return [...this.#open.values()].sort((a, b) => a.root.localeCompare(b.root));
  }

  /** Registered repositories that could not be opened. */
  get problems(): Degradation[] {
    return [...this.#failed.values()].map(({ record, problem }) => ({
      ...problem,
      message: `${record.root}: ${problem.message}`,
    }));
  }

  /** @throws REPO_NOT_REGISTERED, REPO_AMBIGUOUS */
  select(selector: string): Repository {
    return selectRepo(this.all, selector);
  }

  /** The selected repositories without repeats; all if none is named. @throws as select */
  selectMany(selectors: readonly string[] | undefined): Repository[] {
    if (!selectors) return this.all;
    return [...new Set(selectors.map((selector) => this.select(selector)))];
  }

  /**
   * Registers a folder and starts to index it; the promise `indexed` is its first index.
   * @throws REPO_PATH_NOT_FOUND, REPO_NOT_A_FOLDER, REPO_PERMISSION, REPO_TOO_BROAD, REPO_BARE
   */
  add(path: string, exact: boolean): Promise<ReposAddResult & { indexed: Promise<void> }> {
    return this.#oneAtATime(async () => {
      const folder = await resolveFolder(path);
      const found = await inspect(folder);
      const place: GitPlace = exact && found.root !== folder ? folderPlace(folder) : found;
      const known = this.all.find(({ root }) => root === place.root);
      if (known) {
        return { repo: known.summary, added: false, note: null, indexed: known.request({ whole: true }) };
      }
      const record: RepoRecord = {
        id: idOf(place.root),
        root: place.root,
        kind: place.kind,
        family: await familyOf(place),
        addedAt: new Date().toISOString(),
      };
      const repo = await this.#openRepository(record, this.#checkout(place));
      await this.#options.registry.add(record);
      const note = overlapNote(place.root, folder, this.all);
      const indexed = repo.start();
      for (const other of this.all)
        if (other !== repo && isWithin(repo.root, other.root)) void other.request({ whole: true });
      return { repo: repo.summary, added: true, note, indexed };
    });
  }

  /** Forgets a repository. What was derived goes with the last of its family. @throws as select */
  remove(selector: string): Promise<Repository> {
    return this.#oneAtATime(async () => {
      const repo = this.select(selector);
      await this.#options.registry.remove(repo.id);
      this.#open.delete(repo.id);
      await repo.stop({ forget: true });
      if (repo.family.size === 0) {
        this.#families.delete(repo.family.id);
        await this.#options.onFamilyClosing(repo.family.id);
        await repo.family.destroy();
      }
      for (const other of this.all) if (isWithin(repo.root, other.root)) void other.request({ whole: true });
      return repo;
    });
  }

  /** Stops all work, saves what is to be saved and closes the stores. */
  async close(): Promise<void> {
    await this.#changes;
    this.#closing.abort();
    await Promise.all(this.all.map((repo) => repo.stop({ forget: false })));
    const families = await Promise.allSettled(this.#families.values());
    await Promise.all(
      families.map(async (family) => {
        if (family.status === 'rejected') return;
        await this.#options.onFamilyClosing(family.value.id);
        await family.value.close();
      }),
    );
    await this.watch.close();
  }

  async #openRepository(record: RepoRecord, checkout: GitCheckout): Promise<Repository> {
    const { pool, settings, events, embeddingOf, log } = this.#options;
    const family = await this.#family(record.family);
    const { store } = family;
    const ctags = (await pool.ctags)?.build;
    const has = (key: string) => store.keys.has(key);
    const manifest = await ManifestKeeper.open(family.manifestFile(record.id), { has, ctags, log });
    const repo = new Repository({
      record,
      family,
      checkout,
      manifest,
      pool,
      ctags,
      embedding: embeddingOf(family.id),
      watch: this.watch,
      settings,
      events,
      log,
    });
    this.#open.set(record.id, repo);
    return repo;
  }

  #checkout(place: GitPlace): GitCheckout {
    return new GitCheckout(place, () => this.#scanSettings(place.root));
  }

  async #scan(checkout: GitCheckout, root: string): Promise<ScanResult> {
    const rules = await checkout.scanRules(true);
    return await this.#options.pool.scan({ root, rules, paths: null }, this.#closing.signal);
  }

  /** A folder that is registered on its own belongs to that registration: those around it leave it out. */
  #scanSettings(root: string): RuleSettings {
    const { scan } = this.#options.settings();
    // Those that are not open yet are known from the registry, one that is being added only from being open.
    const roots = new Set([...this.#options.registry.records, ...this.all].map((repo) => repo.root));
    const inner = [...roots].filter((other) => other !== root && isWithin(other, root));
    const patterns = inner.map((other) => `${escapePattern(other.slice(root.length))}/`);
    return { ...scan, extraIgnore: [...scan.extraIgnore, ...patterns] };
  }

  #family(id: string): Promise<Family> {
    const known = this.#families.get(id);
    if (known) return known;
    const { familiesFolder, settings, pool, log } = this.#options;
    const opened = Family.open({
      id,
      folder: familiesFolder,
      limits: () => settings().collection,
      buildTerms: (task) => pool.buildTerms(task, this.#closing.signal),
      log,
    });
    this.#families.set(id, opened);
    opened.then(this.#options.onFamilyOpened, () => this.#families.delete(id));
    return opened;
  }

  #oneAtATime<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#changes.then(change);
    this.#changes = result.catch(() => undefined);
    return result;
  }
}

/** Short and stable: the same folder has the same id each time it is registered. */
function idOf(root: string): string {
  return createHash('sha256').update(root).digest('hex').slice(0, 10);
}

function folderPlace(root: string): GitPlace {
  return { kind: 'folder', root, gitDir: null, commonDir: null };
}

/** For a root that cannot be inspected now (it is gone, or not mounted). */
function placeOf({ root, kind }: RepoRecord): GitPlace {
  return { kind, root, gitDir: null, commonDir: null };
}

function escapePattern(path: string): string {
  return path.replace(/[\\*?[\]!# ]/g, '\\$&');
}

function overlapNote(root: string, asked: string, repos: readonly Repository[]): string | null {
  const notes: string[] = [];
  if (asked !== root)
    notes.push(`${asked} is inside the repository ${root}, which was registered as a whole.`);
  const outer = repos.filter((other) => other.root !== root && isWithin(root, other.root));
  for (const other of outer)
    notes.push(`It is inside ${other.root}, which leaves it to this registration from now on.`);
  const inner = repos.filter((other) => other.root !== root && isWithin(other.root, root));
  if (inner.length > 0) {
    const list = inner.map((other) => other.root).join(', ');
    notes.push(`Registered on their own and left out here: ${list}.`);
  }
  return notes.length > 0 ? notes.join(' ') : null;
}
