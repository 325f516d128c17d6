import { dirname, join } from 'node:path';
import { messageOf } from '../../shared/errors.js';
import { ExtraFolders } from './extra-folders.js';
import { countFolders, identityOf, isFolder, isInsideGitDir, isReadableFolder } from './folders.js';
import { GitWatch } from './git-watch.js';
import { faultOf } from './limits.js';
import { hintsPerReport, type WatcherCommand, type WatcherReport, type WatchFault } from './messages.js';
import { isSpoiled, NativeSpoiled, type OnChanges, type Subscription } from './native.js';
import { NewFolders } from './new-folders.js';
import { subscribeTree } from './tree.js';

export type RootTarget = Omit<Extract<WatcherCommand, { type: 'watch' }>, 'type'>;

/** What a root needs of the process it lives in. */
export interface RootHost {
  post(report: WatcherReport): void;
  /** Asks for a look at the kernel's limit. */
  probeSoon(): void;
}

/** Changes in one batch of the native watcher above which they are not listed. */
const batchCap = 4096;
/** Subscriptions for folders inside a root before they are traded for a new one of the whole root. */
const maxExtras = 64;
/** New folders are looked into this long after the last came, and this long after the first at the latest. */
const settleMs = 120;
const settleLongestMs = 1000;
/** Least time between two new subscriptions of the same root. */
const rebuildGapMs = 10_000;
/** Folders newly left out that are worth a new subscription; fewer are only filtered. */
const prunedWorth = 64;

/** Watches one root: the native subscription, what it leaves out, and the checkout's git directory. */
export class WatchedRoot {
  #target: RootTarget;
  readonly #host: RootHost;
  #pruned: Set<string>;
  /** What the native watcher was told to ignore; may hold more than `#pruned`. */
  #ignored: string[] = [];
  /** Those of `#ignored` that are wanted: watched on their own as soon as they can be read. */
  #lacking: string[] = [];
  #main: Subscription | null = null;
  readonly #extras = new ExtraFolders((error, changes) => this.#onChanges(error, changes));
  readonly #newFolders = new NewFolders();
  #identity: string | null = null;
  #git: GitWatch | null = null;
  #mode: 'events' | 'polling' | 'off' | null = null;
  #queue: Promise<void> = Promise.resolve();
  #checking = false;
  #closed = false;
  #settleTimer: NodeJS.Timeout | null = null;
  #settleFrom = 0;
  #rebuildTimer: NodeJS.Timeout | null = null;
  #rebuiltAt = Number.NEGATIVE_INFINITY;

  constructor(target: RootTarget, host: RootHost) {
    this.#target = target;
    this.#host = host;
    this.#pruned = new Set(target.prunedFolders);
    this.#enqueue(() => this.#build());
  }

  /** Takes another set of left-out folders or another git directory. The root is the same. */
  update(target: RootTarget): void {
    const gitChanged = target.gitDir !== this.#target.gitDir;
    this.#target = target;
    this.#pruned = new Set(target.prunedFolders);
    this.#enqueue(async () => {
      if (gitChanged) await this.#openGit();
      if (this.#mode !== 'events') return this.#build();
      const ignored = new Set(this.#ignored);
      const added = target.prunedFolders.filter((folder) => !ignored.has(folder));
      if (countFolders(added, prunedWorth) >= prunedWorth) this.rebuildSoon();
      this.#lacking = this.#wantedOf(this.#ignored);
      await this.#takeBack();
      this.#report('events', null);
    });
  }

