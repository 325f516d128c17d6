import { z } from 'zod';

/** Where a repository stands. `degraded` still answers; `missing` means its folder is gone for now. */
export const RepoState = z.enum(['new', 'scanning', 'indexing', 'ready', 'degraded', 'missing']);
export type RepoState = z.infer<typeof RepoState>;

/** What is known of a repository's freshness when a reply is made. Part of every reply that reads the index. */
export const Freshness = z
  .object({
    repo: z.string().describe('Id of the repository.'),
    name: z.string().describe("The repository's folder name."),
    root: z.string().describe('Absolute path of its root.'),
    epoch: z.string().describe('Changes when the index of the repository was built anew.'),
    generation: z.int().min(0).describe('Counts the published changes of the index within an epoch.'),
    head: z
      .string()
      .nullable()
      .describe('Commit that is checked out (hex), null outside git or without a commit.'),
    branch: z.string().nullable().describe('Branch that is checked out, null outside git or when detached.'),
    pending: z.int().min(0).describe('Files known to have changed and not yet searchable.'),
    state: RepoState,
    fresh: z
      .boolean()
      .describe(
        'True if everything written before the request is seen; only known when the request asked for it.',
      ),
  })
  .describe('How fresh one repository is in this reply.');
export type Freshness = z.infer<typeof Freshness>;

/** A repository named by a client: its id, its root path, a path inside it, or its unambiguous folder name. */
export const RepoSelector = z
  .string()
  .min(1)
  .max(4096)
  .describe('A repository: its id, a path of it or in it, or its folder name where only one has it.');

/** A token the client chose; `$/progress` notifications carry it. */
export const ProgressToken = z.union([z.string().max(256), z.int()]);
export type ProgressToken = z.infer<typeof ProgressToken>;

/** Ask that everything written before the request is seen by it. */
export const FreshnessParams = {
  waitFresh: z
    .boolean()
    .optional()
    .describe('Wait until everything written before this request is seen by it.'),
  deadlineMs: z
    .int()
    .min(1)
    .max(600_000)
    .optional()
    .describe('Longest wait in milliseconds (default 10000); past it the reply says fresh: false.'),
};
