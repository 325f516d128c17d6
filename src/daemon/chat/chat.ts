import type { ChatResult } from '../../protocol/chat.js';
import type { ChatConfig } from '../../protocol/inference-config.js';
import { LcadError, messageOf } from '../../shared/errors.js';
import { countTokens } from '../context/tokens.js';
import type { ChatMessage, Inference } from '../inference/contract.js';
import type { Log } from '../log-contract.js';
import type { ChatScope, ChatSurroundings } from './contract.js';
import { systemText } from './prompt.js';
import { frameTokens, Questions } from './questions.js';
import { citedIn, resultOf, turnOf } from './result.js';
import { roomOf } from './room.js';
import { Rounds, type Show } from './rounds.js';
import type { StoredTurn } from './session-file.js';
import type { SessionStore, StoredSession } from './store.js';
import { ToolRun } from './tools.js';

/** A question to a model. */
export interface ChatQuestion extends ChatScope {
  readonly message: string;
  /** Goes on with this conversation. */
  readonly session: string | undefined;
  /** False: nothing of it is kept. */
  readonly keep: boolean;
  /** Whose it is: the connection's id. */
  readonly client: string;
  readonly model: string | undefined;
  readonly upstream: string | undefined;
  readonly contextTokens: number | undefined;
  readonly maxTokens: number | undefined;
  readonly tools: boolean | undefined;
}

/** What is shown while a question is answered; what is returned is waited for. */
export interface ChatShow {
  /** Before the model is asked. */
  context(made: { session: string | null; tokens: number; snippets: number }): Promise<void> | undefined;
  readonly event: Show;
}

interface ChatOptions {
  readonly inference: Inference;
  readonly store: SessionStore;
  readonly settings: () => ChatConfig;
  /** How models are to write changes; empty: not said. */
  readonly edits: string;
  readonly log: Log;
}

interface ChatAnswer {
  readonly result: Omit<ChatResult, 'sent'>;
  /** What the model got at last. */
  readonly sent: readonly ChatMessage[];
}

/** Calls of one round of tools. */
const mostCalls = 8;
/** Of the answer of one tool. */
const mostCharacters = 12_000;

/** Conversations with models about code. */
export class Chat {
  readonly #options: ChatOptions;
  /** Conversations with a question under way. */
  readonly #answering = new Set<string>();
  /** Models that refused tools. */
  readonly #refusing = new Set<string>();

  constructor(options: ChatOptions) {
    this.#options = options;
  }

  get store(): SessionStore {
    return this.#options.store;
  }

  /**
   * Answers a question with code, tools and the conversation so far. The turn is kept; one that is ended before its end,
   * with what was shown of it.
   *
   * @throws SESSION_UNKNOWN, BUSY while the conversation is answering, BUDGET_TOO_SMALL, what contexts and `Inference.run`
   *   throw, the signal's reason
   */
  async ask(
    question: ChatQuestion,
    surroundings: ChatSurroundings,
    show: ChatShow,
    signal: AbortSignal,
  ): Promise<ChatAnswer> {
    const { store } = this.#options;
    const { session: id, keep } = question;
    if (id === undefined)
      return this.#answer(question, keep ? store.create() : null, surroundings, show, signal);
    if (this.#answering.has(id)) {
      throw new LcadError('BUSY', `The conversation ${id} is being answered.`, {
        next: 'Wait for that answer, or begin another conversation.',
      });
    }
    this.#answering.add(id);
    try {
      return await this.#answer(question, await store.read(id), surroundings, show, signal);
    } finally {
      this.#answering.delete(id);
    }
  }

  async #answer(
    question: ChatQuestion,
    session: StoredSession | null,
    surroundings: ChatSurroundings,
    show: ChatShow,
    signal: AbortSignal,
  ): Promise<ChatAnswer> {
    const { inference, settings, edits } = this.#options;
    const config = settings();
    const maxTokens = question.maxTokens ?? config.maxTokens;
    const before = session?.turns ?? [];
    const wanted = question.contextTokens ?? config.contextTokens;
    const last = before.at(-1)?.messages[0]?.content ?? '';
    const questions = new Questions(question, surroundings, { wanted, before: last }, signal);
    const fixed =
      countTokens(systemText({ tools: true, edits })) + countTokens(question.message) + frameTokens;
    // Made before there is a server, so that none is kept waiting; made again if that server takes less.
    const { message, context } = await questions.for(roomOf(inference.targetFor('chat'), maxTokens, fixed));
    await show.context({
      session: session?.id ?? null,
      tokens: countTokens(message.content),
      snippets: context?.snippets.length ?? 0,
    });
    const limits = { ms: config.toolSeconds * 1000, calls: mostCalls, characters: mostCharacters };
    const tools = (question.tools ?? config.tools) ? new ToolRun(surroundings.tools, limits) : null;
    const { client, upstream, model } = question;
    const rounds = new Rounds({
      ...{
        inference,
        client,
        upstream,
        model,
        edits,
        fixed,
        tools,
        show: show.event,
        refusing: this.#refusing,
      },
      config: { ...config, maxTokens },
      turns: before.map(({ messages }) => messages),
      question: async (room) => (await questions.for(room)).message,
    });
    const cite = (text: string) => citedIn(text, questions.latest.context, tools, before, surroundings);
    const answered = await rounds.run(signal).catch(async (error: unknown) => {
      const { text, target } = rounds;
      const said: ChatMessage[] = [{ role: 'assistant', content: text }];
      const by = { model: target?.capabilities.model ?? '', upstream: target?.upstream ?? '' };
      if (text !== '') await this.#keep(session, turnOf(question.message, said, by, cite(text), true));
      throw error;
    });
    const cited = cite(answered.text);
    const result = resultOf(answered, questions.latest, cited, tools);
    const said: ChatMessage[] = [
      ...answered.between,
      { role: 'assistant', content: answered.rounds.at(-1)?.text ?? '' },
    ];
    const problem = await this.#keep(session, turnOf(question.message, said, result, cited, false));
    const notes = [...(session?.notes ?? []), ...result.notes, ...problem];
    const window = { ...result.window, turns: before.length - result.window.droppedTurns };
    return {
      result: { ...result, session: session?.id ?? null, notes, window },
      sent: answered.window.messages,
    };
  }

  /** @returns what went wrong: an answer is worth more than its being kept */
  async #keep(session: StoredSession | null, turn: StoredTurn): Promise<string[]> {
    if (!session) return [];
    try {
      await this.#options.store.append(session, turn);
      return [];
    } catch (error) {
      this.#options.log.warn({ error: messageOf(error) }, 'a conversation could not be kept');
      return [`This turn could not be kept in the conversation: ${messageOf(error)}`];
    }
  }
}
