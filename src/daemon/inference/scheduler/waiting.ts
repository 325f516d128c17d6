import { InferenceClass } from '../../../protocol/inference.js';

/** What waits: its class decides first, then its client's turn, then its age. */
export interface Waiter {
  readonly class: InferenceClass;
  readonly client: string;
}

/** Classes, the most urgent first. */
export const classes = InferenceClass.options;

/**
 * Who waits at a server. Out of a class, clients take turns (round-robin) whatever each has asked for; what one client
 * asks for in one class keeps its order.
 */
export class Waiting<T extends Waiter> {
  /** Of each class: clients in the order of their turns. No client is here with nothing. */
  readonly #lines = new Map<InferenceClass, Map<string, T[]>>(classes.map((name) => [name, new Map()]));
  readonly #sizes = new Map<InferenceClass, number>(classes.map((name) => [name, 0]));
  #size = 0;

  get size(): number {
    return this.#size;
  }

  count(of: InferenceClass): number {
    return this.#sizes.get(of) ?? 0;
  }

  add(item: T): void {
    const line = this.#line(item.class);
    const own = line.get(item.client);
    if (own) own.push(item);
    else line.set(item.client, [item]);
    this.#counted(item.class, 1);
  }

  /** Takes who is next, out of the classes that `may` goes. */
  take(may: (of: InferenceClass) => boolean): T | undefined {
    for (const name of classes) {
      if (this.count(name) === 0 || !may(name)) continue;
      const line = this.#line(name);
      const [entry] = line;
      const item = entry?.[1].shift();
      if (!entry || !item) continue;
      const [client, rest] = entry;
      line.delete(client);
      if (rest.length > 0) line.set(client, rest);
      this.#counted(name, -1);
      return item;
    }
    return undefined;
  }

  /** Takes out an item, wherever it stands. @returns false if it is not here */
  remove(item: T): boolean {
    const line = this.#line(item.class);
    const own = line.get(item.client);
    const at = own?.indexOf(item) ?? -1;
    if (!own || at < 0) return false;
    own.splice(at, 1);
    if (own.length === 0) line.delete(item.client);
    this.#counted(item.class, -1);
    return true;
  }

  /** Who would be the last of a class to have its turn: the newest of the client that has most. */
  last(of: InferenceClass): T | undefined {
    let most: T[] = [];
    for (const own of this.#line(of).values()) if (own.length >= most.length) most = own;
    return most.at(-1);
  }

  /** All, in no order. */
  all(): T[] {
    return [...this.#lines.values()].flatMap((line) => [...line.values()].flat());
  }

  #line(of: InferenceClass): Map<string, T[]> {
    return this.#lines.get(of) ?? new Map();
  }

  #counted(of: InferenceClass, change: number): void {
    this.#sizes.set(of, this.count(of) + change);
    this.#size += change;
  }
}
