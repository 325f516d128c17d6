import { setTimeout as delay } from 'node:timers/promises';
import type { InferenceClass, UpstreamRole } from '../../protocol/inference.js';
import type { InferenceConfig, UpstreamConfig } from '../../protocol/inference-config.js';
import { LcadError } from '../../shared/errors.js';
import type { Guards } from '../guard/contract.js';
import type { Log } from '../log-contract.js';
import type { Metrics } from '../metrics/contract.js';
import { type Candidate, candidates, isOverloaded } from './candidates.js';
import type {
  Capabilities,
  Inference,
  InferenceEvent,
  InferenceTask,
  ModelInfo,
  Provider,
  ProviderRequest,
  Target,
} from './contract.js';
import { type Failure, isPassedOn, patienceOf, pauseOf, preempted, summary, unfit } from './failures.js';
import { Run } from './run.js';
import { Lanes, type Slot } from './scheduler/lanes.js';
import type { ModelUpstream, UpstreamState } from './upstreams/upstream.js';
import { fits, Upstreams } from './upstreams/upstreams.js';

/** How often a request waits for servers that ask to be left alone. */
const mostRounds = 3;
const refreshMs = 2000;

/** What is known of a model server. */
export interface UpstreamStatus {
  readonly name: string;
  readonly kind: UpstreamConfig['kind'];
  /** '' if the configuration is not one. */
  readonly origin: string;
  readonly url: string;
  /** As configured: '' for the one that the server has. */
  readonly model: string;
  readonly roles: readonly UpstreamRole[];
  readonly state: UpstreamState;
  /** Why it is not ready, and what to do; null if it is, or was not asked. */
  readonly message: string | null;
  readonly next: string | null;
  /** Requests that wait for the server, and that it works on; shared by upstreams of one origin. */
  readonly queued: number;
  readonly running: number;
  /** Requests that it is given at a time. */
  readonly concurrency: number;
  readonly models: readonly ModelInfo[];
  /** Of the model that lcad uses; null if not known. */
  readonly capabilities: Capabilities | null;
}

export interface InferenceOptions {
  readonly config: InferenceConfig;
  /** @throws CONFIG_INVALID */
  readonly createProvider: (config: UpstreamConfig) => Provider;
  readonly guards: Guards;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** All model servers, and the one queue of each. See `Inference`. */
export class InferenceService implements Inference {
  readonly #options: InferenceOptions;
  readonly #upstreams: Upstreams;
  readonly #lanes: Lanes;
  #config: InferenceConfig;

