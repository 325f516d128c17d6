import { relative, sep } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EditedFile, EditsApplyResult, EditsPreviewResult } from '../../protocol/edits.js';
import { LcadError, messageOf } from '../../shared/errors.js';
import type { Log } from '../log-contract.js';
import { type Checked, checkEdits, checkUnsaved } from './check.js';
import type { EditBlock, EditSurroundings, FilePlan, ParsedAnswer, UnsavedTexts } from './contract.js';
import { fileDiff } from './file-diff.js';
import { hashOf, readText } from './file-text.js';
import { Journal, type KeptFile, newId } from './journal.js';
import { parseEdits } from './parse.js';
import { carryOut, mustBe, mustLeadTo, recover, removeFolders } from './transaction.js';

/** Most previews that can be applied by their id, most bytes of them, and most requests that wait to write. */
const mostPreviews = 16;
const mostPreviewBytes = 64 * 2 ** 20;
const mostWaiting = 16;
const mostBlocks = 500;

/** What is to be looked at or done. */
export interface EditsWanted {
  readonly text?: string | undefined;
  readonly edits?: readonly { path: string; search: string; replace: string }[] | undefined;
  readonly repo?: string | undefined;
  readonly files?: readonly { path: string; hash: string }[] | undefined;
}

export interface EditsCaller {
  readonly unsaved: UnsavedTexts;
  readonly signal: AbortSignal;
}

export interface EditsOptions {
  /** Where edits are kept for undoing. */
  readonly folder: string;
  readonly surroundings: EditSurroundings;
  readonly log: Log;
}

interface Preview extends Checked {
  readonly id: string;
  readonly bytes: number;
}

/** Edits of files as models write them: looked at, carried out, undone. Writes are done one after the other. */
export class Edits {
  readonly #surroundings: EditSurroundings;
  readonly #journal: Journal;
  readonly #log: Log;
  readonly #previews = new Map<string, Preview>();
  #writing: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #recovered = false;

  constructor({ folder, surroundings, log }: EditsOptions) {
    this.#surroundings = surroundings;
    this.#journal = new Journal(folder);
    this.#log = log;
  }

