import type { UpstreamConfig } from '../../../protocol/inference-config.js';
import { LcadError } from '../../../shared/errors.js';
import { providerUrl } from '../../embed/http.js';
import type { Capabilities, ModelInfo, Provider, ProviderEvent, ProviderRequest } from '../contract.js';
import { endable } from './events.js';
import { HttpClient } from './http.js';
import { embedsOnly, modelInfo, type OpenAiModel, openAiModels } from './openai-models.js';
import { chatBody, OpenAiStream, sampling } from './openai-protocol.js';
import { originOf } from './origin.js';
import { done, SseReader } from './sse.js';

const defaultUrl = 'http://127.0.0.1:8080';
const eventStream = 'text/event-stream';

/**
 * Any server with OpenAI's `/v1/chat/completions`, `/v1/completions` and `/v1/models` (vLLM, LM Studio, llama-server, …).
 * The url is the base, with or without `/v1`.
 */
export class OpenAiProvider implements Provider {
  readonly config: UpstreamConfig;
  readonly origin: string;
  protected readonly http: HttpClient;
  /** Path of the API below the base. */
  protected readonly api: string;

  /** @throws CONFIG_INVALID */
  constructor(config: UpstreamConfig, env: NodeJS.ProcessEnv, name = 'The model server') {
    const base = providerUrl(config.url, defaultUrl, config.allowRemote, 'inference.upstreams');
    const versioned = /\/v\d+$/.exec(base);
    const root = versioned ? base.slice(0, -versioned[0].length) : base;
    this.config = config;
    this.origin = originOf(root);
    this.api = versioned?.[0] ?? '/v1';
    const what = `${name} at ${root}`;
    this.http = new HttpClient({
      base: root,
      what,
      key: config.apiKeyEnv ? env[config.apiKeyEnv] : undefined,
      explain: (status, detail, model) => unknownModel(what, { status, detail, model }),
    });
  }

  async health(signal: AbortSignal): Promise<void> {
    await this.list(signal);
  }

  async models(signal: AbortSignal): Promise<ModelInfo[]> {
    return (await this.list(signal)).map(modelInfo);
  }

  async capabilities(model: string, signal: AbortSignal): Promise<Capabilities> {
    const found = await this.pick(model, signal);
    const embedding = embedsOnly(found.id);
    return {
      model: found.id,
      contextTokens: this.config.contextTokens || found.contextTokens,
      chat: !embedding,
      suffix: !embedding && (found.takesSuffix || this.config.template === 'none'),
      infill: false,
      raw: !embedding,
      tools: embedding ? false : null,
      embedding,
      slots: null,
      template: null,
    };
  }

  generate(model: string, request: ProviderRequest, signal: AbortSignal): AsyncIterable<ProviderEvent> {
    return endable(signal, (either) => this.events(model, request, either));
  }

  async close(): Promise<void> {
    this.http.close();
  }

  /** Where a request goes, and as what. */
  protected call(model: string, request: ProviderRequest): { path: string; body: object } {
    const common = { model, stream: true, stream_options: { include_usage: true }, ...sampling(request) };
    switch (request.is) {
      case 'chat':
        return { path: `${this.api}/chat/completions`, body: { ...common, ...chatBody(request) } };
      case 'raw':
        return { path: `${this.api}/completions`, body: { ...common, prompt: request.prompt } };
      case 'suffix':
        return {
          path: `${this.api}/completions`,
          body: { ...common, prompt: request.prefix, suffix: request.suffix },
        };
      case 'infill':
        throw new LcadError('PROVIDER_REFUSED', `${this.http.server.what} has no infill.`);
    }
  }

  /** The name to ask for, if the configuration leaves it open. */
  protected async named(model: string, signal: AbortSignal): Promise<string> {
    return model || (await this.pick('', signal)).id;
  }

  protected async list(signal: AbortSignal): Promise<OpenAiModel[]> {
    return openAiModels(await this.http.json(`${this.api}/models`, undefined, signal), this.http.server.what);
  }

  /** @throws MODEL_UNKNOWN */
  protected async pick(model: string, signal: AbortSignal): Promise<OpenAiModel> {
    const all = await this.list(signal);
    const found = model
      ? all.find(({ id }) => id === model)
      : (all.find(({ id, loaded }) => loaded === true && !embedsOnly(id)) ??
        all.find(({ id }) => !embedsOnly(id)) ??
        all[0]);
    if (found) return found;
    throw new LcadError(
      'MODEL_UNKNOWN',
      `${this.http.server.what} has ${model ? `no model ${model}` : 'no model'}.`,
    );
  }

  private async *events(
    model: string,
    request: ProviderRequest,
    signal: AbortSignal,
  ): AsyncGenerator<ProviderEvent, void, undefined> {
    const { what } = this.http.server;
    const { path, body } = this.call(await this.named(model, signal), request);
    const reply = await this.http.stream(path, body, eventStream, signal);
    const stream = new OpenAiStream(what);
    let whole = false;
    try {
      const reader = new SseReader(reply, what);
      while (!whole) {
        const events = await reader.next();
        if (events === null) break;
        for (const event of events) {
          if (event !== done) yield* stream.push(event);
          whole = event === done || stream.isEnd(event);
          if (whole) break;
        }
      }
      // A stream with a finish reason is whole, too: not all servers send [DONE].
      if (!whole && !stream.finished) throw reply.brokeOff();
      whole = true;
    } finally {
      await (whole ? reply.finish() : reply.close());
    }
    // Only now: whoever has the end leaves, and that would cut the connection that the next request is to use.
    yield* stream.end();
  }
}

function unknownModel(what: string, of: { status: number; detail: string; model: string }): LcadError | null {
  const { status, detail, model } = of;
  if (status !== 404 || !/\bmodel\b/i.test(detail)) return null;
  return new LcadError('MODEL_UNKNOWN', `${what} has no model ${model}: ${detail.slice(0, 300)}`, {
    details: { status },
  });
}
