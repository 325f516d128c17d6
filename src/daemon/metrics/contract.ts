import type { InferenceClass } from '../../protocol/inference.js';

/** How a generation ended. */
export type InferenceOutcome = 'done' | 'cancelled' | 'superseded' | 'failed' | 'guarded' | 'busy';

/** One generation, from being asked for to its end. */
export interface InferenceRecord {
  readonly upstream: string;
  readonly model: string;
  readonly class: InferenceClass;
  readonly outcome: InferenceOutcome;
  /** Waiting for a place at the server; null if it never got one. */
  readonly queueMs: number | null;
  /** From being sent to the server to the first token; null if none came. */
  readonly firstTokenMs: number | null;
  /** From the first token to the end; null if none came. */
  readonly writingMs: number | null;
  /** Tokens, or pieces of text where the server does not count. */
  readonly outputTokens: number;
  /** Those of them that nobody got to see. */
  readonly wastedTokens: number;
}

/** What became of a completion that a client was given. */
export type CompletionFate = 'shown' | 'accepted' | 'dismissed' | 'kept' | 'changed';

/** Counts what happens; kept in memory, told to nobody but who asks over the socket. No function throws. */
export interface Metrics {
  request(method: string, ms: number, ok: boolean): void;
  inference(record: InferenceRecord): void;
  guardHit(reason: 'secret' | 'licence'): void;
  completion(fate: CompletionFate): void;
  /** Answers of a completion without a request to a server: from the cache, or from a stream that went on. */
  reused(from: 'cache' | 'stream'): void;
}
