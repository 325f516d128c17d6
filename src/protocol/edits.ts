import { z } from 'zod';
import { RepoSelector } from './common.js';

const path = z.string().min(1).max(4096);
const hash = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .describe("SHA-256 of the file's bytes, in hex.");
const id = z.string().regex(/^[0-9a-f]{12}$/);
const text = z.string().max(4_000_000);

const wanted = {
  text: text
    .optional()
    .describe(
      'An answer of a model with edits in it: search and replace blocks (a path, then <<<<<<< SEARCH, =======, ' +
        '>>>>>>> REPLACE) and unified diffs.',
    ),
  edits: z
    .array(
      z.object({
        path: path.describe('From the root of the repository, or absolute.'),
        search: text.describe('Whole lines that are in the file exactly once; empty: a new file.'),
        replace: text.describe('The lines to put in their place.'),
      }),
    )
    .max(500)
    .optional()
    .describe('Edits as data, instead of a text.'),
  repo: RepoSelector.optional().describe(
    'The repository that paths are of (default: the only one that has the file).',
  ),
  files: z
    .array(z.object({ path, hash }))
    .max(1000)
    .optional()
    .describe(
      'What the files had in them when the edits were made; one that has changed since is a conflict.',
    ),
};

export const EditsPreviewParams = z
  .object(wanted)
  .refine((params) => (params.text === undefined) !== (params.edits === undefined), {
    message: 'Give either a text or edits.',
  });
export type EditsPreviewParams = z.infer<typeof EditsPreviewParams>;

export const EditedFile = z.object({
  path: z.string().describe('As it is before, from the root, with forward slashes.'),
  to: z.string().nullable().describe('The new path of a file that is renamed.'),
  root: z.string().describe('Root of the repository.'),
  repo: z.string().describe('Id of the repository.'),
  kind: z.enum(['change', 'create', 'delete', 'rename']),
  before: hash.nullable().describe('SHA-256 of the bytes before, in hex; null: no file.'),
  after: hash.nullable().describe('SHA-256 of the bytes after, in hex; null: no file.'),
  diff: z.string().describe('Unified diff with a/ and b/ before the paths.'),
  added: z.int().min(0).describe('Lines.'),
  removed: z.int().min(0).describe('Lines.'),
  notes: z.array(z.string()).describe('Where the edit did not fit to the letter.'),
});
export type EditedFile = z.infer<typeof EditedFile>;

export const EditProblem = z.object({
  block: z
    .int()
    .min(0)
    .nullable()
    .describe('Which edit of the request, from 0; null: all those of the file.'),
  at: z
    .object({
      startLine: z.int().min(1),
      endLine: z.int().min(1),
      start: z.int().min(0).describe('UTF-16 units before it.'),
      end: z.int().min(0).describe('UTF-16 units up to its end.'),
    })
    .nullable()
    .describe('Where it stands in the text; lines from 1.'),
  path: z.string().nullable().describe('As the edit names it.'),
  kind: z
    .enum(['EDIT_UNREADABLE', 'EDIT_CONFLICT', 'EDIT_REFUSED'])
    .describe(
      'EDIT_UNREADABLE: not of the format; EDIT_CONFLICT: the file is not as the edit takes it to be; EDIT_REFUSED: ' +
        'not a file that edits may change.',
    ),
  message: z.string(),
});
export type EditProblem = z.infer<typeof EditProblem>;

export const EditsPreviewResult = z.object({
  id: id.describe('For `lcad/edits/apply`; the latest 16 are kept, as long as the daemon runs.'),
  files: z.array(EditedFile).describe('What would change. A file with a problem is not among them.'),
  problems: z.array(EditProblem),
});
export type EditsPreviewResult = z.infer<typeof EditsPreviewResult>;

export const EditsApplyParams = z
  .object({
    id: id.optional().describe('A preview, instead of a text or edits.'),
    ...wanted,
    partial: z
      .boolean()
      .optional()
      .describe(
        'Apply the files without problems, although there are problems elsewhere (default: nothing then).',
      ),
  })
  .refine(
    (params) => [params.id, params.text, params.edits].filter((given) => given !== undefined).length === 1,
    { message: 'Give either the id of a preview, a text, or edits.' },
  );
export type EditsApplyParams = z.infer<typeof EditsApplyParams>;

export const EditsApplyResult = z.object({
  id: id.describe('For `lcad/edits/undo`.'),
  files: z.array(EditedFile).describe('What was changed.'),
  problems: z.array(EditProblem).describe('What was not, if `partial` was asked for.'),
});
export type EditsApplyResult = z.infer<typeof EditsApplyResult>;

export const EditsUndoParams = z.object({
  id: id.optional().describe('The edits to undo (default: the latest).'),
});
export type EditsUndoParams = z.infer<typeof EditsUndoParams>;
