import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { LcadError } from '../shared/errors.js';
import { runningHolder } from '../shared/lock-record.js';
import type { Places } from '../shared/paths.js';
import { takeTurn } from './launch-turn.js';
import { launchDaemon, type SpawnOptions } from './spawn-daemon.js';
import { tryConnect } from './try-connect.js';

export interface EnsureOptions extends SpawnOptions {
  /** Start a daemon if none answers (default), or fail with DAEMON_NOT_RUNNING. */
  start?: boolean;
  /** Longest wait in milliseconds for a daemon that accepts connections (default 15000). */
  deadlineMs?: number;
  /** Called when a daemon is being started, to tell a user what the wait is for. */
  onStarting?: () => void;
}

/** Processes started for one request: the first may come upon a daemon that is just stopping. */
const launches = 3;

/**
 * Starts a daemon unless one is starting or stopping, and waits until one answers. What it takes is loaded only where no
 * daemon runs.
 * @throws as ensureDaemon
 */
export async function startAndConnect(places: Places, options: EnsureOptions): Promise<Socket> {
  const deadlineMs = options.deadlineMs ?? 15_000;
  const mayStart = options.start ?? true;
  const until = performance.now() + deadlineMs;
  let launched = 0;
  let failure: LcadError | null = null;
  for (let pause = 5; performance.now() < until; pause = Math.min(pause * 1.5, 100)) {
    const { socket, busy } = await tryConnect(places.socket);
    if (socket) return socket;
    // A holder of the lock that does not answer is starting or stopping: there is nothing to start beside it.
    const mine = !busy && mayStart && launched < launches && !runningHolder(places.lockFile);
    const endTurn = mine ? takeTurn(places) : null;
    if (endTurn) {
      launched += 1;
      options.onStarting?.();
      const outcome = await launchDaemon(places, until - performance.now(), options).finally(endTurn);
      if (outcome === null) continue;
      failure = outcome;
      if (outcome.kind !== 'DAEMON_ALREADY_RUNNING' && outcome.kind !== 'SHUTTING_DOWN') throw outcome;
      const elsewhere = await otherDaemon(outcome, places);
      if (elsewhere) return elsewhere;
    }
    await sleep(pause);
  }
  throw unreachable(places, deadlineMs, failure);
}

/** Whoever holds the data folder may listen elsewhere: its reply to a second daemon says where. */
async function otherDaemon(failure: LcadError, places: Places): Promise<Socket | null> {
  const { socket } = failure.details;
  if (typeof socket !== 'string' || socket === places.socket) return null;
  return (await tryConnect(socket)).socket;
}

function unreachable(places: Places, deadlineMs: number, failure: LcadError | null): LcadError {
  const holder = runningHolder(places.lockFile);
  if (holder) {
    const text = `The daemon (process ${holder.pid}) did not accept a connection within ${deadlineMs} ms.`;
    return new LcadError('DAEMON_START_FAILED', text, {
      next: '`lcad logs` shows what it does; `lcad restart` replaces it.',
      details: { pid: holder.pid, socket: holder.socket },
      cause: failure ?? undefined,
    });
  }
  const why = failure ? `: ${failure.message}` : '.';
  return new LcadError('DAEMON_START_FAILED', `No daemon could be reached within ${deadlineMs} ms${why}`, {
    cause: failure ?? undefined,
  });
}
