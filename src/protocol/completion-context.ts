import { z } from 'zod';
import { Freshness, FreshnessParams } from './common.js';
import { Confidence } from './symbols.js';

const path = z.string().min(1).max(4096);
const budget = z.int().min(0).max(32_000);

export const CompletionContextParams = z.object({
  file: path.describe('The file being edited: an absolute path, or a file URI.'),
  line: z.int().min(1).describe('Line of the cursor, from 1.'),
  column: z
    .int()
    .min(1)
    .describe('Column of the cursor, from 1, in UTF-16 units: what stands before it is the prefix.'),
  text: z
    .string()
    .max(6_000_000)
    .optional()
    .describe("The text as the editor has it (default: this client's open buffer, else what is indexed)."),
  prefixTokens: budget.optional().describe('Tokens of the text before the cursor (default 2000).'),
  suffixTokens: budget.optional().describe('Tokens of the text after the cursor (default 500).'),
  contextTokens: budget.optional().describe('Tokens of all context items together (default 1500).'),
  viewed: z
    .array(z.object({ file: path, startLine: z.int().min(1), endLine: z.int().min(1) }))
    .max(50)
    .optional()
    .describe('Regions that the user looked at lately, the newest first, as an absolute path or a file URI.'),
  patienceMs: z
    .int()
    .min(0)
    .max(60_000)
    .optional()
    .describe(
      'Longest wait for texts that are not in memory yet (default 0). Past it they are left out, a note says so, and ' +
        'they are there for the next request.',
    ),
  ...FreshnessParams,
});
export type CompletionContextParams = z.infer<typeof CompletionContextParams>;

const Window = z.object({
  text: z.string().describe('Verbatim.'),
  startLine: z.int().min(1),
  endLine: z.int().min(1),
  tokens: z.int().min(0),
  whole: z.boolean().describe('Whether it reaches the beginning or the end of the file.'),
});

/** What a context item is. */
const CompletionItemKind = z
  .enum(['definition', 'members', 'signatures', 'edited', 'viewed', 'similar'])
  .describe(
    'definition: of a symbol that is used near the cursor; members: of what stands before the cursor; signatures: what ' +
      'imported files and the package have to offer; edited, viewed: recent regions of this client; similar: code that ' +
      'is like the lines around the cursor.',
  );

export const CompletionItem = z.object({
  kind: CompletionItemKind,
  repo: z.string(),
  root: z.string(),
  path: z.string().describe('From the root, with forward slashes.'),
  language: z.string(),
  startLine: z.int().min(1),
  endLine: z.int().min(1),
  text: z.string().describe('Lines of the file, or declarations without bodies, one a line.'),
  symbols: z
    .array(z.object({ name: z.string(), line: z.int().min(1) }))
    .describe('The definitions that it shows.'),
  reason: z.string().describe('Why it is here, in words.'),
  confidence: Confidence.nullable().describe(
    'Of the least sure definition in it; null for what is no definition.',
  ),
  score: z.number().min(0).max(1),
  tokens: z.int().min(0),
});
export type CompletionItem = z.infer<typeof CompletionItem>;

export const CompletionContextResult = z.object({
  repo: z.string().nullable().describe('Id of the repository that the file is in; null if it is in none.'),
  root: z.string().nullable(),
  path: z.string().describe('From the root; the absolute path if the file is in no repository.'),
  language: z.string().describe('Empty if it is not known.'),
  source: z
    .enum(['params', 'buffer', 'index'])
    .describe('Where the text is from: the request, the open buffer of this client, or the index.'),
  prefix: Window.describe('What stands before the cursor; what is nearest to it is kept.'),
  suffix: Window.describe('What stands after the cursor.'),
  items: z.array(CompletionItem).describe('The best first. No line of a file is in two of them.'),
  tokens: z.int().min(0).describe('Tokens of all items.'),
  omitted: z.int().min(0).describe('Items that the budget had no room for.'),
  notes: z.array(z.string()).describe('What a person should know of this reply, in sentences.'),
  freshness: z.array(Freshness).describe('Of the repository that the file is in; empty if it is in none.'),
  tookMs: z.number().min(0),
});
export type CompletionContextResult = z.infer<typeof CompletionContextResult>;
