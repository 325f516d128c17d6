import { z } from 'zod';
import { templateProblem } from './context-template.js';
import { ChatConfig, CompleteConfig, GuardConfig, InferenceConfig } from './inference-config.js';
import { TableName, uniqueNames } from './table-names.js';

/** A command whose output requests can ask for, by its name. */
const ContextProvider = z.strictObject({
  name: TableName.describe('By which requests ask for it: letters, digits, "-", "_" and ".".'),
  command: z
    .array(z.string().max(4096))
    .min(1)
    .max(100)
    .refine(([program = '']) => program !== '', 'it names no program')
    .describe('Program and arguments. No shell reads them.'),
  cwd: z
    .string()
    .regex(/^(repo$|\/)/)
    .default('repo')
    .describe(
      'Where it runs: "repo" for the root of the repository that is asked about, or an absolute path.',
    ),
  env: z
    .array(z.string().regex(/^[A-Za-z_]\w*$/))
    .max(100)
    .default([])
    .describe("Names of the daemon's environment variables that it gets besides the usual ones."),
  deadlineMs: z.int().min(10).max(60_000).default(5000).describe('It is ended after this time (ms).'),
  maxBytes: z
    .int()
    .min(1)
    .max(4 << 20)
    .default(256 << 10)
    .describe('It is ended, and its output dropped, if it prints more (bytes).'),
});
export type ContextProvider = z.infer<typeof ContextProvider>;

/**
 * The configuration file, config.toml. Every key has a default, so that an empty or absent file is valid; an unknown
 * key is an error that names its line.
 */
