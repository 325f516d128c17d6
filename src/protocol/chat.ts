import { z } from 'zod';
import { ProgressToken, RepoSelector } from './common.js';
import { ContextParams } from './context.js';
import { GenerationProgress, GenerationResult, ServerParams } from './inference.js';

const SessionId = z.string().min(1).max(64).describe('Id of a conversation.');

/** Lines of a file of a registered repository. */
export const Citation = z.object({
  repo: z.string().describe('Id of the repository.'),
  root: z.string().describe('Absolute path of its root.'),
  path: z.string().describe('From the root, with forward slashes.'),
  startLine: z.int().min(1),
  endLine: z.int().min(1),
});
export type Citation = z.infer<typeof Citation>;

export const ChatParams = z.object({
  message: z.string().max(200_000).describe('What the user asks.'),
  session: SessionId.optional().describe('Goes on with this conversation (default: a new one).'),
  keep: z
    .boolean()
    .optional()
    .describe('False: a lone question, of which nothing is kept (default true); not with `session`.'),
  repos: z.array(RepoSelector).max(1000).optional().describe('Only these repositories (default: all).'),
  file: ContextParams.shape.file,
  line: ContextParams.shape.line,
  ...ServerParams,
  contextTokens: z
    .int()
    .min(0)
    .max(1_000_000)
    .optional()
    .describe('Most tokens of code that go with the question (default: chat.contextTokens); 0: none.'),
  maxTokens: z
    .int()
    .min(1)
    .max(100_000)
    .optional()
    .describe('Longest answer in tokens (default: chat.maxTokens).'),
  tools: z
    .boolean()
    .optional()
    .describe('Let the model search and read the repositories, if it can (default: chat.tools).'),
  showSent: z.boolean().optional().describe('Have the messages in the result as the model got them.'),
  progressToken: ProgressToken.optional().describe('Asks for the answer as it is written.'),
});
export type ChatParams = z.infer<typeof ChatParams>;

/** Value of `$/progress` of `lcad/chat`. */
export const ChatProgress = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('context'),
    session: z.string().nullable().describe('Id of the conversation; null for a lone question.'),
    tokens: z.int().min(0).describe('Estimated tokens of the question with its code.'),
    snippets: z.int().min(0),
  }),
  ...GenerationProgress.options,
]);
export type ChatProgress = z.infer<typeof ChatProgress>;

/** One call of a tool by the model. */
const ChatStep = z.object({
  tool: z.string().describe('search_code, read_lines, definition, callers; or what the model made up.'),
  arguments: z.record(z.string(), z.unknown()),
  error: z.string().nullable().describe('What was wrong, as the model was told; null if it was answered.'),
  tookMs: z.number().min(0),
});

const SentMessage = z.object({ role: z.enum(['system', 'user', 'assistant', 'tool']), content: z.string() });

export const ChatResult = GenerationResult.extend({
  session: z.string().nullable().describe('Id of the conversation; null for a lone question.'),
  citations: z
    .array(Citation)
    .describe('The lines that the answer names, in its order; only lines that the model was shown.'),
  contextTokens: z
    .int()
    .min(0)
    .describe('Estimated tokens of the question with its code, as the model got it.'),
  context: z
    .array(Citation.extend({ tokens: z.int().min(0), score: z.number() }))
    .describe('The code that went with the question, in the order of the prompt.'),
  steps: z.array(ChatStep).describe('What the model looked up, in its order.'),
  window: z.object({
    tokens: z.int().min(0).describe('Estimated tokens of all that was sent at last.'),
    budget: z
      .int()
      .min(0)
      .describe("What it may take: the model's context without the answer and a reserve."),
    turns: z.int().min(0).describe('Earlier turns among it.'),
    droppedTurns: z.int().min(0).describe('Earlier turns that did not fit; the oldest go first.'),
    shortened: z.int().min(0).describe('Answers of tools that were shortened.'),
  }),
  sent: z.array(SentMessage).nullable().describe('What the model got at last; null unless asked for.'),
});
export type ChatResult = z.infer<typeof ChatResult>;

const ChatSession = z.object({
  id: z.string(),
  createdAt: z.string().describe('ISO 8601.'),
  usedAt: z.string().describe('ISO 8601.'),
  turns: z.int().min(0),
  title: z.string().describe('The first question, on one line.'),
});
export type ChatSession = z.infer<typeof ChatSession>;

export const ChatListResult = z.object({ sessions: z.array(ChatSession).describe('The last used first.') });

export const ChatSessionParams = z.object({ session: SessionId });

export const ChatGetResult = z.object({
  id: z.string(),
  createdAt: z.string().describe('ISO 8601.'),
  turns: z
    .array(
      z.object({
        at: z.string().describe('ISO 8601.'),
        question: z.string(),
        answer: z.string(),
        model: z.string(),
        upstream: z.string(),
        citations: z.array(Citation),
        interrupted: z.boolean().describe('The answer was ended before its end.'),
      }),
    )
    .describe('The oldest first.'),
  notes: z.array(z.string()).describe('What a person should know, for example of damage.'),
});
export type ChatGetResult = z.infer<typeof ChatGetResult>;
