import watcher from '@parcel/watcher';
import { messageOf } from '../../shared/errors.js';

type Change = watcher.Event;
export type OnChanges = (error: Error | null, changes: Change[]) => void;

/** Thrown where the native watcher would go on with an outdated picture of a folder: only a new process helps. */
export class NativeSpoiled extends Error {
  override readonly name = 'NativeSpoiled';
}

/** A running recursive watch of one folder. */
export interface Subscription {
  readonly folder: string;
  /** @throws NativeSpoiled if the folder cannot be watched again in this process */
  close(): Promise<void>;
}

// Folders of which the native watcher kept its list of inner folders although it stopped watching, or never began:
// a later subscription would watch the folders of that list, not those that exist.
const spoiled = new Set<string>();

/**
 * Watches a folder and everything below it, but for the ignored paths (absolute).
 *
 * The ignored paths go in as `ignorePaths`, which the wrapper of the native watcher hands on untouched. Its documented
 * `ignore` would take a path such as `app/[id]` for a glob.
 *
 * @throws NativeSpoiled, or the native watcher's error: strerror's text without a code
 */
export async function subscribe(
  folder: string,
  ignorePaths: string[],
  onChanges: OnChanges,
): Promise<Subscription> {
  if (spoiled.has(folder)) throw new NativeSpoiled(`The native watcher has an outdated list of ${folder}.`);
  // A copy: unsubscribing finds the watch by the very same paths.
  const options: watcher.Options & { ignorePaths: string[] } = { ignorePaths: [...ignorePaths] };
  let subscription: watcher.AsyncSubscription;
  try {
    subscription = await watcher.subscribe(folder, onChanges, options);
  } catch (error) {
    // This error comes after some folders were added; the list and the watches stay.
    if (messageOf(error).includes('inotify_add_watch')) spoiled.add(folder);
    throw error;
  }
  return {
    folder,
    async close() {
      try {
        await subscription.unsubscribe();
      } catch (error) {
        // It stops at the first kernel watch that is gone already and keeps the rest.
        spoiled.add(folder);
        throw new NativeSpoiled(`${folder} could not be given up: ${messageOf(error)}`);
      }
    },
  };
}

/** Whether a failed `subscribe` left kernel watches behind. */
export function isSpoiled(folder: string): boolean {
  return spoiled.has(folder);
}
