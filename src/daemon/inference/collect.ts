import type { GenerationResult } from '../../protocol/inference.js';
import { LcadError } from '../../shared/errors.js';
import type { InferenceEvent, ToolCall } from './contract.js';

type EndEvent = Extract<InferenceEvent, { is: 'end' }>;

/** All that a model wrote, and how it ended. */
export interface Collected {
  readonly text: string;
  readonly thinking: string;
  readonly toolCalls: readonly ToolCall[];
  readonly end: EndEvent;
}

/**
 * Reads a generation to its end.
 *
 * @param show gets each event first; what it returns is waited for, so that nothing is read from the server meanwhile
 * @throws what `Inference.run` and `show` throw; the generation is ended then. PROVIDER_BAD_REPLY if it had no end
 */
export async function collect(
  events: AsyncIterable<InferenceEvent>,
  show: (event: InferenceEvent) => Promise<void> | undefined,
): Promise<Collected> {
  const text: string[] = [];
  const thinking: string[] = [];
  const toolCalls: ToolCall[] = [];
  let end: EndEvent | undefined;
  for await (const event of events) {
    if (event.is === 'text') text.push(event.text);
    else if (event.is === 'thinking') thinking.push(event.text);
    else if (event.is === 'tool') toolCalls.push(event.call);
    else if (event.is === 'end') end = event;
    // An await that is not needed would cost each token a turn.
    const shown = show(event);
    if (shown) await shown;
  }
  if (!end) throw new LcadError('PROVIDER_BAD_REPLY', 'The model server ended without an end of its answer.');
  return { text: text.join(''), thinking: thinking.join(''), toolCalls, end };
}

/** What a reader should know of an answer's end. Pure. */
export function endNotes({ reason, said }: Pick<EndEvent, 'reason' | 'said'>): string[] {
  if (reason === 'length') return ['The answer was cut: it reached its most tokens.'];
  if (reason === 'other') return [`The model server ended the answer ("${said}"): it may not be whole.`];
  return [];
}

/** What was collected, in the form of the protocol. Pure. */
export function generationResult({ text, end }: Collected): GenerationResult {
  const { reason, usage, timings, target } = end;
  const { queueMs, firstTokenMs, totalMs } = timings;
  const writingMs = totalMs - queueMs - (firstTokenMs ?? totalMs);
  const { outputTokens } = usage;
  const tellable = outputTokens !== null && outputTokens > 1 && writingMs > 0;
  return {
    text,
    finishReason: reason,
    usage: { ...usage },
    timings: {
      queueMs,
      firstTokenMs,
      totalMs,
      tokensPerSecond: tellable ? ((outputTokens - 1) / writingMs) * 1000 : null,
    },
    upstream: target.upstream,
    model: target.capabilities.model,
    notes: endNotes(end),
  };
}
