import { z } from 'zod';
import { ProgressToken } from './common.js';
import { CompletionContextParams } from './completion-context.js';
import { GenerationResult, GenerationTimings, ServerParams } from './inference.js';
import { Range, TextPositionParams } from './lsp.js';

/** How much is completed. */
const Lines = z.enum(['auto', 'single', 'multiple']);

export const CompleteParams = CompletionContextParams.pick({
  file: true,
  line: true,
  column: true,
  text: true,
  patienceMs: true,
}).extend({
  maxTokens: z
    .int()
    .min(1)
    .max(4096)
    .optional()
    .describe('Longest completion (tokens; default `complete.maxTokens` of the configuration).'),
  lines: Lines.optional().describe('One line or several (default `complete.lines` of the configuration).'),
  useContext: z.boolean().optional().describe('Give the model code from elsewhere too (default true).'),
  ...ServerParams,
  progressToken: ProgressToken.optional().describe('Asks for the completion as it is written.'),
});
export type CompleteParams = z.infer<typeof CompleteParams>;

export const CompleteResult = GenerationResult.extend({
  id: z.string().describe('Names this completion in `lcad/completion/feedback`.'),
  text: z.string().describe('What to insert; empty if there is nothing to be said.'),
  range: z
    .object({
      startLine: z.int().min(1),
      startColumn: z.int().min(1),
      endLine: z.int().min(1),
      endColumn: z.int().min(1),
    })
    .describe('What the text replaces, from 1, in UTF-16 units: empty, at the cursor.'),
  source: z
    .enum(['model', 'cache', 'stream'])
    .describe(
      'model: asked for this request; stream: of an earlier request whose completion begins with what was typed since; ' +
        'cache: as before.',
    ),
  timings: GenerationTimings.extend({
    contextMs: z.number().min(0).describe('Making of the context (ms).'),
  }),
});
export type CompleteResult = z.infer<typeof CompleteResult>;

export const CompletionFeedbackParams = z.object({
  id: z.string().max(64).describe('Of the completion.'),
  event: z
    .enum(['shown', 'accepted', 'dismissed'])
    .describe(
      'What became of it; counted once for all that is left of one completion while its user types along it. ' +
        '30 seconds after it was accepted the open buffer tells whether it was kept as it was.',
    ),
});
export type CompletionFeedbackParams = z.infer<typeof CompletionFeedbackParams>;

/** LSP 3.18, textDocument/inlineCompletion. */
export const InlineCompletionParams = TextPositionParams.extend({
  context: z
    .object({
      triggerKind: z.int().optional().describe('1: the user asked for it; 2: while typing.'),
      selectedCompletionInfo: z
        .object({ range: Range, text: z.string().max(100_000) })
        .nullish()
        .describe('The selected item of the list of completions: what is returned extends it.'),
    })
    .optional(),
});

export const InlineCompletionResult = z
  .object({
    items: z.array(
      z.object({
        insertText: z.string(),
        filterText: z.string().optional(),
        range: Range.optional(),
        command: z
          .object({ title: z.string(), command: z.string(), arguments: z.array(z.string()) })
          .describe("LSP's Command: run after the text was inserted, it counts the completion as accepted."),
      }),
    ),
  })
  .nullable()
  .describe("LSP's InlineCompletionList, of one item at most; null without a model server.");
