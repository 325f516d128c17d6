import type { WatchFault } from '../../workers/watcher/messages.js';

/** Why a root has no events, as the listener gets it. */
export interface WatchProblem {
  kind: string;
  message: string;
  next: string;
}

const swept = 'Changes are found by regular sweeps instead.';

/** Describes a fault of one root. */
export function problemOf(fault: WatchFault, root: string, detail: string): WatchProblem {
  switch (fault) {
    case 'watch-limit':
      return {
        kind: 'watch-limit',
        message: `The kernel has no more file watches for your user, so ${root} is not watched completely. ${swept}`,
        next: 'Raise the limit: `sudo sysctl fs.inotify.max_user_watches=1048576`, and keep it in /etc/sysctl.d/; or leave out folders with .lcadignore.',
      };
    case 'instance-limit':
      return {
        kind: 'watch-limit',
        message: `The kernel has no more inotify instances for your user, so ${root} is not watched. ${swept}`,
        next: 'Raise the limit: `sudo sysctl fs.inotify.max_user_instances=1024`, and keep it in /etc/sysctl.d/; or close programs that watch files.',
      };
    case 'root-missing':
      return {
        kind: 'root-missing',
        message: `There is no folder ${root} now.`,
        next: 'It is watched again as soon as it is back; or remove it with `lcad remove`.',
      };
    case 'subscribe-failed':
      return {
        kind: 'watch-failed',
        message: `${root} cannot be watched: ${detail}. ${swept}`,
        next: 'Make sure that your user can read the folder; it is tried again by itself.',
      };
  }
}

/** A root whose subscription takes too long. */
export function slowProblem(root: string, seconds: number): WatchProblem {
  return {
    kind: 'watch-slow',
    message: `Watching ${root} did not begin within ${seconds} s. ${swept}`,
    next: 'A network file system can cause this, or very many folders: leave some out with .lcadignore.',
  };
}

/** The watcher process is down, for a moment or for good. */
export function processProblem(why: string, retryMs: number | null, hung: boolean): WatchProblem {
  const when = retryMs === null ? 'soon' : `in ${Math.round(retryMs / 60_000)} min`;
  return {
    kind: 'watcher-failed',
    message: `The watcher process ${why}. ${swept} It is started again ${when}.`,
    next: hung
      ? '`lcad logs` tells more. On Linux a lack of inotify instances makes it hang: try `sudo sysctl fs.inotify.max_user_instances=1024`.'
      : '`lcad logs` tells more; `lcad restart` tries at once.',
  };
}
