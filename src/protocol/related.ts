import { z } from 'zod';
import { FreshnessParams, RepoSelector } from './common.js';
import { hitParams, SearchResult } from './search.js';

export const RelatedParams = z.object({
  file: z.string().min(1).max(4096).describe('Absolute path of a file in a registered repository.'),
  line: z.int().min(1).optional().describe('A line of it, from 1; without it the whole file is compared.'),
  repos: z
    .array(RepoSelector)
    .max(1000)
    .optional()
    .describe("Where to look (default: the file's repository)."),
  ...hitParams,
  all: z.boolean().optional().describe('All chunks of a file that are alike, not only its best.'),
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
