import { subfolders } from './folders.js';

// The native watcher adds a kernel watch for a folder when it reads the folder's create event. Folders made inside
// before that moment, and all that came along with a folder moved in, never get one.

/** How long a create event vouches for a folder: far longer than events of one change are apart. */
const memoryMs = 60_000;
const maxRemembered = 20_000;

/** A folder inside a new one that has no watch of its own. */
export interface Unwatched {
  folder: string;
  /** When the event that led here was read. */
  seenAt: number;
}

/** Keeps which folders are new, and finds the folders in them that the native watcher left out. */
export class NewFolders {
  /** Folders whose create event the native watcher read, and hence watches; with the time. */
  readonly #vouched = new Map<string, number>();
  readonly #waiting = new Map<string, number>();

  get waiting(): number {
    return this.#waiting.size;
  }

  /** True when more came than can be kept: only a new subscription makes sure then. */
  get overwhelmed(): boolean {
    return this.#vouched.size > maxRemembered;
  }

  /** @param created false when the event can also mean that only the folder's attributes changed */
  add(folder: string, created: boolean, now: number): void {
    if (created) this.#vouched.set(folder, now);
    this.#waiting.set(folder, now);
  }

  clear(): void {
    this.#vouched.clear();
    this.#waiting.clear();
  }

  /** The topmost unwatched folders in those that were added since the last call. */
  takeUnwatched(isWanted: (folder: string) => boolean, now: number): Unwatched[] {
    const found: Unwatched[] = [];
    for (const [folder, seenAt] of this.#waiting) {
      for (const inner of subfolders(folder)) {
        if (isWanted(inner) && !this.#vouched.has(inner)) found.push({ folder: inner, seenAt });
      }
    }
    this.#waiting.clear();
    for (const [folder, at] of this.#vouched) if (at < now - memoryMs) this.#vouched.delete(folder);
    return found;
  }
}
