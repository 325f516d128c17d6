import { constants } from 'node:fs';
import { copyFile, link, lstat, mkdir, open, realpath, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncPath } from '../../shared/durable.js';
import { LcadError, messageOf, systemCode } from '../../shared/errors.js';
import type { FilePlan } from './contract.js';
import { hashOf, readText } from './file-text.js';
import { type Journal, type Kept, type KeptFile, newId } from './journal.js';

type TakeBack = () => Promise<void>;

/**
 * Carries out plans: all of them or none. Texts are written beside their files and forced to the disk, then renamed
 * into place one by one; what was done is taken back if one of them fails, and by `recover` if the process ends
 * in between.
 * @param as the id of what is done, and of what it undoes
 * @throws EDIT_CONFLICT if a file is not as its plan says; EDIT_REFUSED if a folder has become a symbolic link, or the
 *   system does not let it be done
 */
export async function carryOut(
  plans: readonly FilePlan[],
  journal: Journal,
  as: { id?: string; undoes?: Kept } = {},
): Promise<Kept> {
  const folders = await missingFolders(plans);
  const kept = journal.make(plans, folders, as.id ?? newId(), as.undoes?.id ?? null);
  const done: TakeBack[] = [];
  try {
    await journal.begin(kept);
    await makeFolders(folders, done);
    for (const [i, plan] of plans.entries()) {
      await mustLeadTo(plan);
      await prepare(plan, partNames(kept, i, plan), done);
    }
    for (const [i, plan] of plans.entries()) {
      await mustLeadTo(plan);
      await perform(plan, partNames(kept, i, plan), done);
    }
    for (const folder of foldersOf(plans)) await syncPath(folder);
    await journal.commit(kept);
  } catch (error) {
    await takeBack(done);
    await journal.end(kept);
    throw error instanceof LcadError ? error : failed(error);
  }
  try {
    await cleanUp(kept);
    await journal.end(kept);
  } catch {
    // It is done and counts: what is left over is removed when the daemon next starts.
  }
  return kept;
}

/** Takes back, or cleans up after, what was under way when the process ended. @returns how many sets of edits */
export async function recover(journal: Journal): Promise<number> {
  const all = await journal.unfinished();
  for (const kept of all) {
    if (!(await journal.isCommitted(kept))) {
      for (const [i, file] of [...kept.files.entries()].reverse())
        await restore(file, partNames(kept, i, file));
    }
    await cleanUp(kept);
    await removeFolders(kept.undoes === null && (await journal.isCommitted(kept)) ? [] : kept.folders);
    await journal.end(kept);
  }
  return all.length;
}

interface Parts {
  /** The text to come, beside where it goes. */
  readonly fresh: string;
  /** The file as it was, beside where it is. */
  readonly old: string;
}

function partNames({ id }: Kept, index: number, { path, to }: Pick<FilePlan, 'path' | 'to'>): Parts {
  const name = `.lcad-${id}-${index}`;
  return { fresh: join(dirname(to ?? path), `${name}.new`), old: join(dirname(path), `${name}.old`) };
}

