import { availableParallelism } from 'node:os';
import type * as Llama from 'node-llama-cpp';
import { messageOf, systemCode } from '../../shared/errors.js';
import type { LlamaFailure, LlamaLoad, LlamaPrompt, LlamaSampling } from './messages.js';
import { PromptMaker, type PromptTokens } from './prompt.js';
import { firstStep, nextStep } from './steps.js';
import { AnswerStream, type StreamPart, Utf8Joiner } from './text-stream.js';

/** Most tokens that are read between two looks at whether the request is still wanted. */
const batchTokens = 256;
const keptLogLines = 3;

/** A model that could not be loaded. */
export class LoadFailed extends Error {
  readonly why: LlamaFailure;
  constructor(why: LlamaFailure, message: string) {
    super(message);
    this.why = why;
  }
}

/** Where a request's output goes. */
export interface Output {
  readonly signal: AbortSignal;
  /** Resolves when more may be sent. */
  send(part: StreamPart): Promise<void> | undefined;
}

export interface Outcome {
  readonly reason: 'stop' | 'length';
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
}

/** A loaded model with its slots. */
export class Engine {
  readonly #model: Llama.LlamaModel;
  readonly #prompts: PromptMaker;
  readonly #free: Llama.LlamaContextSequence[];
  readonly #waiting: ((sequence: Llama.LlamaContextSequence) => void)[] = [];
  /** A token with a text: before others it makes their leading space stay. */
  readonly #anchor: readonly Llama.Token[];
  /** Tokens of a prompt to be read at once, by how long the last ones took. */
  #step = firstStep;

  private constructor(library: typeof Llama, context: Llama.LlamaContext) {
    this.#model = context.model;
    this.#prompts = new PromptMaker(library, this.#model);
    this.#free = Array.from({ length: context.totalSequences }, () => context.getSequence());
    this.#anchor = this.#model.tokenize('x', false).slice(-1);
  }

  /** @throws LoadFailed */
  static async load(options: LlamaLoad): Promise<Engine> {
    const library = await importLibrary();
    const threads = options.threads || Math.max(1, Math.floor(availableParallelism() / 2));
    const log: string[] = [];
    const llama = await getLlama(library, threads, log);
    try {
      const model = await llama.loadModel({ modelPath: options.file });
      const context = await model.createContext({
        sequences: options.slots,
        contextSize: options.contextTokens,
        batchSize: Math.min(batchTokens, options.contextTokens) * options.slots,
        threads,
      });
      return new Engine(library, context);
    } catch (error) {
      const memory = error instanceof library.InsufficientMemoryError || /memory/i.test(messageOf(error));
      const said = [messageOf(error), ...log.slice(-keptLogLines).map((line) => line.trim())].join('; ');
      throw new LoadFailed(memory ? 'memory' : 'file', said);
    }
  }

