import type { GenerationProgress } from '../../protocol/inference.js';
import { type Collected, collect } from '../inference/collect.js';
import type { InferenceEvent } from '../inference/contract.js';
import type { SendProgress } from './contract.js';

const longestSummary = 200;

/**
 * Streams a generation to a client and reads it to its end. A client that reads slowly slows the model server down. The
 * request's one reply is what the caller makes of what is returned, or of what is thrown.
 *
 * @param events of `Inference.run`, with the request's signal
 * @param send of `RequestContext.progress`
 * @throws what `Inference.run` throws
 */
export function streamed(events: AsyncIterable<InferenceEvent>, send: SendProgress): Promise<Collected> {
  return collect(events, (event) => {
    const value = progressOf(event);
    return value === null ? undefined : send(value);
  });
}

/** An event in the form of the protocol; null for the end, which is told in the result. Pure. */
export function progressOf(event: InferenceEvent): GenerationProgress | null {
  switch (event.is) {
    case 'begin':
      return { kind: 'begin', upstream: event.target.upstream, model: event.target.capabilities.model };
    case 'text':
      return { kind: 'text', text: event.text };
    case 'thinking':
      return { kind: 'thinking', text: event.text };
    case 'tool':
      return { kind: 'tool', name: event.call.name, summary: summaryOf(event.call.arguments) };
    case 'end':
      return null;
  }
}

/** `query: "retry delay", limit: 3` */
function summaryOf(args: Readonly<Record<string, unknown>>): string {
  const text = Object.entries(args)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    .join(', ');
  return text.length > longestSummary ? `${text.slice(0, longestSummary)}…` : text;
}
