import { Ollama } from 'ollama';
import type { UpstreamConfig } from '../../../protocol/inference-config.js';
import { LcadError } from '../../../shared/errors.js';
import { providerUrl } from '../../embed/http.js';
import type {
  Capabilities,
  ModelInfo,
  Provider,
  ProviderEvent,
  ProviderRequest,
  Usage,
} from '../contract.js';
import { count, endable, endEvent, endingOf, textOrNull, toolArguments } from './events.js';
import { HttpClient } from './http.js';
import { OllamaTransport } from './ollama-fetch.js';
import { capabilitiesOf, chatMessages, infoOf, options, sameModel } from './ollama-protocol.js';
import { originOf } from './origin.js';

const defaultUrl = 'http://127.0.0.1:11434';

/** A message of `/api/chat` or `/api/generate`. */
interface Message {
  readonly response?: unknown;
  readonly thinking?: unknown;
  readonly message?: {
    readonly content?: unknown;
    readonly thinking?: unknown;
    readonly tool_calls?: unknown;
  };
  readonly done?: unknown;
  readonly done_reason?: unknown;
  readonly prompt_eval_count?: unknown;
  readonly eval_count?: unknown;
}

/** Ollama (https://github.com/ollama/ollama/blob/main/docs/api.md), by its own client over lcad's transport. */
export class OllamaProvider implements Provider {
  readonly config: UpstreamConfig;
  readonly origin: string;
  readonly #host: string;
  readonly #what: string;
  readonly #http: HttpClient;

