import type { ChatConfig } from '../../protocol/inference-config.js';
import { LcadError } from '../../shared/errors.js';
import { countTokens } from '../context/tokens.js';
import { type Collected, collect } from '../inference/collect.js';
import type {
  ChatMessage,
  Inference,
  InferenceEvent,
  ProviderRequest,
  Target,
} from '../inference/contract.js';
import { systemText } from './prompt.js';
import type { Room } from './room.js';
import { roomOf } from './room.js';
import { type ToolRun, toolSpecs } from './tools.js';
import { fitWindow, type TurnMessages, type Window, withoutTools } from './window.js';

/** Gets each event first; what it returns is waited for. */
export type Show = (event: InferenceEvent) => Promise<void> | undefined;

/** One question, from its first round to its answer. */
export interface RoundsRequest {
  readonly inference: Inference;
  readonly client: string;
  readonly upstream: string | undefined;
  readonly model: string | undefined;
  readonly config: Pick<ChatConfig, 'maxTokens' | 'temperature' | 'toolSteps'>;
  /** How changes are to be written; empty: not said. */
  readonly edits: string;
  /** Earlier turns, the oldest first. */
  readonly turns: readonly TurnMessages[];
  /** Estimated tokens of what is sent in any case. */
  readonly fixed: number;
  /** The question with as much code as there is room for. */
  question(room: Room): Promise<ChatMessage>;
  /** Null: no tools. */
  readonly tools: ToolRun | null;
  /** Models that refused tools; see `refuses`. */
  readonly refusing: Set<string>;
  readonly show: Show;
}

/** What came of a question. */
export interface Answered {
  /** All that was shown, the texts between rounds of tools included. */
  readonly text: string;
  /** The answer alone: what the model wrote last. */
  readonly rounds: readonly Collected[];
  readonly window: Window;
  readonly room: Room;
  /** What was said after the question and before the last answer. */
  readonly between: readonly ChatMessage[];
}

const toolTokens = countTokens(JSON.stringify(toolSpecs));
const paragraph = '\n\n';

/**
 * Asks a model, answers the tools that it calls, and asks again, until it answers without tools or may call no more.
 * A server that refuses tools is asked again without them.
 */
export class Rounds {
  readonly #request: RoundsRequest;
  readonly #between: ChatMessage[] = [];
  readonly #collected: Collected[] = [];
  #sent: { window: Window; room: Room; target: Target; offered: boolean } | undefined;
  /** All that was shown so far. */
  text = '';

  constructor(request: RoundsRequest) {
    this.#request = request;
  }

  /** The server and model that was asked last. */
  get target(): Target | undefined {
    return this.#sent?.target;
  }

  /** @throws what `Inference.run` throws, BUDGET_TOO_SMALL */
  async run(signal: AbortSignal): Promise<Answered> {
    const { config, tools } = this.#request;
    for (let step = 0; ; step++) {
      const mayCall = tools !== null && step < config.toolSteps && tools.mayGoOn;
      const round = await this.#round(mayCall, signal);
      this.#collected.push(round);
      const sent = this.#sent;
      if (!sent) throw new LcadError('INTERNAL_ERROR', 'A model answered what it was not sent.');
      if (!tools || !mayCall || round.toolCalls.length === 0) return this.#answered(sent);
      const answers = await tools.round(round.toolCalls, signal);
      this.#between.push(
        { role: 'assistant', content: round.text, toolCalls: round.toolCalls },
        ...round.toolCalls.map(
          ({ id }, at): ChatMessage => ({ role: 'tool', content: answers[at] ?? '', toolCallId: id }),
        ),
      );
    }
  }

  #answered({ window, room }: { window: Window; room: Room }): Answered {
    return { text: this.text, rounds: this.#collected, window, room, between: this.#between };
  }

  async #round(mayCall: boolean, signal: AbortSignal): Promise<Collected> {
    const before = this.text;
    try {
      return await this.#ask(mayCall, signal);
    } catch (error) {
      signal.throwIfAborted();
      const sent = this.#sent;
      // What was shown cannot be taken back: another answer behind it would be read as its end.
      if (!sent?.offered || !isRefusal(error) || this.text !== before) throw error;
      const answer = await this.#ask(false, signal);
      // It takes the same without tools, so that it was them that it refused.
      this.#request.refusing.add(keyOf(sent.target));
      return answer;
    }
  }

  #ask(mayCall: boolean, signal: AbortSignal): Promise<Collected> {
    const { inference, client, upstream, model } = this.#request;
    const make = (target: Target) => this.#make(target, mayCall);
    let started = false;
    const events = inference.run({ role: 'chat', class: 'chat', client, upstream, model, make }, signal);
    return collect(events, (event) => {
      if (event.is === 'text' && !started && event.text !== '') {
        started = true;
        const between = this.text === '' || this.text.endsWith('\n\n') ? '' : paragraph;
        if (between !== '') event = { is: 'text', text: between + event.text };
      }
      if (event.is === 'text') this.text += event.text;
      return this.#request.show(event);
    });
  }

  async #make(target: Target, mayCall: boolean): Promise<ProviderRequest> {
    const { config, turns, edits, refusing } = this.#request;
    const takesTools = target.capabilities.tools !== false && !refusing.has(keyOf(target));
    const all = roomOf(target, config.maxTokens, this.#request.fixed);
    // In a small context their descriptions would take the place of the code.
    const offered = mayCall && takesTools && toolTokens < all.budget / 4;
    const room = offered ? roomOf(target, config.maxTokens, this.#request.fixed, toolTokens) : all;
    const question = await this.#request.question(room);
    const current: TurnMessages = [question, ...this.#between];
    const window = fitWindow({
      system: systemText({ tools: offered, edits }),
      turns: takesTools ? turns : turns.map(withoutTools),
      current: takesTools ? current : withoutTools(current),
      budget: room.budget,
    });
    this.#sent = { window, room, target, offered };
    const { messages } = window;
    const sampling = { maxTokens: room.answer, temperature: config.temperature };
    return { is: 'chat', messages, ...sampling, ...(offered ? { tools: toolSpecs } : {}) };
  }
}

const keyOf = ({ upstream, capabilities }: Target): string => `${upstream}\n${capabilities.model}`;

function isRefusal(error: unknown): boolean {
  return error instanceof LcadError && error.kind === 'PROVIDER_REFUSED';
}
