import { z } from 'zod';
import { RepoSelector } from './common.js';

/** Kinds of sources that a request may name. */
const SourceKind = z.enum(['diff', 'staged', 'commits', 'blame', 'file', 'provider']);

/** Kinds whose `path` cannot be left out. */
const needPath = new Set(['blame', 'file']);

/** Something that a context shall hold besides what is found for its question. */
export const ContextSource = z
  .object({
    kind: SourceKind.describe(
      'Changes of the working tree that are not staged; staged changes; recent commits; who last changed the lines of ' +
        'a file; a file or the files of a folder; what a command of the configuration prints.',
    ),
    repo: RepoSelector.optional().describe(
      'The repository of a diff, of commits or of a provider; default: that of `path`, or of the request.',
    ),
    path: z
      .string()
      .min(1)
      .max(4096)
      .startsWith('/', 'must be an absolute path')
      .optional()
      .describe(
        'Absolute path of a file or folder in a registered repository; needed by blame and file, and what a diff or ' +
          'commits are limited to.',
      ),
    startLine: z.int().min(1).optional().describe('First line of a blame or file (default 1).'),
    endLine: z.int().min(1).optional().describe('Last line of a blame or file (default: the last one).'),
    limit: z.int().min(1).max(200).optional().describe('Commits wanted (default 20).'),
    name: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .describe('Name of a provider in the configuration; needed by provider.'),
  })
  .refine(({ kind, path }) => !needPath.has(kind) || path !== undefined, {
    path: ['path'],
    error: 'this kind of source needs a path',
  })
  .refine(({ kind, name }) => kind !== 'provider' || name !== undefined, {
    path: ['name'],
    error: 'a provider needs its name',
  })
  .refine(({ startLine = 1, endLine }) => endLine === undefined || endLine >= startLine, {
    path: ['endLine'],
    error: 'the last line is before the first',
  })
  .describe('Something that a context shall hold besides what is found for its question.');
export type ContextSource = z.infer<typeof ContextSource>;

/** The `sources` parameter of a request. */
export const ContextSources = z
  .array(ContextSource)
  .max(16)
  .describe('What else shall be in the context: changes, history, files, commands of the configuration.');

/** A source, or a part of one, that is not in the reply. */
export const SourceOmission = z.object({
  source: z.string().describe('Which one, in words: "diff of lcad", "provider tickets".'),
  reason: z.string().describe('Why it is not there, or not whole, in a sentence.'),
});
export type SourceOmission = z.infer<typeof SourceOmission>;
