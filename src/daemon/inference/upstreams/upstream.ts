import type { UpstreamConfig } from '../../../protocol/inference-config.js';
import { LcadError, messageOf } from '../../../shared/errors.js';
import { backOffMs } from '../../embed/back-off.js';
import { orAborted } from '../../or-aborted.js';
import type { Capabilities, ModelInfo, Provider, Target } from '../contract.js';
import { howToStart } from './defaults.js';

/** What is known of a server. */
export type UpstreamState = 'ready' | 'unreachable' | 'refused' | 'unknown';

/** Older knowledge is asked for anew, behind the back of who needs it. */
const freshMs = 60_000;
/** Older knowledge is not used. */
const usableMs = 600_000;
/** Longest wait for a server to say what it can do. */
const probeMs = 5000;
/** The same for a model that has to be read from disk first. */
const loadMs = 120_000;
/** A server that is down is asked at most so often, however many want it. */
const betweenKnocksMs = 1000;
/** Models by name that capabilities are kept of. */
const mostModels = 16;

interface Known {
  readonly capabilities: Capabilities;
  readonly at: number;
}

/** One configured model server: what it can do, and whether it answers. Asks it only when somebody wants to know. */
export class ModelUpstream {
  readonly config: UpstreamConfig;
  /** Null if the configuration is not one. */
  readonly provider: Provider | null;
  readonly #isGuess: boolean;
  readonly #onCapabilities: () => void;
  #slots: number | null = null;
  readonly #known = new Map<string, Known>();
  readonly #probes = new Map<string, Promise<Capabilities>>();
  readonly #ended = new AbortController();
  #state: UpstreamState = 'unknown';
  #error: LcadError | null = null;
  #failures = 0;
  #notBefore = 0;
  #failedAt = Number.NEGATIVE_INFINITY;
  #models: readonly ModelInfo[] = [];
  #users = 0;
  #retired = false;

  /**
   * @param options.isGuess it is not configured: whatever is there may be something else
   * @param options.onCapabilities it has said anew what it can do
   */
  constructor(
    config: UpstreamConfig,
    options: {
      createProvider: (config: UpstreamConfig) => Provider;
      isGuess: boolean;
      onCapabilities: () => void;
    },
  ) {
    this.config = config;
    this.#isGuess = options.isGuess;
    this.#onCapabilities = options.onCapabilities;
    let provider: Provider | null = null;
    try {
      provider = options.createProvider(config);
    } catch (error) {
      this.#state = 'refused';
      this.#error = asLcadError(error);
    }
    this.provider = provider;
  }

  get name(): string {
    return this.config.name;
  }

  get origin(): string {
    return this.provider?.origin ?? this.config.url;
  }

  /** Requests that it is given at a time. */
  get concurrency(): number {
    return this.config.concurrency || this.#slots || 1;
  }

  get state(): UpstreamState {
    return this.#state;
  }

  get error(): LcadError | null {
    return this.#error;
  }

  get models(): readonly ModelInfo[] {
    return this.#models;
  }

  /** Whether it should be passed over where there are others: it failed, and its back-off is not over. */
  get isDown(): boolean {
    return this.provider === null || Date.now() < this.#notBefore;
  }

  /** Why it should not even be asked now; null if it may. */
  get refusal(): LcadError | null {
    if (this.provider === null) return this.#error;
    return Date.now() - this.#failedAt < betweenKnocksMs ? this.#error : null;
  }

  /** What is known of a model without asking; null if nothing. */
  knownOf(model: string): Capabilities | null {
    const known = this.#known.get(model);
    return known && Date.now() - known.at < usableMs ? known.capabilities : null;
  }

  target(capabilities: Capabilities): Target {
    return { upstream: this.name, kind: this.config.kind, config: this.config, capabilities };
  }

  /** What a model can do: known, or asked for. @throws PROVIDER_…, the signal's reason */
  async capabilities(model: string, signal: AbortSignal): Promise<Capabilities> {
    const known = this.#known.get(model);
    const age = known ? Date.now() - known.at : Number.POSITIVE_INFINITY;
    if (known && age < freshMs) return known.capabilities;
    const probe = this.#probe(model);
    if (known && age < usableMs) return known.capabilities;
    return await orAborted(probe, signal);
  }

