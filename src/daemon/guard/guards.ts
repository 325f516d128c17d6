import type { GuardConfig } from '../../protocol/inference-config.js';
import { LcadError } from '../../shared/errors.js';
import type { Log } from '../log-contract.js';
import type { Guard, Guards } from './contract.js';
import { LicenceIndexes } from './licence-indexes.js';
import { LicenceStage } from './licence-stage.js';
import { loadRules } from './rules.js';
import { SecretStage } from './secrets.js';
import type { Hit, Passed, Stage } from './stage.js';

/** Guards that own an index of licensed code. */
export interface OwnedGuards extends Guards {
  /** Ends the making of the index. */
  close(): Promise<void>;
}

/**
 * Makes guards as the configuration says at the time of each stream. Licensed code is read in the background when the
 * first stream opens and again when its settings change; a stream is compared with what has been read by then.
 */
export function createGuards(config: () => GuardConfig, { log }: { log: Log }): OwnedGuards {
  const indexes = new LicenceIndexes(log);
  return {
    open() {
      const { secrets, licenceFolders, licenceTokens, allowLicences } = config();
      const stages: Stage[] = [];
      if (secrets) stages.push(new SecretStage(loadRules));
      if (licenceFolders.length > 0) {
        const index = indexes.for({ folders: licenceFolders, tokens: licenceTokens, allowed: allowLicences });
        stages.push(new LicenceStage(index));
      }
      return stages.length === 0 ? null : new StagedGuard(stages, log);
    },
    close: () => indexes.close(),
  };
}

/** The stages one after the other. What was let through before a hit is still given; the next call then throws. */
class StagedGuard implements Guard {
  readonly #stages: readonly Stage[];
  readonly #log: Log;
  #stopped: LcadError | null = null;

  constructor(stages: readonly Stage[], log: Log) {
    this.#stages = stages;
    this.#log = log;
  }

  push(text: string): string | Promise<string> {
    if (this.#stopped) throw this.#stopped;
    const [first] = this.#stages;
    const passed = this.#stages.length === 1 ? first?.push(text) : this.#through(text, false);
    return this.#given(passed ?? { text, hit: null });
  }

  end(): string | Promise<string> {
    if (this.#stopped) throw this.#stopped;
    const [first] = this.#stages;
    const passed = this.#stages.length === 1 ? first?.end() : this.#through('', true);
    return this.#given(passed ?? { text: '', hit: null });
  }

  async #through(text: string, isEnd: boolean): Promise<Passed> {
    let passed: Passed = { text, hit: null };
    for (const stage of this.#stages) {
      const next: Passed = await stage.push(passed.text);
      let { hit } = next;
      let shown = next.text;
      // After a hit nothing is flushed: what this stage keeps back stays unseen.
      if (isEnd && !hit && !passed.hit) {
        const last = await stage.end();
        shown += last.text;
        hit = last.hit;
      }
      passed = { text: shown, hit: hit ?? passed.hit };
    }
    return passed;
  }

  #given(passed: Passed | Promise<Passed>): string | Promise<string> {
    return passed instanceof Promise ? passed.then((one) => this.#show(one)) : this.#show(passed);
  }

  #show({ text, hit }: Passed): string {
    if (!hit) return text;
    this.#stopped = stopped(hit);
    this.#log.warn({ reason: hit.reason, ...hit.details }, 'an answer was ended');
    if (text === '') throw this.#stopped;
    return text;
  }
}

function stopped({ reason, what, details }: Hit): LcadError {
  return new LcadError('OUTPUT_STOPPED', `The answer was ended before ${what} in it was shown.`, {
    details: { reason, ...details },
  });
}
