import { z } from 'zod';
import { UpstreamRole } from './inference.js';

/** A model that a server offers. */
export const OfferedModel = z.object({
  name: z.string(),
  loaded: z.boolean().nullable().describe('In memory now; null where the server does not say.'),
  bytes: z.number().min(0).nullable().describe('On disk or in memory; null where the server does not say.'),
  architecture: z.string().nullable(),
  parameters: z.string().nullable().describe('"7.6B".'),
  quantisation: z.string().nullable().describe('"Q4_K_M".'),
});
export type OfferedModel = z.infer<typeof OfferedModel>;

/** A model server and what it can do. */
export const ModelServer = z.object({
  name: z.string().describe('As in the configuration.'),
  kind: z.enum(['ollama', 'openai', 'llama-server', 'llama-cpp']),
  origin: z.string().describe('Its url, or the file of the model.'),
  roles: z.array(UpstreamRole).describe('What it may be used for.'),
  configured: z.boolean().describe('False: it is looked for because no model server is configured.'),
  state: z
    .enum(['ready', 'unreachable', 'refused', 'unknown'])
    .describe('ready; unreachable: nothing answers there; refused: it answers, but not to this.'),
  model: z.string().nullable().describe('The model that it is asked for; null while not known.'),
  contextTokens: z.int().nullable().describe('Tokens that fit into a request and its answer.'),
  can: z
    .array(z.enum(['chat', 'raw', 'suffix', 'infill', 'tools', 'embedding']))
    .describe(
      'What that model can do there: suffix and infill complete code between two texts, raw takes any prompt.',
    ),
  models: z.array(OfferedModel),
  running: z.int().min(0).describe('Requests that it works on, of all that lcad gave it.'),
  queued: z.int().min(0).describe('Requests that wait for it.'),
  concurrency: z.int().min(0).describe('Requests that it is given at a time.'),
  message: z.string().nullable().describe('What is wrong; null if nothing is.'),
  next: z.string().nullable().describe('What to do about it.'),
});
export type ModelServer = z.infer<typeof ModelServer>;

export const ModelUse = z.object({
  upstream: z.string().describe('Name of the model server, or `builtin`.'),
  model: z.string(),
});
export type ModelUse = z.infer<typeof ModelUse>;

/** Which size of model this machine has room for. */
export const ModelAdvice = z.object({
  memoryBytes: z.number().describe('Memory of the machine, or as much of it as the daemon may use.'),
  chat: z.string().describe('A model for questions, as Ollama names it.'),
  completion: z.string().describe('A model for completion, small enough to answer while somebody types.'),
  text: z.string(),
});
export type ModelAdvice = z.infer<typeof ModelAdvice>;

export const ModelsParams = z.object({
  refresh: z
    .boolean()
    .optional()
    .describe('Ask the servers anew, for some seconds at most (default true); else what is known.'),
});

export const ModelsResult = z.object({
  servers: z.array(ModelServer).describe('In the order in which they are tried.'),
  uses: z
    .object({
      chat: ModelUse.nullable(),
      completion: ModelUse.nullable(),
      embedding: ModelUse.nullable(),
      rerank: ModelUse.nullable(),
    })
    .describe('What lcad would use now; null for nothing.'),
  advice: ModelAdvice,
  next: z.string().nullable().describe('What to install or start where no server is ready.'),
});
export type ModelsResult = z.infer<typeof ModelsResult>;