  /** @throws CONFIG_INVALID */
  constructor(config: UpstreamConfig, env: NodeJS.ProcessEnv) {
    this.config = config;
    // People also give the url of its OpenAI-compatible part.
    this.#host = providerUrl(config.url, defaultUrl, config.allowRemote, 'inference.upstreams').replace(
      /\/v1$/,
      '',
    );
    this.origin = originOf(this.#host);
    this.#what = `Ollama at ${this.#host}`;
    this.#http = new HttpClient({
      base: this.#host,
      what: this.#what,
      key: config.apiKeyEnv ? env[config.apiKeyEnv] : undefined,
      explain: (status, detail, model) =>
        status === 404 && /\bmodel\b/i.test(detail) ? this.#unknown(model) : null,
    });
  }

  async health(signal: AbortSignal): Promise<void> {
    await this.#http.json('/api/version', undefined, signal);
  }

  async models(signal: AbortSignal): Promise<ModelInfo[]> {
    const { client } = this.#client(signal);
    return await this.#asked(signal, async () => {
      const [{ models }, running] = await Promise.all([client.list(), client.ps()]);
      return models.map((model) =>
        infoOf(
          model,
          running.models.some(({ name }) => sameModel(name, model.name)),
        ),
      );
    });
  }

  async capabilities(model: string, signal: AbortSignal): Promise<Capabilities> {
    const { client } = this.#client(signal);
    return await this.#asked(signal, async () => {
      const running = (await client.ps()).models;
      if (model) return capabilitiesOf(model, await client.show({ model }), running, this.config);
      const listed = (await client.list()).models;
      const isRunning = (name: string): boolean => running.some((other) => sameModel(other.name, name));
      // The one in memory first: it need not be loaded.
      const ordered = listed
        .map(({ name }) => name)
        .sort((a, b) => Number(isRunning(b)) - Number(isRunning(a)));
      for (const name of ordered) {
        const found = capabilitiesOf(name, await client.show({ model: name }), running, this.config);
        if (found.chat) return found;
      }
      throw new LcadError('MODEL_UNKNOWN', `${this.#what} has no model that writes.`, {
        next: 'Run: ollama pull qwen2.5-coder',
      });
    });
  }

  generate(model: string, request: ProviderRequest, signal: AbortSignal): AsyncIterable<ProviderEvent> {
    return endable(signal, (either) => this.#events(model, request, either));
  }

  async close(): Promise<void> {
    this.#http.close();
  }

  async *#events(
    named: string,
    request: ProviderRequest,
    signal: AbortSignal,
  ): AsyncGenerator<ProviderEvent, void, undefined> {
    const model = named || (await this.capabilities('', signal)).model;
    const { client, transport } = this.#client(signal);
    let calls = 0;
    let end: Message | null = null;
    try {
      const stream = await this.#asked(signal, () => this.#start(client, model, request));
      const messages: AsyncIterator<Message> = stream[Symbol.asyncIterator]();
      while (!end) {
        const { done, value } = await this.#asked(signal, () => messages.next());
        if (done) return;
        const { message } = value;
        const thinking = message?.thinking ?? value.thinking;
        if (typeof thinking === 'string' && thinking) yield { is: 'thinking', text: thinking };
        const text = message?.content ?? value.response;
        if (typeof text === 'string' && text) yield { is: 'text', text };
        if (Array.isArray(message?.tool_calls)) {
          for (const call of message.tool_calls) yield this.#tool(call, calls++);
        }
        if (value.done === true) end = value;
      }
    } finally {
      await (end ? transport.finish() : transport.close());
    }
    // Only now: whoever has the end leaves, and that would cut the connection that the next request is to use.
    const ending = endingOf(textOrNull(end.done_reason) ?? 'stop', this.#what);
    yield endEvent({ ...ending, usage: usageOf(end) }, calls > 0);
  }

  async #start(client: Ollama, model: string, request: ProviderRequest): Promise<AsyncIterable<object>> {
    const common = {
      model,
      stream: true as const,
      keep_alive: keepAlive(this.config.keepAlive),
      options: options(request, this.config.contextTokens),
    };
    switch (request.is) {
      case 'chat':
        return await client.chat({ ...common, ...chatMessages(request) });
      case 'raw':
        return await client.generate({ ...common, prompt: request.prompt, raw: true });
      case 'suffix':
        // Without a suffix it would take the prompt for a question.
        return await client.generate({ ...common, prompt: request.prefix, suffix: request.suffix || '\n' });
      case 'infill':
        throw new LcadError('PROVIDER_REFUSED', `${this.#what} has no infill.`);
    }
  }

  #tool(call: unknown, index: number): ProviderEvent {
    const { id, function: asked } = (call ?? {}) as {
      id?: unknown;
      function?: { name?: unknown; arguments?: unknown };
    };
    const name = textOrNull(asked?.name);
    if (!name) throw new LcadError('PROVIDER_BAD_REPLY', `${this.#what} sent a tool call without a name.`);
    return {
      is: 'tool',
      call: { id: textOrNull(id) ?? `call_${index}`, name, arguments: toolArguments(asked?.arguments) },
    };
  }

  /** The package cannot cancel all of its requests: each call gets a client whose transport can be. */
  #client(signal: AbortSignal): { client: Ollama; transport: OllamaTransport } {
    const transport = new OllamaTransport(this.#http, signal);
    return { client: new Ollama({ host: this.#host, fetch: transport.fetch }), transport };
  }

  /** Runs what uses the package; what it throws itself is a reply that it cannot read. */
  async #asked<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof LcadError) throw error;
      throw new LcadError('PROVIDER_BAD_REPLY', `${this.#what} sent a reply that is not Ollama's.`, {
        cause: error,
      });
    }
  }

  #unknown(model: string): LcadError {
    return new LcadError('MODEL_UNKNOWN', `${this.#what} does not have the model ${model}.`, {
      next: `Run: ollama pull ${model}`,
      details: { status: 404 },
    });
  }
}

function usageOf(end: Message): Usage {
  return {
    promptTokens: count(end.prompt_eval_count),
    outputTokens: count(end.eval_count),
    cachedTokens: null,
  };
}

/** Durations are text, seconds and -1 (for ever) are numbers. */
function keepAlive(configured: string): string | number {
  return /^-?\d+$/.test(configured) ? Number(configured) : configured;
}
