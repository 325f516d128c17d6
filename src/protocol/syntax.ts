import { z } from 'zod';

export const SyntaxParams = z.object({
  path: z.string().min(1).max(4096).describe('A path whose name tells the language; nothing is read there.'),
  text: z.string().max(2_000_000).describe('What is parsed.'),
});

export const SyntaxResult = z.object({
  language: z.string().describe('Id of the language.'),
  valid: z
    .boolean()
    .nullable()
    .describe(
      'Whether it parses without errors; null if its language has no grammar or parsing took too long.',
    ),
});
export type SyntaxResult = z.infer<typeof SyntaxResult>;
