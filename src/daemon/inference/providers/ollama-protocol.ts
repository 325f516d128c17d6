import type { ModelResponse, ChatRequest as OllamaChat, Options, ShowResponse } from 'ollama';
import type { UpstreamConfig } from '../../../protocol/inference-config.js';
import type { Capabilities, ChatMessage, ChatRequest, ModelInfo, Sampling } from '../contract.js';
import { count, textOrNull } from './events.js';

/** What every version of Ollama since 0.6 gives a model that says nothing else (tokens). */
const usualContext = 4096;

/** The sampling of a request in Ollama's names. @param contextTokens 0 for what the server has */
export function options(request: Sampling, contextTokens: number): Partial<Options> {
  const { maxTokens, temperature, topP, seed, stop } = request;
  return {
    ...(maxTokens === undefined ? {} : { num_predict: maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(seed === undefined ? {} : { seed }),
    ...(stop?.length ? { stop: [...stop] } : {}),
    ...(contextTokens > 0 ? { num_ctx: contextTokens } : {}),
  };
}

/** Messages and tools of a chat in Ollama's form. */
export function chatMessages({ messages, tools }: ChatRequest): Pick<OllamaChat, 'messages' | 'tools'> {
  return {
    messages: messages.map((message) => asOllama(message, messages)),
    ...(tools?.length
      ? {
          tools: tools.map(({ name, description, parameters }) => ({
            type: 'function',
            function: { name, description, parameters },
          })),
        }
      : {}),
  };
}

function asOllama(
  { role, content, toolCalls, toolCallId }: ChatMessage,
  all: readonly ChatMessage[],
): NonNullable<OllamaChat['messages']>[number] {
  if (role === 'tool') {
    // It knows tools by their names.
    const asked = all.flatMap((message) => message.toolCalls ?? []).find(({ id }) => id === toolCallId);
    return { role, content, ...(asked ? { tool_name: asked.name } : {}) };
  }
  if (!toolCalls?.length) return { role, content };
  return {
    role,
    content,
    tool_calls: toolCalls.map(({ name, arguments: args }) => ({
      function: { name, arguments: { ...args } },
    })),
  };
}

/** Whether two names mean one model: no tag is `:latest`. */
export function sameModel(a: string, b: string): boolean {
  return withTag(a) === withTag(b);
}

function withTag(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1).includes(':') ? name : `${name}:latest`;
}

/** What the list of models says of one. */
export function infoOf(model: ModelResponse, loaded: boolean): ModelInfo {
  return {
    name: model.name,
    loaded,
    bytes: count(model.size),
    architecture: textOrNull(model.details?.family),
    parameters: textOrNull(model.details?.parameter_size),
    quantisation: textOrNull(model.details?.quantization_level),
  };
}

/** What `/api/show` says of a model, with what `/api/ps` says of those in memory. */
export function capabilitiesOf(
  model: string,
  shown: ShowResponse,
  running: readonly ModelResponse[],
  config: UpstreamConfig,
): Capabilities {
  const can = new Set(shown.capabilities ?? []);
  const template = textOrNull(shown.template);
  // Servers before 0.6.4 do not say what a model can do.
  const told = can.size > 0;
  const writes = told ? can.has('completion') : true;
  return {
    model,
    contextTokens: config.contextTokens || contextOf(model, shown, running),
    chat: writes,
    suffix: told ? can.has('insert') : (template?.includes('.Suffix') ?? false),
    infill: false,
    raw: writes,
    tools: told ? can.has('tools') : null,
    embedding: told ? can.has('embedding') : false,
    slots: null,
    template,
  };
}

/**
 * The tokens that really fit: what the model was loaded with, else what its parameters say, else what Ollama gives a
 * model at least. What the model could take is not what it gets: Ollama cuts the rest of a prompt off without a word.
 */
function contextOf(model: string, shown: ShowResponse, running: readonly ModelResponse[]): number | null {
  const loaded = running.find(({ name }) => sameModel(name, model)) as
    | { context_length?: unknown }
    | undefined;
  const given = count(loaded?.context_length);
  if (given) return given;
  const set = /^num_ctx\s+(\d+)/m.exec(shown.parameters ?? '');
  if (set) return Number(set[1]);
  const info = (shown.model_info ?? {}) as unknown as Record<string, unknown>;
  const most = count(info[`${String(info['general.architecture'])}.context_length`]);
  return most === null ? null : Math.min(most, usualContext);
}
