import { z } from 'zod';
import { Freshness, FreshnessParams, RepoSelector } from './common.js';

/** Which chunks are wanted, and how they are shown. */
export const hitParams = {
  paths: z
    .array(z.string().max(4096))
    .max(100)
    .optional()
    .describe('Globs on paths from the root; "!" excludes.'),
  languages: z.array(z.string().max(64)).max(100).optional(),
  kinds: z.array(z.string().max(64)).max(100).optional().describe('Chunk kinds: function, method, class, …'),
  limit: z.int().min(1).max(1000).optional().describe('Results wanted (default 10).'),
  explain: z.boolean().optional().describe("Add each result's evidence."),
  snippetLines: z
    .int()
    .min(0)
    .max(1000)
    .optional()
    .describe('Longest snippet in lines (default 12; 0: none).'),
};

export const SearchParams = z.object({
  query: z.string().max(100_000).describe('Plain language, identifiers, or both.'),
  repos: z.array(RepoSelector).max(1000).optional().describe('Only these repositories (default: all).'),
  ...hitParams,
  all: z.boolean().optional().describe('Further chunks of a file too, not only its best.'),
  ...FreshnessParams,
});
export type SearchParams = z.infer<typeof SearchParams>;

/** One reason why a result is where it is. */
export const Evidence = z.object({
  signal: z.string().describe('"text.file", "path.all", "symbol.exact", "vector.whole", "prior.test", …'),
  value: z.number().describe('The value of the signal, 0 to 1.'),
  share: z.number().describe("What it adds to the result's score."),
  terms: z.array(z.string()).optional().describe('Words of the query that matched.'),
});
export type Evidence = z.infer<typeof Evidence>;

export const SearchHit = z.object({
  repo: z.string(),
  root: z.string(),
  path: z.string().describe('From the root, with forward slashes.'),
  otherPaths: z
    .array(z.string())
    .describe('Further paths where the same file or the same lines are, absolute.'),
  startLine: z.int().min(1),
  endLine: z.int().min(1),
  language: z.string(),
  kind: z.string(),
  name: z.string().describe('Name of what the chunk defines, or empty.'),
  scope: z.string().describe('Enclosing definitions joined by ".", or empty.'),
  score: z.number(),
  snippet: z
    .object({ startLine: z.int().min(1), text: z.string() })
    .nullable()
    .describe('The lines that match best.'),
  evidence: z.array(Evidence).optional(),
});
export type SearchHit = z.infer<typeof SearchHit>;

export const SearchResult = z.object({
  hits: z.array(SearchHit).describe('Best first; the order is stable for the same index and query.'),
  tried: z.object({
    terms: z.array(z.string()).describe('What the query was split into.'),
    vectors: z.enum(['used', 'off', 'building', 'unreachable']).describe('Whether vectors took part.'),
  }),
  notes: z.array(z.string()).describe('What a person should know of this reply, in sentences.'),
  freshness: z.array(Freshness),
  tookMs: z.number().min(0),
});
export type SearchResult = z.infer<typeof SearchResult>;
