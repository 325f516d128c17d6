import { isFolder, isWithin } from './folders.js';
import { type OnChanges, type Subscription, subscribe } from './native.js';

interface Extra {
  subscription: Subscription;
  since: number;
}

/** Folders inside a watched root with a subscription of their own. */
export class ExtraFolders {
  readonly #byFolder = new Map<string, Extra>();
  readonly #onChanges: OnChanges;

  constructor(onChanges: OnChanges) {
    this.#onChanges = onChanges;
  }

  get size(): number {
    return this.#byFolder.size;
  }

  has(folder: string): boolean {
    return this.#byFolder.has(folder);
  }

  /** True if a folder that was seen at some time has been watched since, on its own or with one around it. */
  covers(folder: string, seenAt: number): boolean {
    const around = [...this.#byFolder].find(([extra]) => isWithin(folder, extra));
    return around !== undefined && around[1].since >= seenAt;
  }

  /** Watches a folder, anew if it is watched already. @throws whatever the native watcher says */
  async add(folder: string, ignored: readonly string[]): Promise<void> {
    await this.#byFolder.get(folder)?.subscription.close();
    this.#byFolder.delete(folder);
    const since = performance.now();
    const inside = ignored.filter((one) => !isWithin(folder, one));
    this.#byFolder.set(folder, { subscription: await subscribe(folder, inside, this.#onChanges), since });
  }

  /** Those at or below a path where there is no folder any more. */
  goneBelow(path: string): string[] {
    return [...this.#byFolder.keys()].filter((folder) => isWithin(folder, path) && !isFolder(folder));
  }

  /** Ends the watch of a folder that is still not there. */
  async dropGone(folder: string): Promise<void> {
    const extra = this.#byFolder.get(folder);
    if (!extra || isFolder(folder)) return;
    this.#byFolder.delete(folder);
    // Should it fail, the folder is marked, and only watching it again asks for a new process.
    await extra.subscription.close().catch(() => undefined);
  }

  /** All subscriptions, which are the caller's to close from here on. */
  takeAll(): Subscription[] {
    const all = [...this.#byFolder.values()].map(({ subscription }) => subscription);
    this.#byFolder.clear();
    return all;
  }
}
