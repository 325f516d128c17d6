import { z } from 'zod';
import { ProgressToken } from './common.js';
import { ServerParams } from './inference.js';

/** A message of a conversation with a model. */
export const GenerateMessage = z.object({
  role: z.enum(['system', 'user', 'assistant']),
  content: z.string(),
});

/** Texts and choices for a model. */
export const GenerateParams = z
  .object({
    prompt: z.string().optional().describe('What the user says; this or `messages`.'),
    messages: z
      .array(GenerateMessage)
      .min(1)
      .max(1000)
      .optional()
      .describe('A whole conversation, the last message being what is to be answered.'),
    raw: z
      .boolean()
      .optional()
      .describe("Give the model `prompt` as it is, without the server's template for conversations."),
    system: z
      .string()
      .optional()
      .describe('How the model is to behave: a system message before all others; not with `raw`.'),
    maxTokens: z.int().min(1).max(1_000_000).optional().describe("Longest answer (default: the server's)."),
    temperature: z.number().min(0).max(2).optional().describe("Default: the server's."),
    topP: z.number().min(0).max(1).optional().describe("Default: the server's."),
    seed: z.int().optional().describe('The same seed makes the same answer, where the server can do that.'),
    stop: z
      .array(z.string().min(1).max(1000))
      .max(16)
      .optional()
      .describe('Texts at which the model stops; they are not part of the answer.'),
    ...ServerParams,
    class: z
      .enum(['chat', 'completion'])
      .optional()
      .describe('How urgent it is: completion goes before chat (default chat).'),
    progressToken: ProgressToken.optional().describe('Asks for the answer as it is written.'),
  })
  .refine(({ prompt, messages }) => (prompt === undefined) !== (messages === undefined), {
    message: 'give either `prompt` or `messages`',
  })
  .refine(({ raw, prompt, system }) => !raw || (prompt !== undefined && system === undefined), {
    message: '`raw` goes with `prompt`, and without `system`',
  });
export type GenerateParams = z.infer<typeof GenerateParams>;
