import { watch } from 'node:fs';
import { messageOf, systemCode } from '../../shared/errors.js';
import type { WatchFault } from './messages.js';

/**
 * Whether the kernel still grants this user a watch. A watch that cannot be added for a folder created later is
 * dropped without an error by the native watcher, so the only way to know is to ask for one: a watch on the file
 * system's root, given back at once. It needs Node's own inotify instance, hence shows a lack of those as well.
 */
export function probeLimit(): 'watch-limit' | 'instance-limit' | null {
  if (process.platform !== 'linux') return null;
  try {
    watch('/', { persistent: false }).close();
    return null;
  } catch (error) {
    const fault = faultOf(error);
    return fault === 'watch-limit' || fault === 'instance-limit' ? fault : null;
  }
}

/**
 * The fault behind an error of the native watcher, which gives strerror's text and no code, or of Node's.
 */
export function faultOf(error: unknown): WatchFault {
  const text = `${systemCode(error) ?? ''} ${messageOf(error)}`;
  if (/ENOSPC|No space left on device/.test(text)) return 'watch-limit';
  if (/EMFILE|ENFILE|Too many open files/.test(text)) return 'instance-limit';
  if (/ENOENT|ENOTDIR|No such file or directory|Not a directory/.test(text)) return 'root-missing';
  return 'subscribe-failed';
}

/** Whether an error of the native watcher says that some folder may not be read. */
export function isPermissionFault(error: unknown): boolean {
  return /EACCES|EPERM|Permission denied|Operation not permitted/.test(messageOf(error));
}
