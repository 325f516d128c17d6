import type * as Llama from 'node-llama-cpp';
import type { LlamaChatMessage, LlamaPrompt } from './messages.js';
import type { ThinkingMarks } from './text-stream.js';

/** A prompt as the model takes it. */
export interface PromptTokens {
  readonly tokens: Llama.Token[];
  readonly stopTokens: ReadonlySet<Llama.Token>;
  readonly stopTexts: readonly string[];
  readonly thinking: ThinkingMarks | null;
}

/** A request that can never be answered; its message is for the user. */
export class PromptRefused extends Error {}

/** Makes prompts for one model. */
export class PromptMaker {
  readonly #library: typeof Llama;
  readonly #model: Llama.LlamaModel;
  #wrapper: Llama.ChatWrapper | null = null;

  constructor(library: typeof Llama, model: Llama.LlamaModel) {
    this.#library = library;
    this.#model = model;
  }

  /**
   * @param room tokens that the prompt may have; texts of other files are left out to keep within it
   * @throws PromptRefused
   */
  make(prompt: LlamaPrompt, room: number): PromptTokens {
    const made = this.#made(prompt, room);
    if (made.tokens.length > room) {
      throw new PromptRefused(`The prompt has ${made.tokens.length} tokens, and there is room for ${room}`);
    }
    return made;
  }

  #made(prompt: LlamaPrompt, room: number): PromptTokens {
    if (prompt.is === 'chat') return this.#chat(prompt.messages);
    const plain = { stopTexts: [], thinking: null };
    if (prompt.is === 'raw') {
      const tokens = this.#begun(this.#model.tokenize(prompt.prompt, true, 'trimLeadingSpace'));
      return { tokens, stopTokens: new Set(), ...plain };
    }
    return { ...this.#infill(prompt, room), ...plain };
  }

  #begun(tokens: Llama.Token[]): Llama.Token[] {
    const { bos, shouldPrependBosToken } = this.#model.tokens;
    return shouldPrependBosToken && bos !== null && tokens[0] !== bos ? [bos, ...tokens] : tokens;
  }

  /** By the model's own template, as far as node-llama-cpp knows what to make of it. */
  #chat(messages: readonly LlamaChatMessage[]): PromptTokens {
    this.#wrapper ??= this.#library.resolveChatWrapper(this.#model, { warningLogs: false });
    const chatHistory = messages.map(({ role, content }): Llama.ChatHistoryItem => {
      if (role === 'assistant') return { type: 'model', response: [content] };
      return { type: role, text: content };
    });
    chatHistory.push({ type: 'model', response: [] });
    const { contextText, stopGenerationTriggers } = this.#wrapper.generateContextState({ chatHistory });
    const stopTokens = new Set<Llama.Token>();
    const stopTexts: string[] = [];
    for (const trigger of stopGenerationTriggers) {
      const tokens = trigger.tokenize(this.#model.tokenizer);
      const special = tokens.find((token) => this.#model.isSpecialToken(token));
      if (special !== undefined) stopTokens.add(special);
      else stopTexts.push(this.#model.detokenize(tokens));
    }
    const tokens = this.#begun(contextText.tokenize(this.#model.tokenizer));
    const marked =
      this.#model.fileInfo.metadata.tokenizer?.chat_template?.includes(usualMarks.close) ?? false;
    const usual = marked
      ? {
          ...usualMarks,
          opened: this.#model.detokenize(tokens.slice(-8), true).trimEnd().endsWith(usualMarks.open),
        }
      : null;
    const thinking = thinkingMarks(this.#wrapper.settings.segments?.thought) ?? usual;
    return { tokens, stopTokens, stopTexts, thinking };
  }

  /** The form that llama.cpp's server uses: files first where the model has a token for them, then prefix, suffix, middle. */
  #infill(
    { prefix, suffix, extra }: Extract<LlamaPrompt, { is: 'infill' }>,
    room: number,
  ): { tokens: Llama.Token[]; stopTokens: Set<Llama.Token> } {
    const { infill } = this.#model.tokens;
    if (infill.prefix === null || infill.suffix === null) {
      throw new PromptRefused('The model has no tokens for filling in the middle');
    }
    const before = [infill.prefix, ...this.#part(prefix)];
    const after = [infill.suffix, ...this.#part(suffix)];
    const core = infill.middle === null ? [...after, ...before] : [...before, ...after, infill.middle];
    const separator = this.#special('<|file_sep|>') ?? this.#special('<file_sep>');
    const files: Llama.Token[] = [];
    let left = room - core.length - 1;
    for (const { filename, text } of [...extra].reverse()) {
      const file =
        separator === null ? this.#part(`${text}\n`) : [separator, ...this.#part(`${filename}\n${text}\n`)];
      if (file.length > left) break;
      left -= file.length;
      files.unshift(...file);
    }
    const stopTokens = new Set(
      [infill.prefix, infill.suffix, infill.middle, separator].filter((token) => token !== null),
    );
    return { tokens: this.#begun([...files, ...core]), stopTokens };
  }

  #part(text: string): Llama.Token[] {
    return text === '' ? [] : this.#model.tokenize(text, false, 'trimLeadingSpace');
  }

  #special(text: string): Llama.Token | null {
    const [token, ...more] = this.#model.tokenize(text, true);
    return token !== undefined && more.length === 0 && this.#model.isSpecialToken(token) ? token : null;
  }
}

/** What most models that think put around it; their templates tell by cutting it from earlier answers. */
const usualMarks = { open: '<think>', close: '</think>' };

type Thought = NonNullable<NonNullable<Llama.ChatWrapperSettings['segments']>['thought']>;

function thinkingMarks(thought: Thought | undefined): ThinkingMarks | null {
  if (thought === undefined) return null;
  const opened = typeof thought.prefix === 'object' && 'type' in thought.prefix;
  const open = opened ? '' : String(thought.prefix).trim();
  const close = String(thought.suffix ?? '').trim();
  return close === '' || (open === '' && !opened) ? null : { open, close, opened };
}
