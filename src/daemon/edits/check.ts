import { setImmediate as nextTurn } from 'node:timers/promises';
import { LcadError } from '../../shared/errors.js';
import { TextChanges } from './changes.js';
import type {
  EditBlock,
  EditProblem,
  EditRepo,
  EditSurroundings,
  FilePlan,
  ParsedAnswer,
  UnsavedTexts,
} from './contract.js';
import { type FileText, hashOf, mostFileBytes, readText } from './file-text.js';
import { type EditPlace, placeOf } from './place.js';

/** Most files that are changed at a time, and most bytes of their texts before and after. */
const mostFiles = 200;
const mostBytes = 32 * 2 ** 20;
/** Permission bits of which a file has one or more, unless it is not meant to be changed. */
const writable = 0o222;

export interface CheckOptions {
  readonly surroundings: EditSurroundings;
  /** The repository that paths are of; null: whichever has the file. */
  readonly within: EditRepo | null;
  /** What the files had in them when the edits were made: hashes as hashOf makes them. */
  readonly seen: readonly { readonly path: string; readonly hash: string }[];
  readonly unsaved: UnsavedTexts;
  readonly signal: AbortSignal;
}

/** What is to happen to files, and what cannot be done. A file with a problem is not among the plans. */
export interface Checked {
  readonly plans: readonly FilePlan[];
  readonly problems: readonly EditProblem[];
}

/** All blocks of one file. */
interface Group {
  readonly place: EditPlace;
  readonly blocks: EditBlock[];
}

/** Compares edits with what is on disk. @throws the signal's reason */
export async function checkEdits(
  { blocks, unreadable }: ParsedAnswer,
  options: CheckOptions,
): Promise<Checked> {
  const problems: EditProblem[] = unreadable.map(({ index, at, path, message }) => ({
    block: index,
    at,
    path,
    kind: 'EDIT_UNREADABLE',
    message,
  }));
  const groups = new Map<string, Group>();
  for (const block of blocks) {
    options.signal.throwIfAborted();
    try {
      const place = await placeOf(block.edit.path, options.within, options.surroundings);
      const group = groups.get(place.path) ?? { place, blocks: [] };
      group.blocks.push(block);
      groups.set(place.path, group);
    } catch (error) {
      problems.push(problemOf(error, block));
    }
  }
  const seen = await seenHashes(options);
  const plans: FilePlan[] = [];
  let bytes = 0;
  for (const group of groups.values()) {
    options.signal.throwIfAborted();
    const made = await planOf(group, seen, options);
    if ('plan' in made) {
      bytes += (made.plan.before?.length ?? 0) + (made.plan.after?.length ?? 0);
      if (plans.length < mostFiles && bytes <= mostBytes) plans.push(made.plan);
      else problems.push(groupProblem(group, tooMuch()));
    } else problems.push(made.problem);
  }
  return withoutClashes(plans, problems);
}

/** The hashes that the client gave, by the path of the file. A path that leads nowhere is of no file that is edited. */
async function seenHashes({ seen, within, surroundings }: CheckOptions): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  for (const { path, hash } of seen) {
    const place = await placeOf(path, within, surroundings).catch(() => null);
    if (place) hashes.set(place.path, hash);
  }
  return hashes;
}

async function planOf(
  group: Group,
  seen: ReadonlyMap<string, string>,
  options: CheckOptions,
): Promise<{ plan: FilePlan } | { problem: EditProblem }> {
  const { place, blocks } = group;
  let current: EditBlock | undefined;
  try {
    const file = await readText(place.path);
    const hash = seen.get(place.path);
    if (file && hash !== undefined && hash !== hashOf(file.text)) {
      throw conflict(`${place.shown} has changed since the edits were made for it.`);
    }
    if (file && (file.mode & writable) === 0) {
      throw new LcadError('EDIT_REFUSED', `${place.shown} is write-protected.`);
    }
    checkUnsaved(place, file?.text ?? '', options.unsaved);
    const work = new FileWork(place, file);
    for (current of blocks) {
      await work.take(current, options);
      await nextTurn();
    }
    current = undefined;
    return { plan: work.plan() };
  } catch (error) {
    if (!(error instanceof LcadError)) throw error;
    return { problem: current ? problemOf(error, current) : groupProblem(group, error) };
  }
}

/**
 * A file on disk that changes below an editor with unsaved changes is a conflict there, and the one that is saved last wins:
 * whoever holds the file, it is not written over.
 * @param text the file as it is
 * @throws EDIT_CONFLICT if the client, or another one, has unsaved changes in the file
 */
export function checkUnsaved(
  place: Pick<EditPlace, 'path' | 'shown'>,
  text: string,
  unsaved: UnsavedTexts,
): void {
  // Editors keep the byte order mark to themselves.
  const bare = text.replace(/^\ufeff/, '');
  const held = unsaved(place.path).find((one) => one.text.replace(/^\ufeff/, '') !== bare);
  if (!held) return;
  const where = held.own ? 'in the editor' : 'in another editor';
  throw new LcadError('EDIT_CONFLICT', `${place.shown} has changes ${where} that are not saved.`, {
    next: 'Save the file there, or undo the changes, then try again.',
  });
}

