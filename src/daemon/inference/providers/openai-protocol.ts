import { LcadError } from '../../../shared/errors.js';
import type { ChatMessage, ChatRequest, Ending, ProviderEvent, Sampling, Usage } from '../contract.js';
import { count, endEvent, endingOf, toolArguments, unknownUsage } from './events.js';

/** Tool calls of one answer, and characters of one's arguments. */
const mostTools = 64;
const longestArguments = 1 << 20;

/** The sampling of a request in OpenAI's names. */
export function sampling({ maxTokens, temperature, topP, seed, stop }: Sampling): object {
  return { max_tokens: maxTokens, temperature, top_p: topP, seed, ...(stop?.length ? { stop } : {}) };
}

/** Messages and tools of a chat in OpenAI's form. */
export function chatBody({ messages, tools }: ChatRequest): object {
  return {
    messages: messages.map(message),
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

function message({ role, content, toolCalls, toolCallId }: ChatMessage): object {
  if (role === 'tool') return { role, tool_call_id: toolCallId ?? '', content };
  if (!toolCalls?.length) return { role, content };
  return {
    role,
    content: content || null,
    tool_calls: toolCalls.map(({ id, name, arguments: args }) => ({
      id,
      type: 'function',
      function: { name, arguments: JSON.stringify(args) },
    })),
  };
}

interface Choice {
  readonly text?: unknown;
  readonly delta?: {
    readonly content?: unknown;
    readonly reasoning_content?: unknown;
    readonly reasoning?: unknown;
    readonly tool_calls?: unknown;
  } | null;
  readonly finish_reason?: unknown;
}

interface ToolDelta {
  readonly index?: unknown;
  readonly id?: unknown;
  readonly function?: { readonly name?: unknown; readonly arguments?: unknown } | null;
}

/** One event of llama-server's own endpoints. */
interface Completion {
  readonly content?: unknown;
  readonly stop?: unknown;
  readonly stop_type?: unknown;
  readonly stopped_limit?: unknown;
  readonly tokens_evaluated?: unknown;
  readonly tokens_predicted?: unknown;
  readonly timings?: { readonly cache_n?: unknown } | null;
}

interface PartialCall {
  id: string;
  name: string;
  written: string;
}

/** Makes provider events of the JSON of one stream: of OpenAI's two endpoints, and of llama-server's own. */
export class OpenAiStream {
  /** A finish reason has come. */
  finished = false;
  readonly #what: string;
  readonly #calls = new Map<number, PartialCall>();
  #ending: Pick<Ending, 'reason' | 'said'> = { reason: 'stop' };
  #usage: Usage = unknownUsage;

  constructor(what: string) {
    this.#what = what;
  }

  /** Whether this is the last event of llama-server's own endpoints, which send no [DONE]. */
  isEnd(event: unknown): boolean {
    return (event as Completion | null)?.stop === true;
  }

  /** @throws PROVIDER_BAD_REPLY, PROVIDER_UNREACHABLE if the server gave up */
  *push(event: unknown): Generator<ProviderEvent, void, undefined> {
    if (typeof event !== 'object' || event === null) throw this.#strange();
    if ('content' in event && 'stop' in event) return yield* this.#completion(event);
    const { choices, usage, timings } = event as { choices?: unknown; usage?: unknown; timings?: unknown };
    if (usage || timings) this.#count(usage, timings);
    if (choices === undefined && (usage || timings)) return;
    if (!Array.isArray(choices)) throw this.#strange();
    const choice = choices[0] as Choice | undefined;
    if (choice) yield* this.#choice(choice);
  }

  /** What is known at the end: tools, then the end. */
  *end(): Generator<ProviderEvent, void, undefined> {
    for (const [index, { id, name, written }] of [...this.#calls].sort(([a], [b]) => a - b)) {
      if (name === '') throw this.#strange();
      yield {
        is: 'tool',
        call: { id: id || `call_${index}`, name, arguments: toolArguments(written) },
      };
    }
    yield endEvent({ ...this.#ending, usage: this.#usage }, this.#calls.size > 0);
  }

  *#choice({ text, delta, finish_reason }: Choice): Generator<ProviderEvent, void, undefined> {
    const thinking = delta?.reasoning_content ?? delta?.reasoning;
    if (typeof thinking === 'string' && thinking) yield { is: 'thinking', text: thinking };
    const said = delta?.content ?? text;
    if (typeof said === 'string' && said) yield { is: 'text', text: said };
    if (Array.isArray(delta?.tool_calls)) {
      for (const [at, part] of delta.tool_calls.entries()) this.#tool(part as ToolDelta, at);
    }
    if (typeof finish_reason === 'string' && finish_reason) {
      this.finished = true;
      this.#ending = endingOf(finish_reason, this.#what);
    }
  }

  *#completion(event: Completion): Generator<ProviderEvent, void, undefined> {
    if (typeof event.content === 'string' && event.content) yield { is: 'text', text: event.content };
    if (event.stop !== true) return;
    this.finished = true;
    if (event.stop_type === 'limit' || event.stopped_limit === true) this.#ending = { reason: 'length' };
    this.#usage = {
      promptTokens: count(event.tokens_evaluated),
      outputTokens: count(event.tokens_predicted),
      cachedTokens: count(event.timings?.cache_n),
    };
  }

  #tool(part: ToolDelta, at: number): void {
    const index = typeof part?.index === 'number' ? part.index : at;
    const known = this.#calls.get(index);
    const call = known ?? { id: '', name: '', written: '' };
    if (!known) this.#calls.set(index, call);
    if (typeof part?.id === 'string' && part.id) call.id = part.id;
    const { name, arguments: written } = part?.function ?? {};
    if (typeof name === 'string' && name) call.name = name;
    if (typeof written === 'string') call.written += written;
    else if (typeof written === 'object' && written !== null) call.written = JSON.stringify(written);
    if (this.#calls.size > mostTools || call.written.length > longestArguments) throw this.#strange();
  }

  #count(usage: unknown, timings: unknown): void {
    const said = (usage ?? {}) as {
      prompt_tokens?: unknown;
      completion_tokens?: unknown;
      prompt_tokens_details?: { cached_tokens?: unknown } | null;
    };
    const cached = (timings as { cache_n?: unknown } | null | undefined)?.cache_n;
    this.#usage = {
      promptTokens: count(said.prompt_tokens) ?? this.#usage.promptTokens,
      outputTokens: count(said.completion_tokens) ?? this.#usage.outputTokens,
      cachedTokens:
        count(said.prompt_tokens_details?.cached_tokens) ?? count(cached) ?? this.#usage.cachedTokens,
    };
  }

  #strange(): LcadError {
    return new LcadError('PROVIDER_BAD_REPLY', `${this.#what} sent an event that is none of its protocol.`);
  }
}
