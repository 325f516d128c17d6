import type { FramingLimits } from './framing.js';

/** What bounds a client. Bytes, milliseconds and counts. */
export interface RpcLimits extends FramingLimits {
  /** Messages in one batch. */
  readonly batchSize: number;
  /** Requests of one connection whose work is under way. */
  readonly inFlight: number;
  /** Open connections. */
  readonly connections: number;
  /** Bytes that wait for a client to read them; past it the connection is dropped. */
  readonly backlogBytes: number;
  /** Longest time in which a client with waiting bytes reads nothing; past it the connection is dropped. */
  readonly drainMs: number;
  /** Time for `initialize` after connecting. */
  readonly handshakeMs: number;
  /** Time for a client to close its side after the server has closed its own. */
  readonly lingerMs: number;
}

export const defaultLimits: RpcLimits = {
  messageBytes: 8 * 1024 * 1024,
  messageDepth: 64,
  batchSize: 64,
  inFlight: 256,
  connections: 512,
  backlogBytes: 16 * 1024 * 1024,
  drainMs: 30_000,
  handshakeMs: 60_000,
  lingerMs: 1000,
};
