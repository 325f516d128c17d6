import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '../../client/connection.js';
import { ensureDaemon } from '../../client/launch.js';
import { stopDaemon } from '../../client/stop.js';
import type { IndexProgress, RepoSummary } from '../../protocol/repos.js';
import { LcadError } from '../../shared/errors.js';
import { runningHolder } from '../../shared/lock-record.js';
import { type Places, placesOf } from '../../shared/paths.js';

/** Where the vectors of a daemon under evaluation come from; undefined: what a fresh install does. */
export type Provider = 'builtin' | 'none' | undefined;

const startMs = 30_000;
/** Longest time without progress before indexing is given up. */
const quietestMs = 600_000;
const pollMs = 100;
/** Once nothing is written for three seconds the daemon brings its files in order; then all is as in daily use. */
const settleMs = 4_000;

/**
 * A daemon in a temporary home of its own, so that nothing of the user's index is seen or changed. Whoever starts one
 * ends it; should this process exit without, its daemon is killed and its folder removed.
 */
export class OwnDaemon {
  readonly connection: Connection;
  readonly #home: string;
  readonly #places: Places;
  readonly #onExit: () => void;

  private constructor(home: string, places: Places, connection: Connection, onExit: () => void) {
    this.#home = home;
    this.#places = places;
    this.#onExit = onExit;
    this.connection = connection;
  }

  /** @throws DAEMON_START_FAILED and what else `ensureDaemon` throws; nothing is left behind then */
  static async start(provider: Provider): Promise<OwnDaemon> {
    const home = mkdtempSync(join(tmpdir(), 'lcad-eval-'));
    const { LCAD_SOCKET: _socket, ...rest } = process.env;
    // LanceDB leaves a temporary folder behind when its process ends: it goes with the rest.
    const env = { ...rest, LCAD_HOME: home, TMPDIR: home };
    const places = placesOf(env);
    const onExit = () => endAtOnce(places, home);
    process.on('exit', onExit);
    try {
      mkdirSync(places.config, { recursive: true, mode: 0o700 });
      if (provider) writeFileSync(places.configFile, `[embedding]\nprovider = "${provider}"\n`);
      const socket = await ensureDaemon(places, { env, deadlineMs: startMs });
      return new OwnDaemon(home, places, await Connection.open(socket), onExit);
    } catch (error) {
      await stopDaemon(places);
      onExit();
      process.off('exit', onExit);
      throw error;
    }
  }

  /**
   * Registers exactly this folder and waits until it is indexed and its vectors are complete. Nothing is written to it.
   * @throws what the daemon answers; DEADLINE_EXCEEDED if nothing moves any more; REQUEST_CANCELLED
   */
  async index(
    folder: string,
    signal: AbortSignal,
    onProgress: (progress: IndexProgress) => void,
  ): Promise<RepoSummary> {
    const { repo } = await this.connection.request(
      'lcad/repos/add',
      { path: folder, exact: true, wait: true },
      { signal, onProgress, deadlineMs: quietestMs },
    );
    await this.#vectors(repo, signal, onProgress);
    return repo;
  }

  /** Waits until the daemon's upkeep has followed what was indexed. */
  async settle(signal: AbortSignal): Promise<void> {
    await sleep(settleMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }

  async #vectors(
    { id, name }: RepoSummary,
    signal: AbortSignal,
    onProgress: (progress: IndexProgress) => void,
  ): Promise<void> {
    let before = -1;
    let movedAt = performance.now();
    for (;;) {
      const { repos } = await this.connection.request('lcad/status', { repo: id }, { signal });
      const embedding = repos[0]?.embedding;
      if (!embedding || embedding.state === 'off') return;
      const { embedded, total, state, message } = embedding;
      if (state === 'ready' && embedded >= total) return;
      if (state === 'refused' || state === 'unreachable') {
        throw new LcadError('PROVIDER_UNREACHABLE', `The vectors of ${name} cannot be made: ${message}`);
      }
      onProgress({ repo: id, phase: 'embed', done: Math.min(embedded, total), total });
      if (embedded !== before) movedAt = performance.now();
      before = embedded;
      if (performance.now() - movedAt > quietestMs) {
        throw new LcadError('DEADLINE_EXCEEDED', `The vectors of ${name} stay at ${embedded} of ${total}.`);
      }
      await sleep(pollMs);
    }
  }

  /** Stops the daemon and removes its folder. */
  async end(): Promise<void> {
    this.connection.close();
    await stopDaemon(this.#places);
    process.off('exit', this.#onExit);
    rmSync(this.#home, { recursive: true, force: true });
  }
}

/** For the end of this process, when nothing can be waited for. */
function endAtOnce(places: Places, home: string): void {
  const holder = runningHolder(places.lockFile);
  if (holder) process.kill(holder.pid, 'SIGKILL');
  rmSync(home, { recursive: true, force: true });
}
