import type { ContextResult } from '../../protocol/context.js';
import { LcadError } from '../../shared/errors.js';
import { countTokens } from '../context/tokens.js';
import type { ChatMessage } from '../inference/contract.js';
import type { ChatScope, ChatSurroundings } from './contract.js';
import type { Room } from './room.js';

/** What goes with a question of its tags and the texts around snippets (estimated tokens). */
export const frameTokens = 200;
/** Less code than this is of no use. */
const leastCode = 100;
/** A question before this one says what it goes on with; more of it is not needed. */
const mostOfBefore = 2000;

/** A question as it is sent. */
export interface Made {
  readonly message: ChatMessage;
  /** Null: no code went with it. */
  readonly context: ContextResult | null;
  readonly notes: readonly string[];
}

/** The question with its code, for the room that there is. */
export class Questions {
  readonly #question: ChatScope & { readonly message: string };
  readonly #surroundings: ChatSurroundings;
  readonly #wanted: number;
  readonly #before: string;
  readonly #signal: AbortSignal;
  #made: { tokens: number; made: Made } | undefined;

  /**
   * @param wanted most tokens of code
   * @param before the question before; empty: none
   */
  constructor(
    question: ChatScope & { readonly message: string },
    surroundings: ChatSurroundings,
    { wanted, before }: { wanted: number; before: string },
    signal: AbortSignal,
  ) {
    this.#question = question;
    this.#surroundings = surroundings;
    this.#wanted = wanted;
    this.#before = before.slice(0, mostOfBefore);
    this.#signal = signal;
  }

  /** What was made last. */
  get latest(): Made {
    return this.#made?.made ?? this.#plain([]);
  }

  async for({ code }: Room): Promise<Made> {
    const tokens = Math.min(this.#wanted, code);
    // With less room it is made again; with more it is not worth the time.
    if (this.#made && this.#made.tokens <= tokens) return this.#made.made;
    const made = tokens < leastCode ? this.#plain([]) : await this.#withCode(tokens);
    this.#made = { tokens, made };
    return made;
  }

  #plain(notes: readonly string[]): Made {
    return { message: { role: 'user', content: this.#question.message }, context: null, notes };
  }

  async #withCode(code: number): Promise<Made> {
    const { message, repos, file, line } = this.#question;
    const tokens = code + countTokens(message) + frameTokens;
    try {
      const options = { repos, file, line, tokens, before: this.#before };
      const context = await this.#surroundings.context(message, options, this.#signal);
      if (context.snippets.length === 0)
        return {
          ...this.#plain(['No code was found that goes with the question.', ...context.notes]),
          context,
        };
      return { message: { role: 'user', content: context.prompt }, context, notes: context.notes };
    } catch (error) {
      if (!(error instanceof LcadError) || error.kind !== 'BUDGET_TOO_SMALL') throw error;
      return this.#plain([`No code went with the question: ${error.message}`]);
    }
  }
}
