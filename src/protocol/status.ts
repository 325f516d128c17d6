import { z } from 'zod';
import { RepoSelector } from './common.js';
import { Degradation, RepoSummary, SkipCounts } from './repos.js';

export const StatusParams = z.object({ repo: RepoSelector.optional().describe('Only this repository.') });
export type StatusParams = z.infer<typeof StatusParams>;

export const LanguageCount = z.object({
  language: z.string(),
  files: z.int().min(0),
  chunks: z.int().min(0),
});

export const EmbeddingStatus = z.object({
  provider: z.enum(['builtin', 'ollama', 'openai', 'none']),
  model: z.string().nullable(),
  dimensions: z.int().nullable(),
  state: z
    .enum(['off', 'ready', 'building', 'unreachable', 'refused', 'unavailable'])
    .describe('Of the server: unreachable, refused. unavailable: the built-in model cannot be loaded.'),
  embedded: z.int().min(0).describe('Chunks that have a vector of this model.'),
  total: z.int().min(0).describe('Chunks that should have one.'),
  message: z.string().nullable(),
});
export type EmbeddingStatus = z.infer<typeof EmbeddingStatus>;

export const RepoStatus = RepoSummary.extend({
  epoch: z.string(),
  generation: z.int().min(0),
  head: z.string().nullable(),
  branch: z.string().nullable(),
  gitOperation: z
    .string()
    .nullable()
    .describe('An unfinished git operation: "rebase", "merge", "cherry-pick", …'),
  files: z.int().min(0),
  chunks: z.int().min(0),
  languages: z.array(LanguageCount).describe('Most files first.'),
  pending: z.int().min(0),
  progress: z.object({ phase: z.string(), done: z.int(), total: z.int() }).nullable(),
  lastChange: z.string().nullable().describe('ISO 8601 time of the last published change.'),
  skipped: SkipCounts,
  quarantined: z.array(z.object({ path: z.string(), reason: z.string() })),
  watching: z.enum(['events', 'polling', 'off']),
  diskBytes: z.int().min(0).describe("Bytes on disk of the family's derived data."),
  embedding: EmbeddingStatus,
  degraded: z.array(Degradation),
});
export type RepoStatus = z.infer<typeof RepoStatus>;

export const CtagsStatus = z.object({
  state: z
    .enum(['found', 'absent', 'off', 'unusable'])
    .describe('unusable: what is there is no Universal Ctags, or one without its JSON interactive mode.'),
  version: z.string().nullable(),
  path: z.string().nullable(),
  sandboxed: z.boolean().describe('It confines itself before it reads a file.'),
  languages: z
    .array(z.string())
    .describe('Languages without a grammar whose definitions it finds, or would find if it were there.'),
  message: z.string().nullable().describe('Why it is not in use.'),
  next: z.string().nullable(),
});
export type CtagsStatus = z.infer<typeof CtagsStatus>;

export const DaemonStatus = z.object({
  version: z.string(),
  pid: z.int(),
  socket: z.string(),
  logFile: z.string(),
  configFile: z.string(),
  dataFolder: z.string(),
  startedAt: z.string(),
  uptimeSeconds: z.number().min(0),
  memory: z.object({
    rssBytes: z.int().describe('Resident memory of the daemon process.'),
    watcherRssBytes: z.int().describe('Resident memory of the watcher process; 0 if unknown.'),
  }),
  workers: z.object({
    threads: z.int(),
    busy: z.int(),
    queued: z.int(),
    restarts: z.int().describe('Worker threads ended because a file hung or killed them.'),
  }),
  watcher: z.object({
    state: z.enum(['running', 'starting', 'restarting', 'failed']),
    pid: z.int().nullable(),
    watches: z.int().nullable().describe('Kernel watches in use, null where that cannot be known.'),
    restarts: z.int(),
  }),
  ctags: CtagsStatus.describe('Universal Ctags, for definitions of languages without a grammar.'),
  clients: z.int().describe('Open connections.'),
  degraded: z.array(Degradation),
});
export type DaemonStatus = z.infer<typeof DaemonStatus>;

export const StatusResult = z.object({ daemon: DaemonStatus, repos: z.array(RepoStatus) });
export type StatusResult = z.infer<typeof StatusResult>;
