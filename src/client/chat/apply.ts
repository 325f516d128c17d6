import { LcadError } from '../../shared/errors.js';
import type { Cli } from '../cli.js';
import type { Connection } from '../connection.js';
import { doneText, editsText, problemsText } from '../output/edits-view.js';

/** What became of the changes of an answer. */
interface Applied {
  /** To be shown. */
  readonly text: string;
  /** Of the edits, for their undoing; null if nothing was changed. */
  readonly id: string | null;
}

/**
 * Shows the changes that an answer proposes, and applies those that can be made if the user agrees.
 * @throws LcadError what `lcad/edits/preview` and `lcad/edits/apply` throw; EDIT_CONFLICT if none of the changes can be made
 */
export async function applyEdits(
  cli: Cli,
  connection: Connection,
  text: string,
  agree: () => Promise<boolean>,
): Promise<Applied> {
  const { signal, terminal } = cli;
  const preview = await connection.request('lcad/edits/preview', { text }, { signal });
  if (preview.problems.length > 0) cli.note(problemsText(preview, terminal.errColors).trimEnd());
  if (preview.files.length === 0) {
    if (preview.problems.length === 0) return { text: 'The answer proposes no changes.\n', id: null };
    throw new LcadError('EDIT_CONFLICT', 'None of the changes can be made.');
  }
  if (!cli.json) terminal.out(editsText(preview, terminal.outColors));
  if (!(await agree())) return { text: 'Nothing was changed.\n', id: null };
  const params = { id: preview.id, partial: true };
  const applied = await connection.request('lcad/edits/apply', params, { signal });
  return { text: doneText(applied, 'applied', terminal.outColors), id: applied.id };
}
