import { z } from 'zod';
import { Freshness, FreshnessParams, RepoSelector } from './common.js';
import { CodeSymbol, Confidence } from './symbols.js';

export const ImpactParams = z.object({
  symbol: z
    .string()
    .min(1)
    .max(1000)
    .optional()
    .describe('What may change: a name, `Scope.name` where several have it. Or give `file`, or `diff`.'),
  file: z
    .string()
    .min(1)
    .max(4096)
    .optional()
    .describe(
      'Absolute path of a file in a registered repository: all that it defines, and what imports it.',
    ),
  line: z.int().min(1).optional().describe('A line of the file: what is defined around it.'),
  diff: z
    .object({
      repo: RepoSelector.optional().describe('Its repository; may be left out where `repos` names one.'),
      range: z
        .string()
        .min(1)
        .max(1000)
        .optional()
        .describe(
          'Commits, as `A..B`, `A...B`, or one: what it changed (default: the working tree against HEAD).',
        ),
      staged: z.boolean().optional().describe('What is staged against HEAD, and nothing else.'),
    })
    .optional()
    .describe('What was changed, instead of what may change.'),
  depth: z
    .int()
    .min(1)
    .max(20)
    .optional()
    .describe('Most steps from a change to what depends on it (default 3).'),
  limit: z
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .describe('Symbols, files and tests wanted, of each (default 40).'),
  repos: z.array(RepoSelector).max(1000).optional().describe('Only these repositories (default: all).'),
  ...FreshnessParams,
});
export type ImpactParams = z.infer<typeof ImpactParams>;

const place = { repo: z.string(), root: z.string(), path: z.string() };

const Via = z.object({
  name: z.string().describe('What is referred to; a path, if it is a file.'),
  scope: z.string(),
  kind: z.string().describe('Its kind: function, class, … or file.'),
  link: z.enum(['call', 'type', 'inherit', 'import', 'use']).describe('How it is referred to.'),
  ...place,
  line: z.int().min(1).describe('Where it is referred to.'),
  confidence: Confidence,
});
export type ImpactVia = z.infer<typeof Via>;

const about = {
  ...place,
  distance: z.int().min(1).describe('Steps from the change.'),
  confidence: Confidence.describe('That of the weakest link of the chain.'),
  score: z
    .number()
    .min(0)
    .describe(
      'How near and how sure the effect is: 0.5 per step after the first, times the sureness of each link, and more ' +
        'for what refers to several changes.',
    ),
  changes: z
    .int()
    .min(0)
    .describe('To how many of the changed definitions it refers itself; 0: it is several steps away.'),
  via: z.array(Via).describe('The chain: the first is what it refers to itself, the last what is changed.'),
};

export const ImpactSymbol = z.object({
  ...about,
  symbol: CodeSymbol.nullable().describe('Null: code at the top of the file.'),
  references: z.int().min(1).describe('How often it refers to the first of `via`.'),
});
export type ImpactSymbol = z.infer<typeof ImpactSymbol>;

export const ImpactFile = z.object({ ...about, symbols: z.int().min(0).describe('Affected symbols in it.') });
export type ImpactFile = z.infer<typeof ImpactFile>;

export const ImpactTest = z.object({
  ...about,
  tests: z
    .array(z.object({ name: z.string(), line: z.int().min(1) }))
    .describe('Tests and functions of the file that are affected; none: all of it may be.'),
});
export type ImpactTest = z.infer<typeof ImpactTest>;

const ChangedFile = z.object({
  path: z.string(),
  oldPath: z.string().nullable().describe('Where it was, if it was moved.'),
  change: z.enum(['added', 'modified', 'removed', 'renamed']),
  symbols: z.int().min(0).describe('Changed symbols in it.'),
  why: z
    .enum(['binary', 'submodule', 'not-indexed', 'no-symbols', 'top'])
    .nullable()
    .describe(
      'Why no symbol of it is known to be changed: binary, a submodule, left out of the index, a language without ' +
        'symbols; `top`: the changes are outside of all definitions.',
    ),
});
export type ChangedFile = z.infer<typeof ChangedFile>;

export const ImpactResult = z.object({
  of: z.array(CodeSymbol).describe('What may change: the symbols that were asked for. Empty for a diff.'),
  diff: z
    .object({
      repo: z.string(),
      root: z.string(),
      against: z.string().describe('What was compared, in words.'),
      files: z.array(ChangedFile),
      symbols: z.array(
        z.object({
          change: z.enum(['added', 'modified', 'removed']),
          symbol: CodeSymbol.describe('Of a removed one: as it was.'),
        }),
      ),
    })
    .nullable()
    .describe('What was changed; null if no diff was asked for.'),
  symbols: z.array(ImpactSymbol).describe('Affected code outside of tests, by score.'),
  files: z.array(ImpactFile).describe('The files that it is in, by score.'),
  tests: z.array(ImpactTest).describe('Affected test files, by score.'),
  total: z.object({ symbols: z.int().min(0), files: z.int().min(0), tests: z.int().min(0) }),
  cut: z
    .enum(['nodes', 'time'])
    .nullable()
    .describe('Why the search ended before all was found (so much code, or so much time); null: it did not.'),
  notes: z.array(z.string()).describe('What a person should know of this reply, in sentences.'),
  freshness: z.array(Freshness),
  tookMs: z.number().min(0),
});
export type ImpactResult = z.infer<typeof ImpactResult>;