  constructor(options: InferenceOptions) {
    this.#options = options;
    this.#config = options.config;
    this.#lanes = new Lanes(options.config.queue);
    this.#upstreams = new Upstreams(options.config, {
      createProvider: options.createProvider,
      onCapabilities: () => this.#limit(),
    });
    this.#limit();
  }

  /** Takes new settings; what runs goes on as it began. */
  configure(config: InferenceConfig): void {
    this.#config = config;
    this.#upstreams.configure(config);
    this.#limit();
  }

  /** What is known of each server, without asking it. */
  status(): UpstreamStatus[] {
    return this.#upstreams.all.map((upstream) => {
      const { config, origin, state, error, models } = upstream;
      const lane = upstream.provider ? this.#lanes.of(origin) : null;
      return {
        name: config.name,
        kind: config.kind,
        origin,
        url: config.url,
        model: config.model,
        roles: config.roles,
        state,
        message: error?.message ?? null,
        next: error?.next ?? null,
        queued: lane?.queued ?? 0,
        running: lane?.running ?? 0,
        concurrency: lane?.concurrency ?? 0,
        models,
        capabilities: upstream.knownOf(config.model),
      };
    });
  }

  /** Asks every server what `status` tells, for at most 2 s. @throws the signal's reason */
  async refresh(signal: AbortSignal): Promise<void> {
    const ended = AbortSignal.any([signal, AbortSignal.timeout(refreshMs)]);
    await Promise.all(this.#upstreams.all.map((upstream) => upstream.refresh(ended)));
    signal.throwIfAborted();
  }

  /** See `Inference`. What is known of a server is asked for in the background where it is missing. */
  targetFor(role: UpstreamRole): Target | null {
    for (const upstream of this.#upstreams.of(role)) {
      if (upstream.isDown) continue;
      const { model } = upstream.config;
      const known = upstream.knownOf(model);
      if (known && fits(role, known)) return upstream.target(known);
      if (known) continue;
      upstream.capabilities(model, neverAborted).catch(() => {
        // Told by `status`; whoever generates hears of it.
      });
      return null;
    }
    return null;
  }

  async *run(task: InferenceTask, signal: AbortSignal): AsyncGenerator<InferenceEvent, void, undefined> {
    const run = new Run(task, signal, this.#options);
    try {
      signal.throwIfAborted();
      for (let round = 1; ; round++) {
        const failures: Failure[] = [];
        for (const candidate of candidates(task, this.#upstreams, this.#lanes)) {
          const { upstream } = candidate;
          if (failures.some((failure) => failure.upstream === upstream)) continue;
          try {
            yield* this.#attempt(run, candidate, task, signal);
            return;
          } catch (error) {
            if (signal.aborted) throw signal.reason;
            if (error === handedOver) continue;
            if (run.begun || !isPassedOn(error)) throw error;
            failures.push({ upstream, error });
            this.#options.log.debug(
              { upstream: upstream.name, error: error.message },
              'the next server is asked',
            );
          }
        }
        const waitMs = round < mostRounds ? patienceOf(failures) : null;
        if (waitMs === null) throw this.#summary(failures, task);
        await delay(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
      }
    } catch (error) {
      run.failed(error);
      throw error;
    } finally {
      run.ended();
    }
  }

  /** See `Inference`. Background work that has to make way has its signal aborted with BUSY, `details.preempted`. */
  async reserve<T>(
    place: { origin: string; class: InferenceClass; client: string },
    work: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const controller = new AbortController();
    const slot = await this.#lanes.enter({
      ...place,
      signal,
      deadlineMs: this.#config.firstTokenMs,
      onPreempt: () => controller.abort(preempted()),
    });
    try {
      return await work(AbortSignal.any([signal, controller.signal]));
    } catch (error) {
      // Without a time of the server's own, it may be this model alone that is overloaded.
      const pauseMs = error instanceof LcadError ? error.details.retryAfterMs : undefined;
      if (typeof pauseMs === 'number') this.#lanes.of(place.origin).pause(pauseMs);
      throw error;
    } finally {
      slot.release();
    }
  }

  /** Ends all that waits, and what the providers own. What runs ends by its caller's signal, or by losing its server. */
  async close(): Promise<void> {
    this.#lanes.close();
    await this.#upstreams.close();
  }

  /** One try at one server. */
  async *#attempt(
    run: Run,
    { upstream, unlessBusy }: Candidate,
    task: InferenceTask,
    signal: AbortSignal,
  ): AsyncGenerator<InferenceEvent, void, undefined> {
    const { provider, refusal } = upstream;
    if (refusal && (provider === null || task.class === 'completion')) throw refusal;
    if (!provider) return;
    if (unlessBusy && isOverloaded(this.#lanes.of(upstream.origin), task.class)) throw handedOver;
    const leave = upstream.use();
    let slot: Slot | null = null;
    let isServers = true;
    try {
      const capabilities = await upstream.capabilities(task.model ?? upstream.config.model, signal);
      const target = upstream.target(capabilities);
      if (!fits(task.role, capabilities)) throw unfit(target, task.role);
      isServers = false;
      const request: ProviderRequest = await task.make(target);
      // Others may have come while the request was made.
      if (unlessBusy && isOverloaded(this.#lanes.of(upstream.origin), task.class)) throw handedOver;
      slot = await this.#lanes.enter({
        origin: upstream.origin,
        class: task.class,
        client: task.client,
        signal,
        deadlineMs: task.firstTokenMs ?? this.#config.firstTokenMs,
      });
      isServers = true;
      yield* run.stream({ provider, target, request, slot, limits: this.#config });
      upstream.succeeded();
    } catch (error) {
      if (isServers && !signal.aborted) this.#failed(upstream, error);
      throw error;
    } finally {
      slot?.release();
      leave();
    }
  }

  #failed(upstream: ModelUpstream, error: unknown): void {
    const pauseMs = pauseOf(error);
    if (pauseMs !== null) {
      this.#lanes.of(upstream.origin).pause(pauseMs);
      return;
    }
    if (!(error instanceof LcadError)) return;
    // What was refused may be the request rather than the server; capabilities tell of their own failures themselves.
    const isServers =
      error.kind === 'PROVIDER_UNREACHABLE' ||
      error.kind === 'PROVIDER_BAD_REPLY' ||
      error.kind === 'DEADLINE_EXCEEDED';
    if (isServers && upstream.error !== error) upstream.failed(error);
  }

  #summary(failures: readonly Failure[], task: InferenceTask): LcadError {
    if (task.upstream !== undefined && failures.length === 0) {
      const names = this.#upstreams.all.map(({ name }) => name).join(', ');
      return new LcadError('MODEL_UNKNOWN', `No model server is named ${task.upstream}.`, {
        next: `These are: ${names}. \`lcad models\` shows what each offers.`,
      });
    }
    return summary(failures, {
      configured: failures.map(({ upstream }) => upstream),
      isGuess: this.#upstreams.configured.length === 0,
      role: task.role,
      model: task.model,
    });
  }

  #limit(): void {
    this.#lanes.configure({
      concurrency: this.#upstreams.concurrency(),
      queue: this.#config.queue,
    });
  }
}

/** Thrown where another server is to take over. */
const handedOver = new LcadError('BUSY', 'The model server has too much to do.');

const neverAborted = new AbortController().signal;
