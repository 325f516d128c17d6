import { z } from 'zod';
import { FreshnessParams, RepoSelector } from './common.js';
import { SearchResult } from './search.js';

export const RelatedParams = z.object({
  file: z.string().min(1).max(4096).describe('Absolute path of a file in a registered repository.'),
  line: z.int().min(1).optional().describe('A line of it, from 1; without it the whole file is compared.'),
  repos: z
    .array(RepoSelector)
    .max(1000)
    .optional()
    .describe("Where to look (default: the file's repository)."),
  paths: z
    .array(z.string().max(4096))
    .max(100)
    .optional()
    .describe('Globs on paths from the root; "!" excludes.'),
  languages: z.array(z.string().max(64)).max(100).optional(),
  kinds: z.array(z.string().max(64)).max(100).optional().describe('Chunk kinds: function, method, class, …'),
  limit: z.int().min(1).max(1000).optional().describe('Results wanted (default 10).'),
  all: z.boolean().optional().describe('All chunks of a file that are alike, not only its best.'),
  snippetLines: z
    .int()
    .min(0)
    .max(1000)
    .optional()
    .describe('Longest snippet in lines (default 12; 0: none).'),
  explain: z.boolean().optional().describe("Add each result's evidence."),
  ...FreshnessParams,
});
export type RelatedParams = z.infer<typeof RelatedParams>;

export const RelatedResult = SearchResult.extend({
  of: z
    .object({
      repo: z.string(),
      root: z.string(),
      path: z.string(),
      startLine: z.int().min(1),
      endLine: z.int().min(1),
      kind: z.string().describe('Empty for a whole file.'),
      name: z.string(),
    })
    .describe('What the results were compared with.'),
});
export type RelatedResult = z.infer<typeof RelatedResult>;
