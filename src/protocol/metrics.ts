import { z } from 'zod';
import { InferenceClass } from './inference.js';

/** How a measure is spread, since the daemon started. */
export const Spread = z
  .object({
    count: z.int().min(0),
    mean: z.number(),
    p50: z.number(),
    p95: z.number(),
    p99: z.number(),
    max: z.number(),
  })
  .describe('Values are within 1 % of what was measured.');
export type Spread = z.infer<typeof Spread>;

const Count = z.int().min(0);

export const MethodMetrics = z.object({
  method: z.string(),
  failed: Count.describe('Requests that were answered with an error, cancelled ones included.'),
  ms: Spread.describe('From the request to its reply (ms).'),
});
export type MethodMetrics = z.infer<typeof MethodMetrics>;

export const GenerationMetrics = z.object({
  upstream: z.string().describe('Name of the model server; "other" for all beyond the first 100 rows.'),
  model: z.string(),
  class: InferenceClass,
  done: Count,
  cancelled: Count.describe('By the client, or because it went away.'),
  superseded: Count.describe('A newer request took the place of it.'),
  failed: Count,
  guarded: Count.describe('Ended by a guard.'),
  busy: Count.describe('Refused because too many waited.'),
  outputTokens: Count.describe('Pieces of text where the server does not count tokens.'),
  wastedTokens: Count.describe('Those of them that nobody got to see.'),
  queueMs: Spread.nullable().describe('Waiting for a place at the server, of those that got one (ms).'),
  firstTokenMs: Spread.nullable().describe('From being sent to the server to the first token (ms).'),
  tokensPerSecond: Spread.nullable().describe('After the first token.'),
});
export type GenerationMetrics = z.infer<typeof GenerationMetrics>;

export const CompletionMetrics = z.object({
  shown: Count,
  accepted: Count,
  dismissed: Count,
  kept: Count.describe('Accepted, and still there 30 s later.'),
  changed: Count.describe('Accepted, and changed or gone 30 s later.'),
  fromCache: Count.describe('Answered without a request to a server.'),
  fromStream: Count.describe('Answered from a stream that was under way.'),
  acceptRate: z.number().nullable().describe('Accepted of those shown, 0 to 1; null if none was shown.'),
  keptRate: z
    .number()
    .nullable()
    .describe('Kept of those accepted whose fate is known; null if there is none.'),
});
export type CompletionMetrics = z.infer<typeof CompletionMetrics>;

export const MetricsParams = z.object({
  format: z
    .enum(['json', 'prometheus'])
    .optional()
    .describe('prometheus: also `text`, in the text format of Prometheus (default json).'),
});

/** What the daemon has counted since it started. It is told to nobody but who asks. */
export const MetricsResult = z.object({
  since: z.string().describe('When the counting began (ISO 8601).'),
  requests: z.array(MethodMetrics).describe('By method, the most used first.'),
  generations: z.array(GenerationMetrics).describe('By model server, model and class, the most used first.'),
  guard: z.object({ secret: Count, licence: Count }).describe('Answers that a guard ended, by what it saw.'),
  completions: CompletionMetrics,
  text: z.string().nullable().describe('Version 0.0.4 of the text format of Prometheus, if asked for.'),
});
export type MetricsResult = z.infer<typeof MetricsResult>;
