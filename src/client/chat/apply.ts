import { LcadError } from '../../shared/errors.js';
import type { Cli } from '../cli.js';
import type { Connection } from '../connection.js';
import { doneText, editsText, problemsText } from '../output/edits-view.js';

/**
 * Shows the changes that an answer proposes, and applies those that can be made if the user agrees.
 * @returns what became of it, to be shown
 * @throws LcadError what `lcad/edits/preview` and `lcad/edits/apply` throw; EDIT_CONFLICT if none of the changes can be made
 */
export async function applyEdits(
  cli: Cli,
  connection: Connection,
  text: string,
  agree: () => Promise<boolean>,
): Promise<string> {
  const { signal, terminal } = cli;
  const preview = await connection.request('lcad/edits/preview', { text }, { signal });
  if (preview.problems.length > 0) cli.note(problemsText(preview, terminal.errColors).trimEnd());
  if (preview.files.length === 0) {
    if (preview.problems.length === 0) return 'The answer proposes no changes.\n';
    throw new LcadError('EDIT_CONFLICT', 'None of the changes can be made.');
  }
  if (!cli.json) terminal.out(editsText(preview, terminal.outColors));
  if (!(await agree())) return 'Nothing was changed.\n';
  const params = { id: preview.id, partial: true };
  const applied = await connection.request('lcad/edits/apply', params, { signal });
  return doneText(applied, 'applied', terminal.outColors);
}
