import { z } from 'zod';
import { Freshness, FreshnessParams, RepoSelector } from './common.js';

export const GrepParams = z.object({
  pattern: z
    .string()
    .min(1)
    .max(10_000)
    .describe('Text to be found as it is, or a regular expression. Never matches across lines.'),
  syntax: z
    .enum(['literal', 'regex'])
    .describe('`regex`: the syntax of ripgrep (Rust\'s regex crate); "$" also matches before "\\r\\n".'),
  ignoreCase: z.boolean().optional(),
  repos: z.array(RepoSelector).max(1000).optional().describe('Only these repositories (default: all).'),
  paths: z
    .array(z.string().max(4096))
    .max(100)
    .optional()
    .describe('Globs on paths from the root; "!" excludes.'),
  languages: z.array(z.string().max(64)).max(100).optional(),
  kinds: z.array(z.string().max(64)).max(100).optional().describe('Chunk kinds: function, method, class, …'),
  limit: z.int().min(1).max(10_000).optional().describe('Matching lines wanted (default 100).'),
  contextLines: z
    .int()
    .min(0)
    .max(100)
    .optional()
    .describe('Lines around each matching line (default 0); blank ones are shown empty.'),
  ...FreshnessParams,
});
export type GrepParams = z.infer<typeof GrepParams>;

/** A match in a line, in UTF-16 code units from 0. */
export const GrepSpan = z.object({ start: z.int().min(0), end: z.int().min(0).describe('Exclusive.') });
export type GrepSpan = z.infer<typeof GrepSpan>;

export const GrepLine = z.object({
  line: z.int().min(1),
  text: z.string().describe('Without its line end; very long lines are cut.'),
  spans: z
    .array(GrepSpan)
    .nullable()
    .describe('Where the pattern matches in `text`, in UTF-16 code units; null: a line of context.'),
});
export type GrepLine = z.infer<typeof GrepLine>;

export const GrepFile = z.object({
  repo: z.string(),
  root: z.string(),
  path: z.string().describe('From the root, with forward slashes.'),
  language: z.string(),
  lines: z.array(GrepLine).describe('In order, each once.'),
});
export type GrepFile = z.infer<typeof GrepFile>;

export const GrepResult = z.object({
  files: z.array(GrepFile).describe('By repository, then by path.'),
  matches: z.int().min(0).describe('Matching lines in `files`.'),
  more: z
    .object({ lines: z.int().min(0), files: z.int().min(0) })
    .nullable()
    .describe('Past the limit: at least so many further lines, and so many files that are not shown.'),
  unsearched: z
    .int()
    .min(0)
    .describe('Files that are known but not in the index (binary, too large, generated, …).'),
  notes: z.array(z.string()).describe('What a person should know of this reply, in sentences.'),
  freshness: z.array(Freshness),
  tookMs: z.number().min(0),
});
export type GrepResult = z.infer<typeof GrepResult>;
