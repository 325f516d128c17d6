/** One watched root. */
export interface WatchTarget {
  id: string;
  /** Canonical absolute path. */
  root: string;
  /** Absolute folders below the root that need no watching (ignored, or skipped by default). */
  prunedFolders: string[];
  /** Directory that holds HEAD and index of this checkout, null outside git. It may lie outside the root. */
  gitDir: string | null;
}

/** `polling`: events cannot be had for this root; the daemon sweeps it instead. */
export type WatchMode = 'events' | 'polling' | 'off';

export interface WatchListener {
  /** Files or folders (absolute) that may have changed: hints, never facts. */
  onHints(id: string, paths: string[]): void;
  /** Events may have been missed: sweep the whole root. */
  onSweep(id: string, reason: string): void;
  /** HEAD, the index or a ref of the checkout may have changed. */
  onGit(id: string): void;
  /** How a root is watched now; `problem` says why it is not by events, with what to do. */
  onMode(id: string, mode: WatchMode, problem: { kind: string; message: string; next: string } | null): void;
}

export interface WatcherStats {
  state: 'running' | 'starting' | 'restarting' | 'failed';
  pid: number | null;
  /** Kernel watches in use, null where that cannot be known. */
  watches: number | null;
  rssBytes: number;
  restarts: number;
}

/** Runs the watcher process and keeps it alive. */
export interface WatchSupervisor {
  /** Watches a root, or changes how it is watched. Resolves when events are flowing or polling was decided. */
  watch(target: WatchTarget): Promise<void>;
  unwatch(id: string): Promise<void>;
  stats(): Promise<WatcherStats>;
  close(): Promise<void>;
}