  /** Compares the world with what is watched: the root itself, its git directory, folders that came back. */
  async check(): Promise<void> {
    if (this.#checking || this.#closed || this.#mode === null || this.#mode === 'polling') return;
    this.#checking = true;
    try {
      const identity = await identityOf(this.#target.root);
      if (identity !== this.#identity) this.#enqueue(() => this.#build());
      await this.#git?.check();
      if (this.#mode === 'events' && this.#lacking.length > 0) this.#enqueue(() => this.#takeBack());
    } finally {
      this.#checking = false;
    }
  }

  /** Gives up all subscriptions of the root and makes one new, soon but not too often. */
  rebuildSoon(): void {
    if (this.#rebuildTimer || this.#closed) return;
    const wait = Math.max(200, this.#rebuiltAt + rebuildGapMs - performance.now());
    this.#rebuildTimer = setTimeout(() => {
      this.#rebuildTimer = null;
      this.#rebuiltAt = performance.now();
      this.#enqueue(() => this.#build());
    }, wait);
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#settleTimer) clearTimeout(this.#settleTimer);
    if (this.#rebuildTimer) clearTimeout(this.#rebuildTimer);
    this.#git?.close();
    await this.#queue;
    try {
      await this.#giveUp();
    } catch (error) {
      this.#recycle(error);
    }
  }

  #enqueue(operation: () => Promise<void>): void {
    this.#queue = this.#queue.then(async () => {
      if (this.#closed) return;
      try {
        await operation();
      } catch (error) {
        this.#recycle(error);
      }
    });
  }

  #recycle(error: unknown): void {
    this.#host.post({ type: 'recycle', reason: messageOf(error) });
  }

  #report(mode: 'events' | 'polling' | 'off', fault: WatchFault | null, detail = '', began = false): void {
    this.#mode = mode;
    const { id, revision } = this.#target;
    if (!this.#closed) this.#host.post({ type: 'mode', id, revision, mode, began, fault, detail });
  }

  async #build(): Promise<void> {
    const { root, id } = this.#target;
    await this.#giveUp();
    this.#identity = await identityOf(root);
    if (this.#identity === null) {
      if (this.#mode === 'events') this.#host.post({ type: 'sweep', id, reason: 'the folder is gone' });
      this.#report('off', 'root-missing', `There is no folder ${root}.`);
      return;
    }
    try {
      await this.#subscribeAll();
    } catch (error) {
      const fault = faultOf(error);
      if (fault === 'root-missing' && (await identityOf(root)) === null) return this.#build();
      this.#report('polling', fault === 'root-missing' ? 'subscribe-failed' : fault, messageOf(error));
      if (error instanceof NativeSpoiled || isSpoiled(root)) this.#recycle(error);
      return;
    }
    this.#lacking = this.#wantedOf(this.#ignored);
    if (!this.#git) await this.#openGit();
    this.#report('events', null, '', true);
  }

  #wantedOf(ignored: string[]): string[] {
    const ownGit = this.#ownGit();
    return ignored.filter((folder) => folder !== ownGit && !this.#pruned.has(folder));
  }

  /** The checkout's git directory where it lies in the root, which `GitWatch` watches and nothing else need. */
  #ownGit(): string | null {
    const { root, gitDir } = this.#target;
    return gitDir === join(root, '.git') ? gitDir : null;
  }

  async #subscribeAll(): Promise<void> {
    const ownGit = this.#ownGit();
    const ignored = [...this.#pruned, ...(ownGit ? [ownGit] : [])];
    const tree = await subscribeTree(this.#target.root, ignored, this.#onChanges);
    this.#main = tree.subscription;
    this.#ignored = tree.ignored;
  }

  async #giveUp(): Promise<void> {
    this.#newFolders.clear();
    const all = this.#extras.takeAll();
    if (this.#main) all.push(this.#main);
    this.#main = null;
    const results = await Promise.allSettled(all.map((one) => one.close()));
    // A folder inside the root does not matter when the root itself can be watched anew.
    const failed = results.find(
      (result, i) => result.status === 'rejected' && all[i]?.folder === this.#target.root,
    );
    if (failed?.status === 'rejected') throw failed.reason;
  }

  async #openGit(): Promise<void> {
    this.#git?.close();
    this.#git = null;
    const { gitDir, id } = this.#target;
    if (gitDir === null) return;
    const git = new GitWatch(
      gitDir,
      () => this.#host.post({ type: 'git', id }),
      () => this.#host.probeSoon(),
    );
    this.#git = git;
    await git.open();
  }

  readonly #onChanges: OnChanges = (error, changes) => {
    if (this.#closed) return;
    const { id, root } = this.#target;
    if (error) {
      if (/re-scanned/.test(error.message)) this.#host.post({ type: 'sweep', id, reason: error.message });
      else this.#recycle(error);
    }
    const paths: string[] = [];
    const folders: string[] = [];
    const now = performance.now();
    for (const { path, type } of changes) {
      if (path === root) void this.check();
      if (!this.#isWanted(path)) continue;
      paths.push(path);
      if (type === 'delete') this.#dropGone(path);
      else if (isFolder(path)) {
        folders.push(path);
        this.#newFolders.add(path, type === 'create', now);
      }
    }
    if (folders.length > 0) this.#settleSoon(now);
    if (paths.length > batchCap) this.#host.post({ type: 'burst', id, events: paths.length });
    else this.#hint(paths, folders);
  };

  #hint(paths: string[], folders: string[]): void {
    for (let at = 0; at < paths.length; at += hintsPerReport) {
      const part = paths.slice(at, at + hintsPerReport);
      const inPart = new Set(part);
      const report = { type: 'hints', id: this.#target.id, paths: part } as const;
      this.#host.post({ ...report, folders: folders.filter((folder) => inPart.has(folder)) });
    }
  }

  #isWanted(path: string): boolean {
    const { root } = this.#target;
    if (path.length <= root.length || isInsideGitDir(path)) return false;
    for (let above = path; above.length > root.length; above = dirname(above)) {
      if (this.#pruned.has(above)) return false;
    }
    return true;
  }

  #settleSoon(now: number): void {
    if (process.platform !== 'linux') return;
    if (this.#settleTimer) clearTimeout(this.#settleTimer);
    else this.#settleFrom = now;
    const wait = Math.max(0, Math.min(settleMs, this.#settleFrom + settleLongestMs - now));
    this.#settleTimer = setTimeout(() => {
      this.#settleTimer = null;
      this.#enqueue(() => this.#settle());
    }, wait);
  }

  /** Watches the folders inside new folders that the native watcher left out. */
  async #settle(): Promise<void> {
    if (this.#mode !== 'events') return;
    this.#host.probeSoon();
    if (this.#newFolders.overwhelmed) return this.rebuildSoon();
    const unwatched = this.#newFolders.takeUnwatched((folder) => this.#isWanted(folder), performance.now());
    const missing = unwatched.filter(({ folder, seenAt }) => !this.#extras.covers(folder, seenAt));
    if (this.#extras.size + missing.length > maxExtras) return this.rebuildSoon();
    for (const { folder } of missing) await this.#subscribeExtra(folder);
  }

  async #subscribeExtra(folder: string): Promise<void> {
    try {
      await this.#extras.add(folder, this.#ignored);
    } catch (error) {
      if (error instanceof NativeSpoiled) throw error;
      if (faultOf(error) === 'watch-limit') this.#host.probeSoon();
      else if (isFolder(folder)) this.rebuildSoon();
      return;
    }
    // What was written before the folder was watched is found by walking it.
    this.#hint([folder], [folder]);
  }

  #dropGone(path: string): void {
    for (const folder of this.#extras.goneBelow(path)) this.#enqueue(() => this.#extras.dropGone(folder));
  }

  /** Watches folders that the native watcher ignores but the daemon wants, once they can be read. */
  async #takeBack(): Promise<void> {
    for (const folder of this.#lacking) {
      if (!this.#extras.has(folder) && (await isReadableFolder(folder))) await this.#subscribeExtra(folder);
    }
  }
}
