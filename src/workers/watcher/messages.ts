/**
 * The only contract between the daemon and its watcher process. Both directions are plain JSON over the process's
 * IPC channel.
 */

/** What the daemon asks of the watcher process. */
export type WatcherCommand =
  | {
      type: 'watch';
      id: string;
      /** Goes up with every command for this id; `mode` reports repeat the last one that they answer. */
      revision: number;
      /** Canonical absolute path. */
      root: string;
      /** Absolute folders whose events are not wanted. */
      prunedFolders: string[];
      /** Directory that holds HEAD and index of the checkout, null outside git. */
      gitDir: string | null;
    }
  | { type: 'unwatch'; id: string };

/** Why a root has no events, before it becomes text for a user. */
export type WatchFault =
  /** The kernel's limit of watches, or of watch instances, for this user is reached. */
  | 'watch-limit'
  | 'instance-limit'
  /** There is no folder at the root's path. */
  | 'root-missing'
  /** Anything else; see the detail. */
  | 'subscribe-failed';

/** What the watcher process reports. */
export type WatcherReport =
  /** The process is up and takes commands; sent once, first. `limit` as in `limit`. */
  | { type: 'ready'; limit: 'watch-limit' | 'instance-limit' | null }
  /** Sent once a second by the process's event loop: silence means that it hangs. */
  | { type: 'beat' }
  /** Paths that may have changed; `folders` are those of them that are folders new at their place. */
  | { type: 'hints'; id: string; paths: string[]; folders: string[] }
  /** More changes than are worth listing. */
  | { type: 'burst'; id: string; events: number }
  /** Events may have been missed. */
  | { type: 'sweep'; id: string; reason: string }
  | { type: 'git'; id: string }
  /**
   * How a root is watched now. `fault` is null when the mode is `events`. `began`: events flow from now on and did
   * not before, so whatever happened earlier is unknown.
   */
  | {
      type: 'mode';
      id: string;
      revision: number;
      mode: 'events' | 'polling' | 'off';
      began: boolean;
      fault: WatchFault | null;
      detail: string;
    }
  /** The user's kernel watches ran out (new folders cannot be watched), or are to be had again. */
  | { type: 'limit'; reached: 'watch-limit' | 'instance-limit' | null }
  /** The native watcher is in a state that only a new process mends. */
  | { type: 'recycle'; reason: string };

/** Paths in one `hints` report. */
export const hintsPerReport = 1000;

/** Milliseconds between heartbeats. Rare, since each one wakes two processes that are otherwise idle. */
export const beatMs = 4000;
