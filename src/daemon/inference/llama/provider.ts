import { basename } from 'node:path';
import type { UpstreamConfig } from '../../../protocol/inference-config.js';
import { LcadError } from '../../../shared/errors.js';
import { packagePath } from '../../../shared/package-root.js';
import type { LlamaLoad, LlamaPrompt, LlamaSampling } from '../../../workers/llama/messages.js';
import { backOffMs } from '../../embed/back-off.js';
import { orAborted } from '../../or-aborted.js';
import type { Capabilities, ModelInfo, Provider, ProviderEvent, ProviderRequest } from '../contract.js';
import { type GgufHeader, readGgufHeader } from './gguf-header.js';
import { LlamaProcess } from './process.js';

const defaultContextTokens = 8192;
/** Requests at the process at a time, waiting ones included. */
const mostRequests = 64;
const busyRetryMs = 1000;

/** Times of a process's life, in milliseconds. */
export interface LlamaTimes {
  /** Longest time to load the model. */
  readonly startMs: number;
  /** Without a request for so long the process is ended. */
  readonly idleMs: number;
}

const usualTimes: LlamaTimes = { startMs: 300_000, idleMs: 10 * 60_000 };

class LlamaProvider implements Provider {
  readonly config: UpstreamConfig;
  readonly origin: string;
  readonly #times: LlamaTimes;
  #header: GgufHeader | null = null;
  #process: LlamaProcess | null = null;
  #idle: NodeJS.Timeout | null = null;
  #requests = 0;
  #failures = 0;
  #failure: { readonly error: LcadError; readonly until: number } | null = null;
  #closed = false;

  constructor(config: UpstreamConfig, times: LlamaTimes) {
    this.config = config;
    this.origin = `llama-cpp:${config.file}`;
    this.#times = times;
  }

  /** Of the process, if there is one. */
  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  async health(signal: AbortSignal): Promise<void> {
    await this.#read(signal);
  }

  async models(signal: AbortSignal): Promise<ModelInfo[]> {
    const { architecture, parameters, quantisation, bytes } = await this.#read(signal);
    return [
      { name: this.#name, loaded: this.#process !== null, bytes, architecture, parameters, quantisation },
    ];
  }

  async capabilities(model: string, signal: AbortSignal): Promise<Capabilities> {
    this.#check(model);
    const header = await this.#read(signal);
    return {
      model: this.#name,
      contextTokens: this.#contextTokens(header),
      chat: true,
      suffix: header.infill,
      infill: header.infill,
      raw: true,
      tools: false,
      embedding: false,
      slots: this.#slots,
      template: header.template,
    };
  }

  async *generate(
    model: string,
    request: ProviderRequest,
    signal: AbortSignal,
  ): AsyncGenerator<ProviderEvent, void, undefined> {
    this.#check(model);
    const header = await this.#read(signal);
    if (this.#requests >= mostRequests) {
      throw new LcadError('PROVIDER_UNREACHABLE', `${this.origin} has ${mostRequests} requests already`, {
        details: { retryAfterMs: busyRetryMs },
      });
    }
    this.#requests += 1;
    try {
      const running = this.#running(header);
      await orAborted(running.ready, signal);
      for await (const event of running.generate(promptOf(request), samplingOf(request), signal)) {
        if (event.is === 'end') this.#failures = 0;
        yield event;
      }
    } finally {
      this.#requests -= 1;
      this.#restIdle();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#stop();
  }

  get #name(): string {
    return this.config.model || basename(this.config.file, '.gguf');
  }

  get #slots(): number {
    return this.config.concurrency || 1;
  }

  #contextTokens({ contextTokens }: GgufHeader): number {
    const wanted = this.config.contextTokens || defaultContextTokens;
    return Math.min(wanted, contextTokens ?? wanted);
  }

  #check(model: string): void {
    if (model === '' || model === this.#name || model === basename(this.config.file, '.gguf')) return;
    throw new LcadError('PROVIDER_REFUSED', `${this.origin} has no model ${model}, only ${this.#name}`);
  }

  async #read(signal: AbortSignal): Promise<GgufHeader> {
    const header = await orAborted(readGgufHeader(this.config.file, this.#header), signal);
    if (header !== this.#header) {
      // Another file may load where the last one did not.
      this.#failures = 0;
      this.#failure = null;
    }
    this.#header = header;
    return header;
  }

  /** The process, started if there is none. @throws what it failed with last, until it is time to try again */
  #running(header: GgufHeader): LlamaProcess {
    if (this.#closed) throw new LcadError('SHUTTING_DOWN', `${this.origin} was closed`);
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = null;
    if (this.#process !== null) return this.#process;
    const wait = this.#failure === null ? 0 : this.#failure.until - performance.now();
    if (this.#failure !== null && wait > 0) throw withRetry(this.#failure.error, wait);
    const load: LlamaLoad = {
      type: 'load',
      file: this.config.file,
      threads: this.config.threads,
      slots: this.#slots,
      contextTokens: this.#contextTokens(header),
    };
    const entry = packagePath('dist/bundle/llama.js');
    const started = new LlamaProcess(entry, load, this.#times.startMs, (error) =>
      this.#ended(started, error),
    );
    this.#process = started;
    return started;
  }

  #ended(ended: LlamaProcess, error: LcadError): void {
    if (this.#process !== ended) return;
    this.#process = null;
    this.#failures += 1;
    // One crash is made good at once; what fails again, or cannot be loaded, is not tried for every request.
    const tries = error.kind === 'PROVIDER_REFUSED' ? this.#failures : this.#failures - 1;
    this.#failure = tries === 0 ? null : { error, until: performance.now() + backOffMs(tries, undefined) };
  }

  #restIdle(): void {
    if (this.#requests > 0 || this.#process === null) return;
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.#stop(), this.#times.idleMs).unref();
  }

  async #stop(): Promise<void> {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = null;
    const running = this.#process;
    this.#process = null;
    await running?.close();
  }
}

/**
 * A .gguf file as a model server: llama.cpp in a process of its own, which is started by the first request, anew after
 * it crashed, and ended when nobody has asked for ten minutes. Asking what it can do reads the file's header only.
 */
export function createLlamaProvider(
  config: UpstreamConfig,
  times: Partial<LlamaTimes> = {},
): Provider & { readonly pid: number | null } {
  return new LlamaProvider(config, { ...usualTimes, ...times });
}

function withRetry(error: LcadError, waitMs: number): LcadError {
  if (error.kind !== 'PROVIDER_UNREACHABLE') return error;
  const details = { ...error.details, retryAfterMs: Math.ceil(waitMs) };
  return new LcadError(error.kind, error.message, { next: error.next, details, cause: error });
}

function promptOf(request: ProviderRequest): LlamaPrompt {
  if (request.is === 'raw') return { is: 'raw', prompt: request.prompt };
  if (request.is === 'chat') {
    const messages = request.messages.map(({ role, content }) => ({
      role: role === 'tool' ? ('user' as const) : role,
      content,
    }));
    return { is: 'chat', messages };
  }
  const { prefix, suffix } = request;
  return { is: 'infill', prefix, suffix, extra: request.is === 'infill' ? request.extra : [] };
}

function samplingOf({ maxTokens, temperature, topP, seed, stop }: ProviderRequest): LlamaSampling {
  return {
    maxTokens: maxTokens ?? null,
    temperature: temperature ?? null,
    topP: topP ?? null,
    seed: seed ?? null,
    stop: stop ?? [],
  };
}
