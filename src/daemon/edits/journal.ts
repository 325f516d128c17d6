import { randomBytes } from 'node:crypto';
import { link, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { syncPath } from '../../shared/durable.js';
import { ensurePrivateFolder } from '../../shared/folders.js';
import type { FilePlan } from './contract.js';
import { hashOf } from './file-text.js';

/** What was done to one file, as far as it takes to undo it. */
export interface KeptFile {
  readonly root: string;
  readonly kind: FilePlan['kind'];
  readonly path: string;
  readonly to: string | null;
  readonly before: string | null;
  /** Of the text after; null: no file. */
  readonly afterHash: string | null;
  readonly mode: number | null;
}

/** One set of edits, done or under way. */
export interface Kept {
  readonly id: string;
  /** Milliseconds since the epoch, no two alike. */
  readonly at: number;
  /** The edits that these undo. */
  readonly undoes: string | null;
  /** Folders that were made for new files, the outermost first. */
  readonly folders: readonly string[];
  readonly files: readonly KeptFile[];
}

/** Most sets of edits that can be undone, and most bytes of them. */
const mostKept = 50;
const mostKeptBytes = 64 * 2 ** 20;

const keptName = /^[0-9a-z]{10}-([0-9a-f]{12})\.json$/;

/**
 * Edits that were done, and those under way, one file each in a private folder. A set of edits counts as done once its
 * file `<time>-<id>.json` is there, and as undone once it is gone; `<id>.begun` is there as long as files are changed.
 */
export class Journal {
  readonly #folder: string;
  #latest = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The record of plans that are to be carried out. */
  make(plans: readonly FilePlan[], folders: readonly string[], id: string, undoes: string | null): Kept {
    this.#latest = Math.max(Date.now(), this.#latest + 1);
    const files = plans.map(({ repo, kind, path, to, before, after, mode }) => ({
      root: repo.root,
      kind,
      path,
      to,
      before,
      afterHash: after === null ? null : hashOf(after),
      mode,
    }));
    return { id, at: this.#latest, undoes, folders, files };
  }

  /** Writes down what is about to be done, so that it is on the disk before anything happens. */
  async begin(kept: Kept): Promise<void> {
    ensurePrivateFolder(this.#folder);
    const file = this.#begun(kept.id);
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(JSON.stringify(kept));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await this.#sync();
  }

  /** Makes it count, in one step. */
  async commit(kept: Kept): Promise<void> {
    if (kept.undoes === null) await link(this.#begun(kept.id), join(this.#folder, nameOf(kept)));
    else {
      const name = await this.#nameOfId(kept.undoes);
      if (name) await rm(join(this.#folder, name));
    }
    await this.#sync();
  }

  async isCommitted(kept: Kept): Promise<boolean> {
    const isKept = (await this.#nameOfId(kept.undoes ?? kept.id)) !== undefined;
    return kept.undoes === null ? isKept : !isKept;
  }

  /** Nothing is left to be done or taken back. */
  async end(kept: Pick<Kept, 'id'>): Promise<void> {
    await rm(this.#begun(kept.id), { force: true });
  }

  /** Edits that were begun and neither done nor taken back: the process ended meanwhile. */
  async unfinished(): Promise<Kept[]> {
    const names = (await this.#names()).filter((name) => name.endsWith('.begun'));
    const found: Kept[] = [];
    for (const name of names) {
      const kept = await this.#read(name);
      // One that was cut short was never whole on the disk, so that nothing was done yet.
      if (kept) found.push(kept);
      else await rm(join(this.#folder, name), { force: true });
    }
    return found;
  }

  /** The edits of an id, or the latest; null: there are none (any more). */
  async find(id?: string): Promise<Kept | null> {
    const name = id === undefined ? (await this.#keptNames()).at(-1) : await this.#nameOfId(id);
    return name === undefined ? null : this.#read(name);
  }

  /** Forgets the oldest, as many as are too many. */
  async prune(): Promise<void> {
    const names = (await this.#keptNames()).reverse();
    let bytes = 0;
    for (const [i, name] of names.entries()) {
      const path = join(this.#folder, name);
      bytes += (await stat(path)).size;
      if (i > 0 && (i >= mostKept || bytes > mostKeptBytes)) await rm(path, { force: true });
    }
  }

  #begun(id: string): string {
    return join(this.#folder, `${id}.begun`);
  }

  async #nameOfId(id: string): Promise<string | undefined> {
    return (await this.#keptNames()).find((name) => keptName.exec(name)?.[1] === id);
  }

  async #keptNames(): Promise<string[]> {
    return (await this.#names()).filter((name) => keptName.test(name)).sort();
  }

  async #names(): Promise<string[]> {
    ensurePrivateFolder(this.#folder);
    return readdir(this.#folder);
  }

  async #read(name: string): Promise<Kept | null> {
    try {
      return JSON.parse(await readFile(join(this.#folder, name), 'utf8')) as Kept;
    } catch {
      // Cut short or unreadable: there is nothing that could be undone with it.
      return null;
    }
  }

  async #sync(): Promise<void> {
    await syncPath(this.#folder);
  }
}

/** An id for edits: 12 hex digits. */
export function newId(): string {
  return randomBytes(6).toString('hex');
}

function nameOf({ at, id }: Kept): string {
  return `${at.toString(36).padStart(10, '0')}-${id}.json`;
}
