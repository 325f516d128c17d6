import { z } from 'zod';
import { LcadError } from '../../../shared/errors.js';
import type { ModelInfo } from '../contract.js';
import { count } from './events.js';

/** What servers add to OpenAI's list: vLLM `max_model_len`, llama-server `meta` and `status`, LM Studio `state` and more. */
const List = z.object({
  data: z.array(
    z.looseObject({
      id: z.string(),
      owned_by: z.string().nullish(),
      max_model_len: z.number().nullish(),
      loaded_context_length: z.number().nullish(),
      max_context_length: z.number().nullish(),
      context_length: z.number().nullish(),
      state: z.string().nullish(),
      arch: z.string().nullish(),
      quantization: z.string().nullish(),
      status: z.looseObject({ value: z.string().nullish() }).nullish(),
      meta: z
        .looseObject({
          n_ctx: z.number().nullish(),
          n_params: z.number().nullish(),
          size: z.number().nullish(),
        })
        .nullish(),
    }),
  ),
});

/** An entry of `/v1/models`. */
export interface OpenAiModel {
  readonly id: string;
  readonly loaded: boolean | null;
  readonly contextTokens: number | null;
  readonly bytes: number | null;
  readonly parameters: string | null;
  readonly architecture: string | null;
  readonly quantisation: string | null;
  /** Of a server that is known to take `suffix`; most refuse it or pass over it, which a list cannot tell. */
  readonly takesSuffix: boolean;
}

/** Reads the reply of `/v1/models`. @throws PROVIDER_BAD_REPLY */
export function openAiModels(reply: unknown, what: string): OpenAiModel[] {
  const parsed = List.safeParse(reply);
  if (!parsed.success) {
    throw new LcadError('PROVIDER_BAD_REPLY', `${what} sent a reply that is no list of models.`);
  }
  return parsed.data.data.map((entry) => ({
    id: entry.id,
    loaded: loadedOf(entry.state ?? entry.status?.value),
    contextTokens:
      count(entry.max_model_len) ??
      count(entry.loaded_context_length) ??
      count(entry.meta?.n_ctx) ??
      count(entry.context_length) ??
      count(entry.max_context_length),
    bytes: count(entry.meta?.size),
    parameters: parametersText(count(entry.meta?.n_params)),
    architecture: entry.arch ?? null,
    quantisation: entry.quantization ?? null,
    // Ollama calls itself "library" there.
    takesSuffix: entry.owned_by === 'library' || entry.owned_by === 'mistralai',
  }));
}

/** Whether the name is one of a model that makes vectors, not text. */
export function embedsOnly(name: string): boolean {
  return /embed|\b(bge|gte|e5|minilm|rerank)/i.test(name);
}

/** What the list says of a model. */
export function modelInfo(model: OpenAiModel): ModelInfo {
  const { id, loaded, bytes, architecture, parameters, quantisation } = model;
  return { name: id, loaded, bytes, architecture, parameters, quantisation };
}

function loadedOf(state: string | null | undefined): boolean | null {
  return state ? state === 'loaded' : null;
}

/** "7.6B", "494M". */
function parametersText(n: number | null): string | null {
  if (n === null) return null;
  if (n >= 1e9) return `${(n / 1e9).toFixed(1)}B`;
  return `${Math.round(n / 1e6)}M`;
}