  /** Asks all that `status` tells, until the signal. Never throws. */
  async refresh(signal: AbortSignal): Promise<void> {
    const { provider } = this;
    if (!provider) return;
    const models = provider.health(signal).then(() => provider.models(signal));
    const asked = Promise.allSettled([models, this.#probe(this.config.model)]);
    const [listed] = await orAborted(asked, signal).catch(() => []);
    if (listed?.status === 'fulfilled') {
      this.#models = listed.value;
    } else if (listed) {
      this.#models = [];
      if (this.#state !== 'refused') this.failed(listed.reason);
    } else if (this.#users === 0 && this.config.kind !== 'llama-cpp') {
      this.failed(
        new LcadError('PROVIDER_UNREACHABLE', `${this.name} at ${this.origin} does not answer in time.`),
      );
    }
  }

  /** It has answered. */
  succeeded(): void {
    this.#state = 'ready';
    this.#error = null;
    this.#failures = 0;
    this.#notBefore = 0;
    this.#failedAt = Number.NEGATIVE_INFINITY;
  }

  /** It has failed: what was known of it is forgotten, and others go first for a while. */
  failed(error: unknown): void {
    const failure = asLcadError(error);
    const isAbsent = failure.kind === 'PROVIDER_UNREACHABLE' || failure.kind === 'DEADLINE_EXCEEDED';
    this.#failures++;
    this.#failedAt = Date.now();
    this.#notBefore = this.#failedAt + backOffMs(this.#failures, undefined);
    this.#state = isAbsent || (this.#isGuess && this.config.kind !== 'ollama') ? 'unreachable' : 'refused';
    this.#error =
      this.#state === 'unreachable' && failure.kind !== 'DEADLINE_EXCEEDED'
        ? new LcadError('PROVIDER_UNREACHABLE', failure.message, {
            next: `To have it: ${howToStart(this.config)}.`,
            details: failure.details,
            cause: failure,
          })
        : failure;
    this.#known.clear();
  }

  /** Something is under way there until the function is called that this returns. */
  use(): () => void {
    this.#users++;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#users--;
      if (this.#retired && this.#users === 0) void this.close();
    };
  }

  /** It is no longer configured: closed when nothing is under way there. */
  async retire(): Promise<void> {
    this.#retired = true;
    if (this.#users === 0) await this.close();
  }

  /** Closes it, whatever is under way. */
  async close(): Promise<void> {
    this.#retired = true;
    this.#ended.abort(new LcadError('SHUTTING_DOWN', `${this.name} is no longer used.`));
    try {
      await this.provider?.close();
    } catch {
      // It is gone either way: nobody is left who could do something about it.
    }
  }

  /** One question at a time for each model, whoever waits for it. */
  #probe(model: string): Promise<Capabilities> {
    let probe = this.#probes.get(model);
    if (!probe) {
      probe = this.#ask(model).finally(() => this.#probes.delete(model));
      probe.catch(() => {
        // Also told by `state`: nobody may be waiting for it any more.
      });
      this.#probes.set(model, probe);
    }
    return probe;
  }

  async #ask(model: string): Promise<Capabilities> {
    if (!this.provider) throw this.#error ?? new LcadError('PROVIDER_REFUSED', `${this.name} is not usable.`);
    const ms = this.config.kind === 'llama-cpp' ? loadMs : probeMs;
    const deadline = AbortSignal.timeout(ms);
    const ended = AbortSignal.any([this.#ended.signal, deadline]);
    try {
      const capabilities = await orAborted(this.provider.capabilities(model, ended), ended);
      if (this.#known.size >= mostModels) this.#known.clear();
      this.#known.set(model, { capabilities, at: Date.now() });
      this.#slots = capabilities.slots ?? this.#slots;
      this.succeeded();
      this.#onCapabilities();
      return capabilities;
    } catch (error) {
      const failure = deadline.aborted
        ? new LcadError('PROVIDER_UNREACHABLE', `${this.name} at ${this.origin} does not answer in ${ms} ms.`)
        : error;
      if (this.#ended.signal.aborted) throw failure;
      // A model that was asked for by name, and is not there, says nothing of the others.
      if (model === this.config.model || !isRefusal(failure)) this.failed(failure);
      throw this.#error && model === this.config.model ? this.#error : failure;
    }
  }
}

function isRefusal(error: unknown): boolean {
  if (!(error instanceof LcadError)) return false;
  return error.kind === 'PROVIDER_REFUSED' || error.kind === 'MODEL_UNKNOWN';
}

function asLcadError(error: unknown): LcadError {
  return error instanceof LcadError
    ? error
    : new LcadError('INTERNAL_ERROR', messageOf(error), { cause: error });
}
