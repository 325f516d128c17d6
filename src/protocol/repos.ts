import { z } from 'zod';
import { ProgressToken, RepoSelector, RepoState } from './common.js';

/** A part of lcad that works less well than it could, and what to do about it. */
export const Degradation = z.object({
  kind: z
    .string()
    .describe('Stable name, for example "watch-limit", "disk-full", "quarantine", "embedding".'),
  message: z.string().describe('What is wrong.'),
  next: z.string().describe('What to do about it.'),
});
export type Degradation = z.infer<typeof Degradation>;

/** Files left out of the index, counted by reason. */
export const SkipCounts = z
  .record(z.string(), z.int().min(0))
  .describe(
    'Reason to number of files or folders: binary, oversized, minified, generated, secret, unreadable, …',
  );
export type SkipCounts = z.infer<typeof SkipCounts>;

export const RepoSummary = z.object({
  id: z.string().describe('Short stable id.'),
  name: z.string().describe('Folder name.'),
  root: z.string().describe('Canonical absolute path.'),
  kind: z.enum(['git', 'worktree', 'submodule', 'folder']),
  family: z.string().describe('Repositories with the same family share derived data.'),
  state: RepoState,
  addedAt: z.string().describe('ISO 8601 time.'),
});
export type RepoSummary = z.infer<typeof RepoSummary>;

export const ReposAddParams = z.object({
  path: z.string().min(1).max(4096).describe('Absolute path of the folder to register.'),
  exact: z
    .boolean()
    .optional()
    .describe('Register exactly this folder even if it is inside a git repository (default: its top level).'),
  wait: z.boolean().optional().describe('Reply only when the first index is complete.'),
  progressToken: ProgressToken.optional(),
});
export const ReposAddResult = z.object({
  repo: RepoSummary,
  added: z.boolean().describe('False if it was registered already.'),
  note: z
    .string()
    .nullable()
    .describe('An explanation, for example of an overlap with another registration.'),
});
export type ReposAddParams = z.infer<typeof ReposAddParams>;
export type ReposAddResult = z.infer<typeof ReposAddResult>;

export const ReposRemoveParams = z.object({ repo: RepoSelector });
export const ReposRemoveResult = z.object({ repo: RepoSummary });
export type ReposRemoveParams = z.infer<typeof ReposRemoveParams>;
export type ReposRemoveResult = z.infer<typeof ReposRemoveResult>;

export const ReposListResult = z.object({ repos: z.array(RepoSummary) });
export type ReposListResult = z.infer<typeof ReposListResult>;

export const ReposReindexParams = z.object({
  repo: RepoSelector,
  full: z
    .boolean()
    .optional()
    .describe('Drop what was derived for it and derive it again (default: look for changes).'),
  wait: z.boolean().optional(),
  progressToken: ProgressToken.optional(),
});
export const ReposReindexResult = z.object({ repo: RepoSummary });
export type ReposReindexParams = z.infer<typeof ReposReindexParams>;
export type ReposReindexResult = z.infer<typeof ReposReindexResult>;

/** Value of `$/progress` while a repository is indexed. */
export const IndexProgress = z.object({
  repo: z.string(),
  phase: z.enum(['scan', 'hash', 'derive', 'commit', 'embed', 'done']),
  done: z.int().min(0).describe('Files (or chunks when embedding) finished in this phase.'),
  total: z.int().min(0).describe('Files (or chunks) in this phase; 0 while unknown.'),
});
export type IndexProgress = z.infer<typeof IndexProgress>;
