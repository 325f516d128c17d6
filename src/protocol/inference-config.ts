import { z } from 'zod';
import { UpstreamRole } from './inference.js';
import { TableName, uniqueNames } from './table-names.js';

/** Families whose fill-in-the-middle prompts are known. */
export const FimTemplate = z.enum([
  'auto',
  'qwen2.5-coder',
  'starcoder2',
  'codellama',
  'deepseek-coder',
  'codestral',
  'codegemma',
  'granite',
  'seed-coder',
  'mellum',
  'none',
]);
export type FimTemplate = z.infer<typeof FimTemplate>;

/** A model server: one [[inference.upstreams]] table. */
export const UpstreamConfig = z.strictObject({
  name: TableName.describe('By which requests and `lcad models` know it: letters, digits, "-", "_" and ".".'),
  kind: z
    .enum(['ollama', 'openai', 'llama-server', 'llama-cpp'])
    .describe(
      'ollama; openai for any server with /v1/chat/completions (vLLM, LM Studio, …); llama-server for llama.cpp with ' +
        '/infill; llama-cpp for a .gguf file that lcad runs itself (needs the package node-llama-cpp).',
    ),
  url: z
    .string()
    .default('')
    .describe('Base url; empty: http://127.0.0.1:11434 for ollama, http://127.0.0.1:8080 for the others.'),
  file: z.string().default('').describe('For llama-cpp: absolute path of the .gguf file.'),
  model: z
    .string()
    .default('')
    .describe('Name of the model on the server; empty: the one it has loaded, or the first that fits.'),
  roles: z.array(UpstreamRole).default(['chat', 'completion']).describe('What it is used for.'),
  concurrency: z
    .int()
    .min(0)
    .max(256)
    .default(0)
    .describe('Requests at a time; 0: as many as the server says, or 1.'),
  smaller: z
    .string()
    .default('')
    .describe('Name of the upstream that takes over while this one has too much to do.'),
  template: FimTemplate.default('auto').describe(
    'Family of the fill-in-the-middle prompt; auto: by the name and template of the model.',
  ),
  contextTokens: z
    .int()
    .min(0)
    .max(10_000_000)
    .default(0)
    .describe('Tokens that fit into a request and its answer; 0: as the server says, or 8192.'),
  keepAlive: z.string().default('5m').describe('How long Ollama keeps the model loaded.'),
  threads: z
    .int()
    .min(0)
    .max(1024)
    .default(0)
    .describe('For llama-cpp: threads; 0: half of the cores, at least one.'),
  apiKeyEnv: z.string().default('').describe('Name of the environment variable that holds the key.'),
  allowRemote: z.boolean().default(false).describe('Allow a url that is not on this machine.'),
});
export type UpstreamConfig = z.infer<typeof UpstreamConfig>;

/** The `inference` table. */
export const InferenceConfig = z.strictObject({
  upstreams: z
    .array(UpstreamConfig)
    .max(16)
    .superRefine(uniqueNames)
    .default([])
    .describe(
      'Model servers in the order in which they are tried: [[inference.upstreams]] tables with name, kind, and if wanted ' +
        'url, model, roles and more. None: Ollama and llama-server where they usually are.',
    ),
  firstTokenMs: z
    .int()
    .min(100)
    .max(3_600_000)
    .default(120_000)
    .describe('Longest wait for the first token of an answer, loading of the model included (ms).'),
  idleMs: z.int().min(100).max(3_600_000).default(30_000).describe('Longest wait between tokens (ms).'),
  queue: z
    .int()
    .min(1)
    .max(10_000)
    .default(64)
    .describe('Requests that may wait for one server; further ones are told to come back.'),
});
export type InferenceConfig = z.infer<typeof InferenceConfig>;

/** The `complete` table. */
export const CompleteConfig = z.strictObject({
  maxTokens: z.int().min(1).max(4096).default(128).describe('Longest completion (tokens).'),
  contextTokens: z
    .int()
    .min(0)
    .max(32_000)
    .default(1024)
    .describe('Tokens of code from elsewhere in the prompt; 0: none.'),
  prefixTokens: z.int().min(16).max(32_000).default(1536).describe('Tokens before the cursor.'),
  suffixTokens: z.int().min(0).max(32_000).default(512).describe('Tokens after the cursor.'),
  temperature: z.number().min(0).max(2).default(0),
  lines: z
    .enum(['auto', 'single', 'multiple'])
    .default('auto')
    .describe('How much is completed; auto: by what is around the cursor in the syntax tree.'),
  firstTokenMs: z
    .int()
    .min(50)
    .max(600_000)
    .default(10_000)
    .describe('Longest wait for the first token of a completion (ms).'),
  warmUp: z
    .boolean()
    .default(false)
    .describe('Have the server read the text around the cursor when a document is opened.'),
});
export type CompleteConfig = z.infer<typeof CompleteConfig>;

/** The `chat` table. */
export const ChatConfig = z.strictObject({
  maxTokens: z.int().min(1).max(100_000).default(2048).describe('Longest answer (tokens).'),
  contextTokens: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(4000)
    .describe('Tokens of code that a question is given; cut to what the model takes.'),
  temperature: z.number().min(0).max(2).default(0.2),
  tools: z
    .boolean()
    .default(true)
    .describe('Let models that can call tools search and read the registered repositories.'),
  toolSteps: z.int().min(1).max(50).default(6).describe('Most rounds of tool calls for one question.'),
  toolSeconds: z
    .int()
    .min(1)
    .max(600)
    .default(20)
    .describe('Longest time for all tools of one question (s).'),
  keepDays: z.number().min(0).max(3650).default(90).describe('Days that conversations are kept.'),
});
export type ChatConfig = z.infer<typeof ChatConfig>;

/** The `guard` table. */
export const GuardConfig = z.strictObject({
  secrets: z
    .boolean()
    .default(true)
    .describe('End an answer before a key, token or password in it is shown.'),
  licenceFolders: z
    .array(z.string().startsWith('/', 'must be an absolute path'))
    .max(100)
    .default([])
    .describe(
      'Absolute paths of folders of licensed code (dependencies); an answer that repeats it word for word is ended.',
    ),
  licenceTokens: z
    .int()
    .min(20)
    .max(1000)
    .default(60)
    .describe('Length of a verbatim passage that counts (tokens of code).'),
  allowLicences: z
    .array(z.string().max(100))
    .max(100)
    .default([])
    .describe('Licences whose code may be repeated, by SPDX identifier: "MIT".'),
});
export type GuardConfig = z.infer<typeof GuardConfig>;
