import { copyFile, mkdir, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../../shared/durable.js';
import { messageOf, systemCode } from '../../shared/errors.js';

/** One registration, as it is kept on disk. */
const RepoRecord = z.object({
  id: z.string(),
  root: z.string(),
  kind: z.enum(['git', 'worktree', 'submodule', 'folder']),
  family: z.string(),
  addedAt: z.string(),
});
export type RepoRecord = z.infer<typeof RepoRecord>;

const RegistryFile = z.object({ version: z.literal(1), repos: z.array(RepoRecord) });

/**
 * The list of registered repositories: the one thing in the data directory that cannot be rebuilt. It is written to a
 * new file that replaces the old one, flushed to the disk, with the version before kept beside it.
 */
export class Registry {
  readonly #file: string;
  #records: RepoRecord[] = [];
  #writes: Promise<void> = Promise.resolve();

  private constructor(file: string) {
    this.#file = file;
  }

  /**
   * Reads the list; an absent file is an empty list.
   * @returns the registry, and a note if the file was damaged and its backup was used instead
   */
  static async open(file: string): Promise<{ registry: Registry; note: string | null }> {
    const registry = new Registry(file);
    try {
      registry.#records = await readRecords(file);
      return { registry, note: null };
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return await registry.#recover(null);
      await rename(file, `${file}.damaged`);
      return await registry.#recover(messageOf(error));
    }
  }

  get records(): readonly RepoRecord[] {
    return this.#records;
  }

  add(record: RepoRecord): Promise<void> {
    return this.#write((records) => [...records.filter(({ id }) => id !== record.id), record]);
  }

  remove(id: string): Promise<void> {
    return this.#write((records) => records.filter((record) => record.id !== id));
  }

  async #recover(damage: string | null): Promise<{ registry: Registry; note: string | null }> {
    try {
      this.#records = await readRecords(backupOf(this.#file));
    } catch (error) {
      if (systemCode(error) !== 'ENOENT' && damage === null) damage = messageOf(error);
      if (damage === null) return { registry: this, note: null };
      return {
        registry: this,
        note: `The list of repositories was damaged (${damage}) and no backup was readable.`,
      };
    }
    const reason = damage ?? 'the file was gone';
    return { registry: this, note: `The list of repositories was read from its backup (${reason}).` };
  }

  /** Writes wait for each other; the list in memory changes only when the file has. */
  #write(change: (records: RepoRecord[]) => RepoRecord[]): Promise<void> {
    const result = this.#writes.then(async () => {
      const records = change(this.#records);
      const text = `${JSON.stringify({ version: 1, repos: records }, null, 2)}\n`;
      await mkdir(dirname(this.#file), { recursive: true });
      await replaceFile(this.#file, text, () => keepBackup(this.#file));
      this.#records = records;
    });
    this.#writes = result.catch(() => undefined);
    return result;
  }
}

function backupOf(file: string): string {
  return `${file}.bak`;
}

async function readRecords(file: string): Promise<RepoRecord[]> {
  return RegistryFile.parse(JSON.parse(await readFile(file, 'utf8'))).repos;
}

/** The version before stays beside it. */
async function keepBackup(file: string): Promise<void> {
  try {
    await copyFile(file, backupOf(file));
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}
