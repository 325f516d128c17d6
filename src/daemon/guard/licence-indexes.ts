import { messageOf } from '../../shared/errors.js';
import type { Log } from '../log-contract.js';
import { LicenceIndex, type LicenceSettings } from './licence-index.js';

const progressMs = 5000;

/** The index of the settings at hand; the one before is dropped when they change. */
export class LicenceIndexes {
  readonly #log: Log;
  #key = '';
  #index: LicenceIndex | null = null;
  #stop = new AbortController();
  #filling: Promise<void> = Promise.resolve();

  constructor(log: Log) {
    this.#log = log;
  }

  /** The index of these settings, which is filled in the background. */
  for(settings: LicenceSettings): LicenceIndex {
    const key = JSON.stringify(settings);
    if (this.#index && key === this.#key) return this.#index;
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#key = key;
    this.#index = new LicenceIndex(settings);
    this.#filling = this.#fill(this.#index, this.#stop.signal);
    return this.#index;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#index = null;
    await this.#filling;
  }

  async #fill(index: LicenceIndex, signal: AbortSignal): Promise<void> {
    const from = performance.now();
    const progress = setInterval(
      () => this.#log.debug(index.counts, 'licensed code is being read'),
      progressMs,
    ).unref();
    try {
      const { isWhole, empty } = await index.fill(signal);
      const tookMs = Math.round(performance.now() - from);
      this.#log.info({ ...index.counts, tookMs }, 'licensed code has been read');
      for (const folder of empty)
        this.#log.warn({ folder }, 'a folder of guard.licenceFolders is not there or has no code');
      if (!isWhole) {
        this.#log.warn(
          index.counts,
          'guard.licenceFolders have more code than is compared; the rest is left out',
        );
      }
    } catch (error) {
      if (!signal.aborted) this.#log.warn({ error: messageOf(error) }, 'licensed code could not be read');
    } finally {
      clearInterval(progress);
    }
  }
}
