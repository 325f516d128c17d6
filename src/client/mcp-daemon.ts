import { setTimeout as sleep } from 'node:timers/promises';
import type { Params, RequestMethod, Result } from '../protocol/methods.js';
import { LcadError } from '../shared/errors.js';
import type { Cli } from './cli.js';
import type { Connection } from './connection.js';

/** A daemon that is being killed still accepts connections for a moment: so often a request is sent again. */
const pausesMs = [0, 50, 200, 500];

/** A connection for a process that outlives daemons: opened at the first request, and again once it was lost. */
export class DaemonLink {
  #connection: Promise<Connection> | null = null;

  constructor(private readonly cli: Pick<Cli, 'connect'>) {}

  /**
   * Sends a request that only reads; it is sent again if the daemon goes away meanwhile.
   * @throws LcadError what the daemon answers, or DAEMON_START_FAILED and the like
   */
  async read<M extends RequestMethod>(method: M, params: Params<M>, signal: AbortSignal): Promise<Result<M>> {
    for (const pauseMs of pausesMs) {
      try {
        return await (await this.#open()).request(method, params, { signal });
      } catch (thrown) {
        if (!isGone(thrown)) throw thrown;
        await sleep(pauseMs);
      }
    }
    return (await this.#open()).request(method, params, { signal });
  }

  #open(): Promise<Connection> {
    if (this.#connection) return this.#connection;
    const opening = this.cli.connect();
    const forget = () => {
      if (this.#connection === opening) this.#connection = null;
    };
    opening.then((connection) => connection.onClose(forget), forget);
    this.#connection = opening;
    return opening;
  }
}

function isGone(thrown: unknown): boolean {
  return thrown instanceof LcadError && ['CONNECTION_LOST', 'SHUTTING_DOWN'].includes(thrown.kind);
}
