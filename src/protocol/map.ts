import { z } from 'zod';
import { Freshness, FreshnessParams, RepoSelector } from './common.js';

const path = z.string().min(1).max(4096);

export const MapParams = z.object({
  repo: RepoSelector.optional().describe('The repository; may be left out where only one is registered.'),
  paths: z
    .array(path)
    .max(100)
    .optional()
    .describe('Only these files and folders, absolute or from the root of the repository (default: all).'),
  tokens: z
    .int()
    .min(1)
    .max(200_000)
    .optional()
    .describe('Most tokens that `text` may have, by the estimate (default 2000).'),
  focus: z
    .array(z.string().min(1).max(4096))
    .max(100)
    .optional()
    .describe(
      'What the map is to be about: files and folders (absolute, or from the root), names of symbols, or words. Names ' +
        'and words raise what they name, and files what they refer to.',
    ),
  order: z
    .enum(['rank', 'path'])
    .optional()
    .describe('Order of the files: the most important first (default), or by path.'),
  ...FreshnessParams,
});
export type MapParams = z.infer<typeof MapParams>;

const MapSymbol = z.object({
  kind: z.string().describe('function, method, class, …'),
  name: z.string(),
  scope: z.string().describe('Enclosing definitions joined by ".", or empty.'),
  exported: z
    .boolean()
    .nullable()
    .describe('Whether other files may use it; null if the language has no such notion.'),
  signature: z.string().describe('The declaration without its body.'),
  line: z.int().min(1).describe('Where the name stands.'),
  startLine: z.int().min(1),
  endLine: z.int().min(1),
  rank: z.number().min(0).describe('Share of all rank that comes to it, from 0 to 1.'),
});

const MapFile = z.object({
  path: z.string().describe('From the root, with forward slashes.'),
  language: z.string(),
  rank: z.number().min(0).describe('Its PageRank: the ranks of all files of the repository sum to 1.'),
  symbols: z.array(MapSymbol).describe('Those that are shown, in the order of the file.'),
  omitted: z.int().min(0).describe('Symbols of the file that are not shown.'),
});
export type MapFile = z.infer<typeof MapFile>;

export const MapResult = z.object({
  repo: z.string(),
  root: z.string(),
  text: z
    .string()
    .describe('Ready to paste: paths, below each its symbols by their declarations; "⋮" stands for others.'),
  tokens: z.int().min(0).describe('Estimated tokens of `text`: never more than were asked for.'),
  budget: z.int().min(1).describe('Tokens that were asked for.'),
  files: z.array(MapFile).describe('What is shown, in the order that was asked for.'),
  total: z
    .object({ files: z.int().min(0), symbols: z.int().min(0) })
    .describe('What there is, shown or not.'),
  focus: z
    .object({
      files: z.int().min(0).describe('Files that the map begins with.'),
      names: z.array(z.string()).describe('Names of symbols that were recognised.'),
      unknown: z.array(z.string()).describe('What names nothing here.'),
    })
    .describe('What was made of `focus`.'),
  notes: z.array(z.string()).describe('What a person should know of this reply, in sentences.'),
  freshness: z.array(Freshness),
  tookMs: z.number().min(0),
});
export type MapResult = z.infer<typeof MapResult>;