async function prepare({ after, mode }: FilePlan, { fresh }: Parts, done: TakeBack[]): Promise<void> {
  if (after === null) return;
  done.push(() => rm(fresh, { force: true }));
  const handle = await open(fresh, 'wx', mode ?? 0o666);
  try {
    await handle.writeFile(after);
    if (mode !== null) await handle.chmod(mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function perform(plan: FilePlan, { fresh, old }: Parts, done: TakeBack[]): Promise<void> {
  const { kind, path, to, before } = plan;
  if (kind === 'create') {
    await appear(fresh, path, done);
    return;
  }
  if (kind === 'change') {
    done.push(() => rm(old, { force: true }));
    // A second name for the file as it is: taking back is then one rename, which needs no room on the disk.
    await link(path, old).catch(() => copyFile(path, old));
  }
  await mustBe(path, before);
  if (kind === 'change') {
    await rename(fresh, path);
    done.push(() => rename(old, path));
    return;
  }
  if (to !== null) await appear(fresh, to, done);
  await rename(path, old);
  done.push(() => rename(old, path));
}

/** What file systems without second names for a file say to `link`. */
const noLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** Gives a text its name, unless something has that name. */
async function appear(fresh: string, path: string, done: TakeBack[]): Promise<void> {
  try {
    await link(fresh, path).catch((error: unknown) => {
      if (!noLinks.has(systemCode(error) ?? '')) throw error;
      return copyFile(fresh, path, constants.COPYFILE_EXCL);
    });
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw new LcadError('EDIT_CONFLICT', `${path} is there already.`);
    throw error;
  }
  done.push(() => rm(path, { force: true }));
  await rm(fresh);
}

/** @throws EDIT_REFUSED if a symbolic link has come into a path since it was checked */
export async function mustLeadTo({ path, to }: Pick<FilePlan, 'path' | 'to'>): Promise<void> {
  for (const folder of new Set([dirname(path), dirname(to ?? path)])) {
    for (let at = folder; ; at = dirname(at)) {
      const real = await realpath(at).catch(() => null);
      if (real === at || at === dirname(at)) break;
      if (real !== null) throw new LcadError('EDIT_REFUSED', `${folder} has become a symbolic link.`);
    }
  }
}

/** @throws EDIT_CONFLICT if the file is not as it was */
export async function mustBe(path: string, before: string | null): Promise<void> {
  const now = await readText(path).catch(() => undefined);
  const same = now === null ? before === null : now !== undefined && now.text === before;
  if (!same) throw new LcadError('EDIT_CONFLICT', `${path} has changed meanwhile. Nothing was changed.`);
}

async function takeBack(done: readonly TakeBack[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of [...done].reverse()) await step().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) {
    throw new LcadError('INTERNAL_ERROR', `Edits could not be taken back: ${messageOf(failures[0])}`, {
      next: 'Look at the files with your version control.',
      cause: failures[0],
    });
  }
}

/** Puts one file back as it was, unless somebody has changed it since. */
async function restore(file: KeptFile, { old }: Parts): Promise<void> {
  const { kind, path, to, afterHash, before } = file;
  const made = kind === 'create' ? path : to;
  if (made !== null && (await hashAt(made)) === afterHash) await rm(made, { force: true });
  if (kind === 'create' || !(await isThere(old))) return;
  const now = await hashAt(path);
  const ours = now === null || now === afterHash || (before !== null && now === hashOf(before));
  if (ours) await rename(old, path);
}

async function hashAt(path: string): Promise<string | null> {
  const file = await readText(path).catch(() => undefined);
  if (file === undefined) return 'unreadable';
  return file === null ? null : hashOf(file.text);
}

async function cleanUp(kept: Kept): Promise<void> {
  for (const [i, file] of kept.files.entries()) {
    const { fresh, old } = partNames(kept, i, file);
    await rm(fresh, { force: true });
    await rm(old, { force: true });
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null;
}

function foldersOf(plans: readonly FilePlan[]): Set<string> {
  return new Set(plans.flatMap(({ path, to }) => [dirname(path), ...(to === null ? [] : [dirname(to)])]));
}

/** The folders that plans need and that are not there, the outermost first. */
async function missingFolders(plans: readonly FilePlan[]): Promise<string[]> {
  const missing = new Set<string>();
  for (const { kind, path, to } of plans) {
    const made = kind === 'create' ? path : to;
    for (let at = dirname(made ?? '/'); at !== dirname(at) && !(await isThere(at)); at = dirname(at))
      missing.add(at);
  }
  return [...missing].sort((a, b) => a.length - b.length);
}

async function makeFolders(folders: readonly string[], done: TakeBack[]): Promise<void> {
  for (const folder of folders) {
    await mkdir(folder);
    done.push(() => removeFolders([folder]));
    await syncPath(dirname(folder));
  }
}

/** Removes folders that are empty. @param folders the outermost first */
export async function removeFolders(folders: readonly string[]): Promise<void> {
  for (const folder of [...folders].reverse()) {
    // One that is in use by now stays.
    await rmdir(folder).catch(() => undefined);
  }
}

function failed(cause: unknown): LcadError {
  if (systemCode(cause) === 'ENOSPC') {
    return new LcadError('DISK_FULL', 'The disk is full. Nothing was changed.', { cause });
  }
  return new LcadError(
    'EDIT_REFUSED',
    `The edits could not be written: ${messageOf(cause)}. Nothing was changed.`,
    {
      next: 'Check that the files and their folders can be written.',
      cause,
    },
  );
}