  /** Answers one request in the next free slot. @throws PromptRefused, the signal's reason */
  async generate(prompt: LlamaPrompt, sampling: LlamaSampling, output: Output): Promise<Outcome> {
    const [first] = this.#free;
    const sequence = first === undefined ? await this.#slot(output.signal) : undefined;
    const contextSize = (sequence ?? first)?.contextSize ?? 0;
    let taken = sequence;
    try {
      output.signal.throwIfAborted();
      const made = this.#prompts.make(
        prompt,
        contextSize - Math.min(sampling.maxTokens ?? 1, contextSize / 2),
      );
      taken ??= this.#best(made.tokens);
      return await this.#answer(taken, made, sampling, output);
    } finally {
      if (taken !== undefined) this.#release(taken);
    }
  }

  /** Of the free slots the one that has most of the prompt already. */
  #best(tokens: Llama.Token[]): Llama.LlamaContextSequence {
    const known = this.#free.map((sequence) => sequence.compareContextTokens(tokens).firstDifferentIndex);
    const [sequence] = this.#free.splice(known.indexOf(Math.max(...known)), 1);
    if (sequence === undefined) throw new Error('there is no free slot');
    return sequence;
  }

  #slot(signal: AbortSignal): Promise<Llama.LlamaContextSequence> {
    return new Promise((resolve, reject) => {
      const give = (sequence: Llama.LlamaContextSequence): void => {
        signal.removeEventListener('abort', leave);
        resolve(sequence);
      };
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(give), 1);
        reject(signal.reason);
      };
      this.#waiting.push(give);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  #release(sequence: Llama.LlamaContextSequence): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(sequence);
    else next(sequence);
  }

  async #answer(
    sequence: Llama.LlamaContextSequence,
    made: PromptTokens,
    sampling: LlamaSampling,
    output: Output,
  ): Promise<Outcome> {
    const { tokens } = made;
    await sequence.adaptStateToTokens(tokens.slice(0, -1), false);
    const cachedTokens = sequence.nextTokenIndex;
    let at = cachedTokens;
    while (at + this.#step < tokens.length) {
      output.signal.throwIfAborted();
      const part = tokens.slice(at, at + this.#step);
      const from = performance.now();
      await sequence.evaluateWithoutGeneratingNewTokens(part);
      at += part.length;
      this.#step = nextStep(part.length, performance.now() - from, batchTokens);
    }
    output.signal.throwIfAborted();
    const room = sequence.contextSize - tokens.length;
    const most = Math.min(sampling.maxTokens ?? room, room);
    const text = new Utf8Joiner<Llama.Token>((held) => this.#model.detokenize(held, false, this.#anchor));
    const stream = new AnswerStream([...sampling.stop, ...made.stopTexts], made.thinking);
    const counts = { promptTokens: tokens.length, cachedTokens };
    let outputTokens = 0;
    let reason: Outcome['reason'] = 'length';
    const next = sequence.evaluate(tokens.slice(at), { ...options(sampling), yieldEogToken: true });
    for await (const token of next) {
      output.signal.throwIfAborted();
      outputTokens += 1;
      const over = this.#model.isEogToken(token) || made.stopTokens.has(token);
      const { parts, stopped } = over ? { parts: [], stopped: true } : stream.push(text.push(token));
      for (const part of parts) await output.send(part);
      if (stopped) reason = 'stop';
      if (stopped && !over) return { reason, outputTokens, ...counts };
      if (over || outputTokens >= most) break;
    }
    const last = stream.push(text.end());
    for (const part of [...last.parts, ...(last.stopped ? [] : stream.end())]) await output.send(part);
    return { reason, outputTokens, ...counts };
  }
}

function options({ temperature, topP, seed }: LlamaSampling): Llama.SequenceEvaluateOptions {
  return {
    ...(temperature === null ? {} : { temperature }),
    ...(topP === null ? {} : { topP }),
    ...(seed === null ? {} : { seed }),
  };
}

async function importLibrary(): Promise<typeof Llama> {
  try {
    return await import('node-llama-cpp');
  } catch (error) {
    const absent = systemCode(error) === 'ERR_MODULE_NOT_FOUND';
    throw new LoadFailed(absent ? 'absent' : 'binary', messageOf(error));
  }
}

/** llama.cpp on the best device that there is a ready-made binary for; nothing is built or fetched. */
async function getLlama(library: typeof Llama, threads: number, log: string[]): Promise<Llama.Llama> {
  const common = {
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    maxThreads: threads,
    logLevel: library.LlamaLogLevel.error,
    logger: (_level: Llama.LlamaLogLevel, message: string) => {
      log.push(message);
      if (log.length > keptLogLines) log.shift();
    },
  } as const;
  try {
    return await library.getLlama({ ...common, gpu: 'auto' });
  } catch (error) {
    log.push(messageOf(error));
  }
  try {
    return await library.getLlama({ ...common, gpu: false });
  } catch (error) {
    throw new LoadFailed('binary', messageOf(error));
  }
}