/** One file while its blocks are taken one by one. */
class FileWork {
  readonly #place: EditPlace;
  readonly #file: FileText | null;
  readonly #changes: TextChanges;
  #kind: FilePlan['kind'];
  #to: string | null = null;
  readonly #notes: string[] = [];

  constructor(place: EditPlace, file: FileText | null) {
    this.#place = place;
    this.#file = file;
    this.#changes = new TextChanges(file?.text ?? '');
    this.#kind = file ? 'change' : 'create';
  }

  async take({ edit }: EditBlock, options: CheckOptions): Promise<void> {
    const { shown } = this.#place;
    if (this.#kind === 'delete') throw conflict(`Another block deletes ${shown}.`);
    const makes = edit.is === 'replace' ? edit.search.length === 0 : edit.kind === 'create';
    if (!this.#file && !makes) throw conflict(`There is no file ${shown}.`);
    if (edit.is === 'replace') return this.#changes.replace(edit);
    if (edit.kind === 'create' && this.#file) throw conflict(`${shown} is there already.`);
    if (edit.kind === 'rename') await this.#rename(edit.to ?? '', options);
    this.#changes.patch(edit.hunks);
    if (edit.kind !== 'delete') return;
    if (edit.hunks.length === 0) this.#notes.push('The diff deletes the file without showing what is in it.');
    else if (this.#changes.result().replace('\ufeff', '') !== '') {
      throw conflict(`${shown} has more in it than the diff that deletes it shows.`);
    }
    this.#kind = 'delete';
  }

  async #rename(to: string, { surroundings, unsaved }: CheckOptions): Promise<void> {
    if (this.#to !== null) throw conflict(`Another block renames ${this.#place.shown}.`);
    const target = await placeOf(to, this.#place.repo, surroundings);
    if (target.exists) throw conflict(`${target.shown} is there already.`);
    checkUnsaved(target, '', unsaved);
    this.#kind = 'rename';
    this.#to = target.path;
  }

  /** @throws EDIT_REFUSED if the text could not be read again; EDIT_CONFLICT if nothing changes */
  plan(): FilePlan {
    const { repo, path, shown } = this.#place;
    const before = this.#file?.text ?? null;
    const after = this.#kind === 'delete' ? null : this.#changes.result();
    if (after !== null && (/\p{Surrogate}/u.test(after) || after.includes('\0'))) {
      throw new LcadError('EDIT_REFUSED', `${shown} would have characters in it that are no text.`);
    }
    if (after !== null && Buffer.byteLength(after) > mostFileBytes) {
      throw new LcadError('EDIT_REFUSED', `${shown} would be larger than ${mostFileBytes} bytes.`);
    }
    if (after === before && this.#kind === 'change') throw conflict(`Nothing in ${shown} would change.`);
    const notes = [...this.#notes, ...this.#changes.notes];
    return {
      repo,
      kind: this.#kind,
      path,
      to: this.#to,
      before,
      after,
      mode: this.#file?.mode ?? null,
      notes,
    };
  }
}

/** Two plans must not make the same file, nor one a folder of what the other makes a file. */
function withoutClashes(plans: readonly FilePlan[], problems: readonly EditProblem[]): Checked {
  const kept: FilePlan[] = [];
  const clashes: EditProblem[] = [];
  const ends = (plan: FilePlan) => [plan.path, ...(plan.to === null ? [] : [plan.to])];
  for (const plan of plans) {
    const clash = kept.some((other) =>
      ends(other).some((a) =>
        ends(plan).some((b) => a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`)),
      ),
    );
    if (clash) {
      const message = `${plan.to ?? plan.path} is made by two blocks.`;
      clashes.push({ block: null, at: null, path: plan.path, kind: 'EDIT_CONFLICT', message });
    } else kept.push(plan);
  }
  return { plans: kept, problems: [...problems, ...clashes] };
}

function conflict(message: string): LcadError {
  return new LcadError('EDIT_CONFLICT', message);
}

function tooMuch(): LcadError {
  const message = `No more than ${mostFiles} files and ${mostBytes / 2 ** 20} MiB are changed at a time.`;
  return new LcadError('EDIT_REFUSED', message);
}

function problemOf(error: unknown, { index, at, edit }: EditBlock): EditProblem {
  if (!(error instanceof LcadError)) throw error;
  return { block: index, at, path: edit.path, ...reasonOf(error) };
}

function groupProblem({ place, blocks }: Group, error: LcadError): EditProblem {
  const only = blocks.length === 1 ? blocks[0] : undefined;
  return { block: only?.index ?? null, at: only?.at ?? null, path: place.shown, ...reasonOf(error) };
}

function reasonOf({ kind, message }: LcadError): Pick<EditProblem, 'kind' | 'message'> {
  return { kind: kind === 'EDIT_CONFLICT' ? kind : 'EDIT_REFUSED', message };
}
