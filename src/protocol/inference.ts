import { z } from 'zod';

/** What a model server is used for. */
export const UpstreamRole = z.enum(['chat', 'completion']);
export type UpstreamRole = z.infer<typeof UpstreamRole>;

/** Which server and model a request is for. */
export const ServerParams = {
  upstream: z
    .string()
    .max(64)
    .optional()
    .describe('Only this model server, by its name in the configuration (default: the first that can).'),
  model: z.string().max(256).optional().describe("This model instead of the server's configured one."),
};

/** Who goes first at a server, the most urgent first. */
export const InferenceClass = z.enum(['completion', 'chat', 'queryEmbedding', 'backgroundEmbedding']);
export type InferenceClass = z.infer<typeof InferenceClass>;

export const FinishReason = z
  .enum(['stop', 'length', 'tools', 'other'])
  .describe(
    "Why the model stopped: at its own end or a stop text, at `maxTokens`, to have tools called, or for a reason of the server's own.",
  );

export const GenerationBegin = z.object({
  kind: z.literal('begin'),
  upstream: z.string().describe('Name of the model server in the configuration.'),
  model: z.string(),
});
export const GenerationText = z.object({
  kind: z.literal('text'),
  text: z.string().describe('The next part of the answer.'),
});
export const GenerationThinking = z.object({
  kind: z.literal('thinking'),
  text: z.string().describe('What the model says to itself; not part of the answer.'),
});
export const GenerationTool = z.object({
  kind: z.literal('tool'),
  name: z.string().describe('The tool that the model asks for.'),
  summary: z.string().describe('What it asks of it, in one line.'),
});

/** Value of `$/progress` while a model writes: once `begin`, then the parts in their order. */
export const GenerationProgress = z.union([
  GenerationBegin,
  GenerationText,
  GenerationThinking,
  GenerationTool,
]);
export type GenerationProgress = z.infer<typeof GenerationProgress>;

/** Tokens as the model server counted them. */
export const GenerationUsage = z.object({
  promptTokens: z.int().min(0).nullable().describe('Null where the server does not say.'),
  outputTokens: z.int().min(0).nullable().describe('Null where the server does not say.'),
  cachedTokens: z
    .int()
    .min(0)
    .nullable()
    .describe('Tokens of the prompt that the server had in its cache; null where it does not say.'),
});

/** How long a generation took. */
export const GenerationTimings = z.object({
  queueMs: z.number().min(0).describe('Waiting for a place at the server (ms).'),
  firstTokenMs: z
    .number()
    .min(0)
    .nullable()
    .describe('From being sent to the server to its first token (ms); null if none came.'),
  totalMs: z.number().min(0).describe('From the request to its end (ms).'),
  tokensPerSecond: z
    .number()
    .min(0)
    .nullable()
    .describe('After the first token; null where the server does not count, or wrote too little to tell.'),
});

/** What every generation ends with. */
export const GenerationResult = z.object({
  text: z.string().describe('The whole answer.'),
  finishReason: FinishReason,
  usage: GenerationUsage,
  timings: GenerationTimings,
  upstream: z.string().describe('Name of the model server in the configuration.'),
  model: z.string(),
  notes: z.array(z.string()).describe('What the reader should know, for example that the answer was cut.'),
});
export type GenerationResult = z.infer<typeof GenerationResult>;
