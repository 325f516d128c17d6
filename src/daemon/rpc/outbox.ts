import type { Socket } from 'node:net';

/** Streams wait for the client while more than this waits for it: what a terminal shows in some seconds. */
const streamBytes = 64 * 1024;
/** Most bytes handed to the socket at a time: small messages are joined, and a slow reader's progress is seen. */
const writeBytes = 256 * 1024;

/** Settles when the client has read. */
interface Taken {
  readonly promise: Promise<void>;
  resolve(): void;
}

export interface OutboxOptions {
  /** Bytes that may wait; past it `onStalled` is called. */
  readonly backlogBytes: number;
  /** Longest time one write may take (ms); past it `onStalled` is called. */
  readonly drainMs: number;
  /** The client does not read: the owner drops it. */
  readonly onStalled: (reason: string) => void;
  /** Called whenever a write has gone out. */
  readonly onProgress: () => void;
}

/** Bounded queue of bytes on their way to one client. */
export class Outbox {
  readonly #socket: Socket;
  readonly #options: OutboxOptions;
  #queue: Buffer[] = [];
  #waiting = 0;
  #writing = false;
  #timer: NodeJS.Timeout | undefined;
  #whenFlushed: (() => void) | undefined;
  #joining: NodeJS.Immediate | undefined;
  #taken: Taken | undefined;

  constructor(socket: Socket, options: OutboxOptions) {
    this.#socket = socket;
    this.#options = options;
  }

  /** Bytes that have not been taken by the kernel. */
  get waiting(): number {
    return this.#waiting;
  }

  send(bytes: Buffer): void {
    this.#queue.push(bytes);
    this.#waiting += bytes.length;
    if (this.#waiting > this.#options.backlogBytes) {
      this.#options.onStalled(`${this.#waiting} bytes wait to be read`);
      return;
    }
    this.#pump();
  }

  /**
   * As `send`, but leaves together with what else is sent in this turn of the event loop.
   *
   * @returns nothing while little waits for the client, else when it has read, or is gone
   */
  stream(bytes: Buffer): Promise<void> | undefined {
    this.#queue.push(bytes);
    this.#waiting += bytes.length;
    if (this.#waiting > this.#options.backlogBytes) {
      this.#options.onStalled(`${this.#waiting} bytes wait to be read`);
      return undefined;
    }
    this.#joining ??= setImmediate(() => {
      this.#joining = undefined;
      this.#pump();
    });
    if (this.#waiting <= streamBytes) return undefined;
    this.#taken ??= taken();
    return this.#taken.promise;
  }

  /** Calls back once everything sent so far has been taken by the kernel. */
  whenFlushed(callback: () => void): void {
    this.#whenFlushed = callback;
    this.#pump();
  }

  /** The socket is gone: forgets everything. */
  discard(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#joining);
    this.#queue = [];
    this.#whenFlushed = undefined;
    this.#release();
  }

  #pump(): void {
    if (this.#writing) return;
    if (this.#queue.length === 0) {
      const callback = this.#whenFlushed;
      this.#whenFlushed = undefined;
      callback?.();
      return;
    }
    const bytes = this.#next();
    this.#writing = true;
    this.#socket.write(bytes, (error) => {
      clearTimeout(this.#timer);
      this.#writing = false;
      this.#waiting -= bytes.length;
      if (this.#waiting <= streamBytes) this.#release();
      if (error) return; // The socket's own error event ends the connection.
      this.#pump();
      this.#options.onProgress();
    });
    if (this.#socket.writableLength > 0) {
      const { drainMs, onStalled } = this.#options;
      this.#timer = setTimeout(() => onStalled(`nothing was read for ${drainMs} ms`), drainMs);
    }
  }

  #release(): void {
    this.#taken?.resolve();
    this.#taken = undefined;
  }

  /** Takes up to `writeBytes` from the queue: several small messages joined, or a part of a large one. */
  #next(): Buffer {
    const first = this.#queue[0] as Buffer;
    if (first.length > writeBytes) {
      this.#queue[0] = first.subarray(writeBytes);
      return first.subarray(0, writeBytes);
    }
    let count = 0;
    let size = 0;
    for (const bytes of this.#queue) {
      if (size + bytes.length > writeBytes) break;
      size += bytes.length;
      count++;
    }
    const taken = this.#queue.splice(0, count);
    return taken.length === 1 ? first : Buffer.concat(taken, size);
  }
}

/** As Promise.withResolvers, which Node 20 lacks. */
function taken(): Taken {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
