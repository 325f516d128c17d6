import { rm } from 'node:fs/promises';
import { messageOf } from '../../shared/errors.js';
import { taggedLanguage } from '../../workers/ctags/languages.js';
import type { Log } from '../log-contract.js';
import { loadManifest, type Manifest, type ManifestSnapshot, saveManifest } from '../store/manifest.js';

const quietMs = 2000;
const latestMs = 30_000;
/** Of no file: an entry that has it differs from what a scan sees. */
const noSize = -1;

/**
 * Keeps one repository's manifest on disk. It is saved a moment after the last change, and at the latest so long after
 * the first: a crash in between costs reading the changed files again, and no parsing.
 */
export class ManifestKeeper {
  readonly #file: string;
  readonly #log: Log;
  #timer: NodeJS.Timeout | null = null;
  #firstChangeAt = 0;
  #saving: Promise<void> = Promise.resolve();
  readonly loaded: Manifest | null;
  /** What was wrong with the file on disk, null if nothing. */
  readonly repair: string | null;

  private constructor(file: string, log: Log, loaded: Manifest | null, repair: string | null) {
    this.#file = file;
    this.#log = log;
    this.loaded = loaded;
    this.repair = repair;
  }

  /**
   * Loads the manifest if there is one.
   * @param ctags build of the Universal Ctags in use: with another one than before, files in the languages that one may
   *   serve are read again, and searchable as they were until then
   * @param has whether a content is in the store: entries whose content is not are left out, to be derived again
   */
  static async open(
    file: string,
    { has, ctags, log }: { has: (key: string) => boolean; ctags: string | undefined; log: Log },
  ): Promise<ManifestKeeper> {
    const { manifest, repair } = await loadManifest(file);
    const isOther = manifest?.ctags !== ctags;
    for (const [path, entry] of manifest?.entries ?? []) {
      if (entry.skip === null && !has(entry.key)) manifest?.entries.delete(path);
      else if (isOther && taggedLanguage(entry.language)) entry.size = noSize;
    }
    return new ManifestKeeper(file, log, manifest ? { ...manifest, ctags } : null, repair);
  }

  saveSoon(snapshot: () => ManifestSnapshot): void {
    const now = Date.now();
    if (!this.#timer) this.#firstChangeAt = now;
    else clearTimeout(this.#timer);
    const wait = Math.max(0, Math.min(quietMs, this.#firstChangeAt + latestMs - now));
    this.#timer = setTimeout(() => {
      this.save(snapshot()).catch((error: unknown) => {
        this.#log.warn({ file: this.#file, error: messageOf(error) }, 'the manifest could not be saved');
      });
    }, wait).unref();
  }

  /** Saves now. Saves wait for each other. */
  save(manifest: ManifestSnapshot): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const done = this.#saving.then(() => saveManifest(this.#file, manifest));
    this.#saving = done.catch(() => undefined);
    return done;
  }

  async remove(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    await this.#saving;
    await rm(this.#file, { force: true });
  }
}
