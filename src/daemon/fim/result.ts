import type { CompleteParams, CompleteResult } from '../../protocol/complete.js';
import type { Finished } from './stream.js';

/** A completion that is, or was, written, and what has been typed of it. */
export interface Answer {
  readonly finished: Finished;
  readonly typed: string;
  readonly source: CompleteResult['source'];
  /** 0: no context was made for it. */
  readonly contextMs: number;
}

/** An answer in the form of the protocol. @param totalMs since the request */
export function completeResult(
  { finished, typed, source, contextMs }: Answer,
  { line, column }: Pick<CompleteParams, 'line' | 'column'>,
  { id, totalMs }: { id: string; totalMs: number },
): CompleteResult {
  const { queueMs, firstTokenMs, usage, target } = finished;
  const isNew = source === 'model';
  const writingMs = finished.totalMs - queueMs - (firstTokenMs ?? finished.totalMs);
  const { outputTokens } = usage;
  const isTellable = outputTokens !== null && outputTokens > 1 && writingMs > 0;
  return {
    id,
    text: finished.text.slice(typed.length),
    range: { startLine: line, startColumn: column, endLine: line, endColumn: column },
    model: target.capabilities.model,
    upstream: target.upstream,
    finishReason: finished.reason,
    usage: { ...usage },
    timings: {
      contextMs,
      queueMs: isNew ? queueMs : 0,
      firstTokenMs: isNew ? firstTokenMs : null,
      totalMs,
      tokensPerSecond: isTellable ? ((outputTokens - 1) / writingMs) * 1000 : null,
    },
    source,
    notes: [...finished.notes],
  };
}
