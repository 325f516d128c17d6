import type { Params, RequestMethod, Result } from '../protocol/methods.js';
import { LcadError } from '../shared/errors.js';
import type { Cli } from './cli.js';
import type { Connection } from './connection.js';

/** A connection for a process that outlives daemons: opened at the first request, and again once it was lost. */
export class DaemonLink {
  #connection: Promise<Connection> | null = null;

  constructor(private readonly cli: Pick<Cli, 'connect'>) {}

  /**
   * Sends a request that only reads; it is sent once more if the daemon went away meanwhile.
   * @throws LcadError what the daemon answers, or DAEMON_START_FAILED and the like
   */
  async read<M extends RequestMethod>(method: M, params: Params<M>, signal: AbortSignal): Promise<Result<M>> {
    try {
      return await (await this.#open()).request(method, params, { signal });
    } catch (thrown) {
      if (!(thrown instanceof LcadError) || !['CONNECTION_LOST', 'SHUTTING_DOWN'].includes(thrown.kind))
        throw thrown;
      this.#connection = null;
      return await (await this.#open()).request(method, params, { signal });
    }
  }

  #open(): Promise<Connection> {
    this.#connection ??= this.cli.connect().then(
      (connection) => {
        connection.onClose(() => {
          this.#connection = null;
        });
        return connection;
      },
      (thrown: unknown) => {
        this.#connection = null;
        throw thrown;
      },
    );
    return this.#connection;
  }
}