export const Config = z.strictObject({
  index: z
    .strictObject({
      maxFileKib: z
        .int()
        .min(1)
        .max(102_400)
        .default(1024)
        .describe('Larger files are skipped as oversized (KiB).'),
      includeSecrets: z
        .boolean()
        .default(false)
        .describe('Read files that hold secrets (.env*, keys, credentials).'),
      includeGenerated: z.boolean().default(false).describe('Index generated and minified files.'),
      ignore: z
        .array(z.string())
        .default([])
        .describe('Patterns in the form of .gitignore, for every repository.'),
      workers: z.int().min(0).max(64).default(0).describe('Worker threads; 0: by the number of cores.'),
      parseDeadlineMs: z
        .int()
        .min(100)
        .max(600_000)
        .default(5000)
        .describe('Longest parse of one file (ms).'),
      ctags: z
        .enum(['auto', 'off'])
        .default('auto')
        .describe('Universal Ctags, where installed, finds the definitions of languages without a grammar.'),
      ctagsPath: z
        .string()
        .regex(/^(\/.*)?$/s)
        .default('')
        .describe('Absolute path of the program; empty: the first on the PATH that can be used.'),
    })
    .prefault({}),
  watch: z
    .strictObject({
      sweepMinutes: z
        .number()
        .min(0)
        .max(1440)
        .default(10)
        .describe('Time between periodic sweeps (minutes); 0: none.'),
      pollSeconds: z
        .number()
        .min(1)
        .max(3600)
        .default(15)
        .describe('Sweeps where events cannot be had (seconds).'),
    })
    .prefault({}),
  store: z
    .strictObject({
      keepDays: z.number().min(0).max(3650).default(14).describe('Days that unreferenced content is kept.'),
      diskBudgetMib: z
        .int()
        .min(16)
        .default(10_240)
        .describe('Unreferenced content is dropped early past this (MiB).'),
    })
    .prefault({}),
  embedding: z
    .strictObject({
      provider: z
        .enum(['builtin', 'ollama', 'openai', 'none'])
        .default('builtin')
        .describe("lcad's own model, a model on a server, or no vectors."),
      url: z.string().default('').describe('Base url of the server; empty: the default of the provider.'),
      model: z.string().default('').describe('Name of the model on the server; builtin needs none.'),
      dimensions: z
        .int()
        .min(0)
        .max(8192)
        .default(0)
        .describe('Cut vectors to this length (Matryoshka); 0: whole.'),
      apiKeyEnv: z.string().default('').describe('Name of the environment variable that holds the key.'),
      documentPrefix: z
        .string()
        .optional()
        .describe("Put before each chunk; default: the model family's own."),
      queryPrefix: z.string().optional().describe("Put before each query; default: the model family's own."),
      keepAlive: z.string().default('5m').describe('How long Ollama keeps the model loaded.'),
      batchSize: z.int().min(1).max(2048).default(32),
      timeoutMs: z.int().min(100).max(600_000).default(60_000),
      allowRemote: z.boolean().default(false).describe('Allow a url that is not on this machine.'),
    })
    .prefault({}),
  context: z
    .strictObject({
      systemText: z
        .string()
        .max(20_000)
        .default('')
        .describe('What a model is told of the snippets; empty: the default.'),
      template: z
        .string()
        .max(20_000)
        .refine((template) => template === '' || templateProblem(template) === null, {
          error: ({ input }) => templateProblem(String(input)) ?? 'it cannot be used',
        })
        .default('')
        .describe('The prompt, with {{system}}, {{snippets}}, {{query}} and {{nonce}}; empty: the default.'),
      providers: z
        .array(ContextProvider)
        .max(32)
        .superRefine(uniqueNames)
        .default([])
        .describe(
          'Commands whose output a context may hold: [[context.providers]] tables with name, command, and if wanted ' +
            'cwd, env, deadlineMs, maxBytes.',
        ),
    })
    .prefault({}),
  rerank: z
    .strictObject({
      provider: z
        .enum(['builtin', 'endpoint', 'chat'])
        .default('builtin')
        .describe("lcad's own ranking alone, a /rerank endpoint, or a chat model asked for scores."),
      url: z
        .string()
        .default('')
        .describe('Url of the server, or of its endpoint; empty: http://127.0.0.1:8080, Ollama: 11434.'),
      model: z.string().default('').describe('Name of the model on the server; chat needs it.'),
      style: z
        .enum(['auto', 'jina', 'tei', 'openai', 'ollama'])
        .default('auto')
        .describe(
          'Wire format: jina (also llama-server, Cohere, vLLM) or tei for endpoint, openai or ollama for chat; auto: ' +
            'tried in turn.',
        ),
      apiKeyEnv: z.string().default('').describe('Name of the environment variable that holds the key.'),
      deadlineMs: z
        .int()
        .min(10)
        .max(60_000)
        .default(2000)
        .describe('Longest wait; past it the order stays as it was (ms).'),
      maxDocuments: z
        .int()
        .min(1)
        .max(200)
        .default(32)
        .describe('Texts that are sent; the others keep their places behind (TEI takes 32 by default).'),
      maxDocumentChars: z
        .int()
        .min(100)
        .max(100_000)
        .default(1500)
        .describe(
          'Characters of each text that are sent (llama-server refuses more than 512 tokens by default).',
        ),
      allowRemote: z.boolean().default(false).describe('Allow a url that is not on this machine.'),
    })
    .prefault({}),
  inference: InferenceConfig.prefault({}),
  complete: CompleteConfig.prefault({}),
  chat: ChatConfig.prefault({}),
  guard: GuardConfig.prefault({}),
  log: z
    .strictObject({
      level: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
      maxMib: z.number().min(0.1).max(1024).default(5).describe('Size at which the log is rotated (MiB).'),
      keep: z.int().min(1).max(100).default(3).describe('Rotated logs kept.'),
    })
    .prefault({}),
});
export type Config = z.infer<typeof Config>;

export const ConfigGetResult = z.object({
  file: z.string(),
  exists: z.boolean(),
  config: Config,
});
export type ConfigGetResult = z.infer<typeof ConfigGetResult>;

export const ConfigReloadResult = z.object({
  changed: z.array(z.string()).describe('Keys whose value changed.'),
  restartNeeded: z.array(z.string()).describe('Changed keys that take effect after `lcad restart`.'),
});
export type ConfigReloadResult = z.infer<typeof ConfigReloadResult>;
