import { unreadableFolders } from './folders.js';
import { faultOf, isPermissionFault } from './limits.js';
import { isSpoiled, type OnChanges, type Subscription, subscribe } from './native.js';

const tries = 5;
const maxUnreadable = 100;

/**
 * Watches a whole root, in spite of files that vanish while the tree is read (it is read again) and of folders that
 * this user may not open (they are ignored): the native watcher gives up for either.
 *
 * @returns the subscription, and all that it ignores
 * @throws as `subscribe`
 */
export async function subscribeTree(
  root: string,
  ignored: string[],
  onChanges: OnChanges,
): Promise<{ subscription: Subscription; ignored: string[] }> {
  const all = new Set(ignored);
  for (let attempt = 1; ; attempt++) {
    try {
      return { subscription: await subscribe(root, [...all], onChanges), ignored: [...all] };
    } catch (error) {
      if (attempt >= tries || isSpoiled(root)) throw error;
      if (isPermissionFault(error)) {
        const closed = await unreadableFolders(root, (folder) => all.has(folder), maxUnreadable);
        if (closed.length === 0 || closed.includes(root)) throw error;
        for (const folder of closed) all.add(folder);
      } else if (faultOf(error) !== 'root-missing') {
        throw error;
      }
    }
  }
}