  /** Takes back edits that were under way when the daemon ended. Edits that come meanwhile wait for it. */
  async recover(): Promise<void> {
    await this.#oneAtATime(async () => undefined).catch((error: unknown) => {
      this.#log.error({ error: messageOf(error) }, 'edits of the last daemon could not be looked at');
    });
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.#writing;
  }

  /**
   * What edits would do to the files as they are now, and which of them cannot be done.
   * @throws REPO_NOT_REGISTERED, REPO_AMBIGUOUS, INVALID_PARAMS, the signal's reason
   */
  async preview(wanted: EditsWanted, caller: EditsCaller): Promise<EditsPreviewResult> {
    const preview = await this.#check(wanted, caller);
    this.#keep(preview);
    return { id: preview.id, files: await shownPlans(preview.plans), problems: [...preview.problems] };
  }

  /**
   * Carries out a preview, or edits that are checked first: all of them or nothing.
   * @throws EDIT_UNKNOWN, EDIT_CONFLICT, EDIT_REFUSED, DISK_FULL, BUSY; as preview
   */
  apply(
    wanted: EditsWanted & { id?: string | undefined; partial?: boolean | undefined },
    caller: EditsCaller,
  ): Promise<EditsApplyResult> {
    return this.#oneAtATime(async () => {
      caller.signal.throwIfAborted();
      const preview = wanted.id === undefined ? await this.#check(wanted, caller) : this.#known(wanted.id);
      const { plans, problems } = preview;
      const [first] = problems;
      if (first && !wanted.partial) throw refusal(preview, first);
      if (plans.length === 0) {
        throw new LcadError('EDIT_REFUSED', 'There is no edit that could be applied.', {
          details: { problems },
        });
      }
      for (const plan of plans) await this.#checkAgain(plan, caller.unsaved);
      const kept = await carryOut(plans, this.#journal, { id: preview.id });
      this.#previews.delete(preview.id);
      await this.#journal.prune().catch((error: unknown) => {
        this.#log.warn({ error: messageOf(error) }, 'old edits could not be forgotten');
      });
      return { id: kept.id, files: await shownPlans(plans), problems: [...problems] };
    });
  }

  /**
   * Puts files back as they were before the latest edits, or those of an id.
   * @throws EDIT_UNKNOWN, EDIT_CONFLICT if a file is not as the edits left it, EDIT_REFUSED, DISK_FULL, BUSY
   */
  undo(id: string | undefined, { unsaved }: EditsCaller): Promise<EditsApplyResult> {
    return this.#oneAtATime(async () => {
      const kept = await this.#journal.find(id);
      if (!kept) {
        const what =
          id === undefined ? 'There are no edits to undo.' : `The edits ${id} cannot be undone any more.`;
        throw new LcadError('EDIT_UNKNOWN', what);
      }
      const plans: FilePlan[] = [];
      for (const file of kept.files) plans.push(await this.#inverse(file));
      for (const plan of plans) await this.#checkAgain(plan, unsaved);
      await carryOut(plans, this.#journal, { undoes: kept });
      await removeFolders(kept.folders);
      return { id: kept.id, files: await shownPlans(plans), problems: [] };
    });
  }

  async #check(wanted: EditsWanted, { unsaved, signal }: EditsCaller): Promise<Preview> {
    const parsed = parsedOf(wanted);
    if (parsed.blocks.length + parsed.unreadable.length > mostBlocks) {
      throw new LcadError('INVALID_PARAMS', `No more than ${mostBlocks} edits are taken at a time.`);
    }
    const within = wanted.repo === undefined ? null : this.#surroundings.select(wanted.repo);
    const seen = wanted.files ?? [];
    const options = { surroundings: this.#surroundings, within, seen, unsaved, signal };
    const { plans, problems } = await checkEdits(parsed, options);
    const bytes = plans.reduce(
      (sum, plan) => sum + 2 * ((plan.before?.length ?? 0) + (plan.after?.length ?? 0)),
      0,
    );
    return { id: newId(), plans, problems, bytes };
  }

  #keep(preview: Preview): void {
    this.#previews.set(preview.id, preview);
    let bytes = [...this.#previews.values()].reduce((sum, one) => sum + one.bytes, 0);
    for (const [id, one] of this.#previews) {
      if (this.#previews.size <= mostPreviews && bytes <= mostPreviewBytes) break;
      if (id === preview.id) break;
      this.#previews.delete(id);
      bytes -= one.bytes;
    }
  }

  #known(id: string): Preview {
    const preview = this.#previews.get(id);
    if (preview) return preview;
    throw new LcadError('EDIT_UNKNOWN', `There is no preview ${id} (any more).`, {
      next: 'Ask for a preview again, then apply that.',
    });
  }

  /** Everything that a preview found may have changed since. */
  async #checkAgain(plan: FilePlan, unsaved: UnsavedTexts): Promise<void> {
    const { path, to, before, repo } = plan;
    const registered = this.#surroundings
      .repos()
      .some(({ id, root }) => id === repo.id || root === repo.root);
    if (!registered)
      throw new LcadError('EDIT_REFUSED', `${repo.root} is no registered repository any more.`);
    await mustLeadTo(plan);
    await mustBe(path, before);
    if (to !== null) await mustBe(to, null);
    checkUnsaved({ path, shown: path }, before ?? '', unsaved);
  }

  async #inverse(file: KeptFile): Promise<FilePlan> {
    const { root, kind, path, to, before, afterHash, mode } = file;
    const repo = this.#surroundings.repos().find((one) => one.root === root) ?? { id: '', name: '', root };
    const at = to ?? path;
    const now = await readText(at);
    if ((now === null ? null : hashOf(now.text)) !== afterHash) {
      throw new LcadError(
        'EDIT_CONFLICT',
        `${at} has changed since the edits were applied. Nothing was undone.`,
        {
          next: 'Undo the later change first, or mend the file by hand.',
        },
      );
    }
    const back = { repo, before: now?.text ?? null, after: before, mode: now?.mode ?? mode, notes: [] };
    if (kind === 'create') return { ...back, kind: 'delete', path, to: null };
    if (kind === 'delete') return { ...back, kind: 'create', path, to: null };
    return { ...back, kind, path: at, to: to === null ? null : path };
  }

  /** Runs work that writes when all before it has ended. @throws BUSY */
  async #oneAtATime<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= mostWaiting) throw new LcadError('BUSY', 'Other edits are being applied.');
    this.#waiting++;
    const turn = this.#writing.then(async () => {
      if (!this.#recovered) await this.#recover();
      return work();
    });
    // The next in line does not care how this one ended; its caller does.
    this.#writing = turn.catch(() => undefined);
    return turn.finally(() => {
      this.#waiting--;
    });
  }

  async #recover(): Promise<void> {
    const sets = await recover(this.#journal);
    this.#recovered = true;
    if (sets > 0) this.#log.warn({ sets }, 'edits that were under way when the daemon ended were dealt with');
  }
}

function parsedOf({ text, edits }: EditsWanted): ParsedAnswer {
  if (text !== undefined) return parseEdits(text);
  const linesIn = (one: string) => (one === '' ? [] : one.replace(/\r?\n$/, '').split(/\r?\n/));
  const blocks: EditBlock[] = (edits ?? []).map(({ path, search, replace }, index) => ({
    index,
    at: null,
    edit: { is: 'replace', path, search: linesIn(search), replace: linesIn(replace) },
  }));
  return { blocks, unreadable: [] };
}

function refusal({ id, problems }: Preview, first: Checked['problems'][number]): LcadError {
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  const where = first.path === null ? '' : `${first.path}: `;
  const kind = first.kind === 'EDIT_REFUSED' ? 'EDIT_REFUSED' : 'EDIT_CONFLICT';
  return new LcadError(kind, `Nothing was changed. ${where}${first.message}${more}`, {
    details: { id, problems },
  });
}

/** Plans with their diffs, made one at a time so that other work has its turn. */
async function shownPlans(plans: readonly FilePlan[]): Promise<EditedFile[]> {
  const files: EditedFile[] = [];
  for (const plan of plans) {
    files.push(shownPlan(plan));
    await nextTurn();
  }
  return files;
}

function shownPlan({ repo, kind, path, to, before, after, notes }: FilePlan): EditedFile {
  const shown = (one: string) => relative(repo.root, one).split(sep).join('/');
  const names = {
    from: kind === 'create' ? null : shown(path),
    to: kind === 'delete' ? null : shown(to ?? path),
  };
  return {
    path: shown(path),
    to: to === null ? null : shown(to),
    root: repo.root,
    repo: repo.id,
    kind,
    before: before === null ? null : hashOf(before),
    after: after === null ? null : hashOf(after),
    ...fileDiff(before ?? '', after ?? '', names),
    notes: [...notes],
  };
}
