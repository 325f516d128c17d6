/**
 * The watcher process. Watching is done in a process of its own since the native watcher can block the thread that
 * calls it for good; the daemon ends a process whose heartbeat stops, and this one ends when the daemon does.
 */
import { probeLimit } from './limits.js';
import { beatMs, type WatcherCommand, type WatcherReport } from './messages.js';
import { Outbox } from './outbox.js';
import { type RootHost, WatchedRoot } from './root.js';

/** A heartbeat this late means that the whole process was held up, and the kernel's queue may have run over. */
const heldUpMs = beatMs + 3000;

const roots = new Map<string, { path: string; watched: WatchedRoot }>();
const outbox = new Outbox((report, written) => {
  if (!process.connected) process.exit(0);
  process.send?.(report, undefined, undefined, written);
});
let reached = probeLimit();

const host: RootHost = {
  post: (report: WatcherReport) => outbox.post(report),
  probeSoon: probe,
};

function probe(): void {
  const now = probeLimit();
  if (now === reached) return;
  const regained = reached !== null && now === null;
  reached = now;
  outbox.post({ type: 'limit', reached });
  // Folders made meanwhile have no watch.
  if (regained) for (const { watched } of roots.values()) watched.rebuildSoon();
}

function obey(command: WatcherCommand): void {
  const known = roots.get(command.id);
  if (command.type === 'watch' && known?.path === command.root) {
    known.watched.update(command);
    return;
  }
  roots.delete(command.id);
  void known?.watched.close();
  if (command.type === 'watch') {
    roots.set(command.id, { path: command.root, watched: new WatchedRoot(command, host) });
  }
}

let beatAt = performance.now();
function beat(): void {
  const now = performance.now();
  if (now - beatAt > heldUpMs) {
    for (const id of roots.keys())
      outbox.post({ type: 'sweep', id, reason: 'the watcher process was held up' });
  }
  beatAt = now;
  outbox.post({ type: 'beat' });
}

process.on('message', (message) => obey(message as WatcherCommand));
process.on('disconnect', () => process.exit(0));
// The daemon decides when to end; a Ctrl-C meant for it reaches this process as well.
process.on('SIGINT', () => undefined);

outbox.post({ type: 'ready', limit: reached });
setInterval(() => {
  beat();
  probe();
  for (const { watched } of roots.values()) void watched.check();
}, beatMs);
