import type { InferenceClass, UpstreamRole } from '../../protocol/inference.js';
import type { UpstreamConfig } from '../../protocol/inference-config.js';

/** A message of a conversation. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
  /** Of an assistant that asked for tools. */
  readonly toolCalls?: readonly ToolCall[];
  /** Of a tool's answer: the call that it answers. */
  readonly toolCallId?: string;
}

/** A tool that a model may ask for; `parameters` is a JSON schema. */
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** What a model asks for; `arguments` is what it wrote, parsed, and {} where that was no object. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** What every generation may be told. What is left out is the server's default. */
export interface Sampling {
  readonly maxTokens?: number | undefined;
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly seed?: number | undefined;
  readonly stop?: readonly string[] | undefined;
}

export interface ChatRequest extends Sampling {
  readonly is: 'chat';
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly ToolSpec[] | undefined;
}

/** A prompt that goes to the model as it is, without the server's template. */
interface RawRequest extends Sampling {
  readonly is: 'raw';
  readonly prompt: string;
}

/** The server makes the fill-in-the-middle prompt itself, from what stands before and after (Ollama, OpenAI `suffix`). */
interface SuffixRequest extends Sampling {
  readonly is: 'suffix';
  readonly prefix: string;
  readonly suffix: string;
}

/** llama-server's `/infill`: `extra` are texts of other files, the least important first. */
interface InfillRequest extends Sampling {
  readonly is: 'infill';
  readonly prefix: string;
  readonly suffix: string;
  readonly extra: readonly { readonly filename: string; readonly text: string }[];
}

export type ProviderRequest = ChatRequest | RawRequest | SuffixRequest | InfillRequest;

/** Why a model stopped: at its own end or a stop text, at `maxTokens`, for tools, or for a reason of the server's own. */
export type FinishReason = 'stop' | 'length' | 'tools' | 'other';

/** How an answer ended. */
export interface Ending {
  readonly reason: FinishReason;
  /** The server's own word where `reason` is "other". */
  readonly said?: string | undefined;
  readonly usage: Usage;
}

/** Tokens as the server counted them; null where it does not say. */
export interface Usage {
  readonly promptTokens: number | null;
  readonly outputTokens: number | null;
  /** Prompt tokens that the server had in its cache. */
  readonly cachedTokens: number | null;
}

/** What a provider sends, in this order: any number of text, thinking and tool events, then exactly one end. */
export type ProviderEvent =
  | { readonly is: 'text'; readonly text: string }
  /** What a model says to itself: shown apart, and never part of an answer. */
  | { readonly is: 'thinking'; readonly text: string }
  | { readonly is: 'tool'; readonly call: ToolCall }
  | ({ readonly is: 'end' } & Ending);

/** A model that a server offers. */
export interface ModelInfo {
  readonly name: string;
  /** In memory now; null where the server does not say. */
  readonly loaded: boolean | null;
  /** Bytes of it, on disk or in memory; null where the server does not say. */
  readonly bytes: number | null;
  /** "qwen2", "llama", as the server says; null where it does not. */
  readonly architecture: string | null;
  /** "7.6B"; null where the server does not say. */
  readonly parameters: string | null;
  /** "Q4_K_M"; null where the server does not say. */
  readonly quantisation: string | null;
}

/** What one model on one server can do, as far as asking the server tells. */
export interface Capabilities {
  readonly model: string;
  /** Tokens that fit into a request and its answer; null: the server does not say. */
  readonly contextTokens: number | null;
  readonly chat: boolean;
  /** Takes SuffixRequest. */
  readonly suffix: boolean;
  /** Takes InfillRequest. */
  readonly infill: boolean;
  /** Takes RawRequest. */
  readonly raw: boolean;
  /** Takes tools; null: not known before it is tried. */
  readonly tools: boolean | null;
  readonly embedding: boolean;
  /** Requests that the server works on at a time; null: it does not say. */
  readonly slots: number | null;
  /** The model's prompt template as the server has it, from which its family can be told; null: it does not say. */
  readonly template: string | null;
}

/**
 * One model server. All functions throw PROVIDER_UNREACHABLE (down, slow, overloaded; `details.retryAfterMs` if the
 * server said when), PROVIDER_REFUSED (it answers, but not to this; `details.status`), PROVIDER_BAD_REPLY (what it says
 * is not its protocol), or the signal's reason.
 */
export interface Provider {
  readonly config: UpstreamConfig;
  /** What tells servers apart: `http://127.0.0.1:11434`, `llama-cpp:/models/a.gguf`. Requests to the same one share its slots. */
  readonly origin: string;
  /** Cheap: whether it answers. */
  health(signal: AbortSignal): Promise<void>;
  models(signal: AbortSignal): Promise<ModelInfo[]>;
  /** @param model '' for the one that the server has, or the first that fits */
  capabilities(model: string, signal: AbortSignal): Promise<Capabilities>;
  /**
   * Generates. Ending the iteration, or aborting the signal, ends the request at the server at once: the connection is
   * closed before this returns. An iterator that is not read reads no more than some KB from the server.
   */
  generate(model: string, request: ProviderRequest, signal: AbortSignal): AsyncIterable<ProviderEvent>;
  /** Ends what it owns (child processes, kept connections). */
  close(): Promise<void>;
}

/** The server and model that a request was given to. */
export interface Target {
  /** Name of the upstream in the configuration. */
  readonly upstream: string;
  readonly kind: UpstreamConfig['kind'];
  readonly config: UpstreamConfig;
  readonly capabilities: Capabilities;
}

/** Work for the scheduler. */
export interface InferenceTask {
  readonly role: UpstreamRole;
  readonly class: InferenceClass;
  /** Whose it is, for fairness: the connection's id. */
  readonly client: string;
  /** Only this upstream, by its name in the configuration; default: by role and order. */
  readonly upstream?: string | undefined;
  /** This model instead of the upstream's. */
  readonly model?: string | undefined;
  /** The request for a target; called again for another target if the first one fails before its first token. */
  make(target: Target): ProviderRequest | Promise<ProviderRequest>;
  /** Longest wait for the first event and between events (ms); default: as configured. */
  readonly firstTokenMs?: number | undefined;
  readonly idleMs?: number | undefined;
}

/** How long a generation took, in milliseconds; `null` where it did not come to that. */
export interface InferenceTimings {
  readonly queueMs: number;
  /** From being sent to the server to its first event. */
  readonly firstTokenMs: number | null;
  readonly totalMs: number;
}

/** What a task yields: `begin` when a server has sent its first event, the provider's events, and at last `end`. */
export type InferenceEvent =
  | { readonly is: 'begin'; readonly target: Target; readonly timings: InferenceTimings }
  | Exclude<ProviderEvent, { is: 'end' }>
  | ({ readonly is: 'end'; readonly timings: InferenceTimings; readonly target: Target } & Ending);

/** The one way to model servers: chooses, queues, streams, and passes on to the next server if one fails early. */
export interface Inference {
  /**
   * @throws (from the iteration) NO_MODEL_SERVER, MODEL_UNKNOWN, BUSY with `details.retryAfterMs`, DEADLINE_EXCEEDED, PROVIDER_…,
   *   OUTPUT_STOPPED, the signal's reason
   */
  run(task: InferenceTask, signal: AbortSignal): AsyncIterable<InferenceEvent>;
  /** The target that a task of this role would be given now; null if there is none. Never waits for a server. */
  targetFor(role: UpstreamRole): Target | null;
  /** Runs work that is no generation (embedding) when its class has its turn at a server; see `run`. */
  reserve<T>(
    place: { origin: string; class: InferenceClass; client: string },
    work: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T>;
}
