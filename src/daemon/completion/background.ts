import { setImmediate as nextTurn } from 'node:timers/promises';

interface Client {
  running: Promise<void> | null;
  /** What is done next; a later one takes its place. */
  next: (() => Promise<void>) | null;
}

/** Work that no reply waits for: of each client one at a time, and the latest of those that wait. */
export class Background {
  readonly #clients = new WeakMap<object, Client>();

  /**
   * Has work done once the reply under way is written. What fails is tried again by the next request.
   * @param owner whom it is for
   * @returns when nothing is left to do for this owner; never rejects
   */
  run(owner: object, work: () => Promise<void>): Promise<void> {
    const client = this.#clients.get(owner) ?? { running: null, next: null };
    this.#clients.set(owner, client);
    client.next = work;
    client.running ??= this.#drain(client);
    return client.running;
  }

  async #drain(client: Client): Promise<void> {
    while (client.next) {
      await nextTurn();
      const work = client.next;
      client.next = null;
      await work().catch(() => undefined);
    }
    client.running = null;
  }
}
