import { z } from 'zod';
import type { UpstreamConfig } from '../../../protocol/inference-config.js';
import { LcadError } from '../../../shared/errors.js';
import type { Capabilities, ModelInfo, ProviderRequest, Sampling } from '../contract.js';
import { OpenAiProvider } from './openai.js';
import { embedsOnly, modelInfo } from './openai-models.js';

const Props = z.looseObject({
  default_generation_settings: z.looseObject({ n_ctx: z.number().nullish() }).nullish(),
  total_slots: z.number().nullish(),
  model_path: z.string().nullish(),
  model_alias: z.string().nullish(),
  chat_template: z.string().nullish(),
  chat_template_caps: z.looseObject({ supports_tools: z.boolean().nullish() }).nullish(),
});

/**
 * llama.cpp's server: chat as OpenAI's, and its own `/infill`, `/completion`, `/props` and `/health`
 * (https://github.com/ggml-org/llama.cpp/tree/master/tools/server).
 */
export class LlamaServerProvider extends OpenAiProvider {
  /** @throws CONFIG_INVALID */
  constructor(config: UpstreamConfig, env: NodeJS.ProcessEnv) {
    super(config, env, 'llama-server');
  }

  /** @throws PROVIDER_UNREACHABLE also while it loads its model (503) */
  override async health(signal: AbortSignal): Promise<void> {
    await this.http.json('/health', undefined, signal);
  }

  override async models(signal: AbortSignal): Promise<ModelInfo[]> {
    const all = await this.list(signal);
    // One that has a single model has it in memory.
    return all.map((model) => ({ ...modelInfo(model), loaded: model.loaded ?? true }));
  }

  override async capabilities(model: string, signal: AbortSignal): Promise<Capabilities> {
    const [found, props, infill] = await Promise.all([
      this.pick(model, signal),
      this.#props(signal),
      this.#infills(signal),
    ]);
    const embedding = embedsOnly(found.id);
    return {
      model: found.id,
      contextTokens: this.config.contextTokens || props.default_generation_settings?.n_ctx || null,
      chat: !embedding,
      suffix: infill,
      infill,
      raw: !embedding,
      tools: props.chat_template_caps?.supports_tools ?? null,
      embedding,
      slots: props.total_slots || null,
      template: props.chat_template || null,
    };
  }

  protected override call(model: string, request: ProviderRequest): { path: string; body: object } {
    if (request.is === 'chat') return super.call(model, request);
    const common = { ...(model ? { model } : {}), stream: true, cache_prompt: true, ...sampling(request) };
    if (request.is === 'raw') return { path: '/completion', body: { ...common, prompt: request.prompt } };
    const extra = request.is === 'infill' ? request.extra : [];
    return {
      path: '/infill',
      body: {
        ...common,
        input_prefix: request.prefix,
        input_suffix: request.suffix,
        input_extra: extra.map(({ filename, text }) => ({ filename, text })),
      },
    };
  }

  /** It has one model, whose name need not be given. */
  protected override async named(model: string): Promise<string> {
    return model;
  }

  async #props(signal: AbortSignal): Promise<z.infer<typeof Props>> {
    const parsed = Props.safeParse(await this.http.json('/props', undefined, signal));
    if (parsed.success) return parsed.data;
    throw new LcadError('PROVIDER_BAD_REPLY', `${this.http.server.what} sent properties that are none.`);
  }

  /**
   * Whether the model can infill. A request without its texts costs no slot: the server first looks whether the model
   * has the tokens (501 if not), then what is missing (400).
   */
  async #infills(signal: AbortSignal): Promise<boolean> {
    try {
      await this.http.json('/infill', {}, signal);
      return true;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof LcadError) || error.kind === 'PROVIDER_UNREACHABLE') throw error;
      return error.details.status === 400;
    }
  }
}

function sampling({ maxTokens, temperature, topP, seed, stop }: Sampling): object {
  return { n_predict: maxTokens, temperature, top_p: topP, seed, ...(stop?.length ? { stop } : {}) };
}
