/**
 * The process that runs one model with llama.cpp. A process of its own: native code that crashes or runs out of memory
 * takes nothing else with it, and its memory is given back when it ends. It ends with the daemon.
 */
import { messageOf } from '../../shared/errors.js';
import { Engine, LoadFailed, type Output } from './engine.js';
import { type LlamaCommand, type LlamaReport, windowChars } from './messages.js';
import { PromptRefused } from './prompt.js';

/** A request's output, with as much on its way as the daemon has asked for. */
class Job implements Output {
  readonly #id: number;
  readonly #abort = new AbortController();
  #unread = 0;
  #resume: (() => void) | null = null;

  constructor(id: number) {
    this.#id = id;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  send({ type, text }: { type: 'text' | 'thinking'; text: string }): Promise<void> | undefined {
    post({ type, id: this.#id, text });
    this.#unread += text.length;
    if (this.#unread < windowChars || this.signal.aborted) return undefined;
    return new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  taken(chars: number): void {
    this.#unread -= chars;
    if (this.#unread < windowChars) this.#go();
  }

  cancel(): void {
    this.#abort.abort();
    this.#go();
  }

  #go(): void {
    this.#resume?.();
    this.#resume = null;
  }
}

const jobs = new Map<number, Job>();
let engine: Promise<Engine> | null = null;

function post(report: LlamaReport, written?: () => void): void {
  if (!process.connected) process.exit(0);
  process.send?.(report, undefined, undefined, () => written?.());
}

async function load(command: Extract<LlamaCommand, { type: 'load' }>): Promise<void> {
  engine = Engine.load(command);
  try {
    await engine;
    post({ type: 'ready' });
  } catch (error) {
    const why = error instanceof LoadFailed ? error.why : 'binary';
    post({ type: 'failed', why, message: messageOf(error) }, () => process.exit(1));
  }
}

async function generate({
  id,
  prompt,
  sampling,
}: Extract<LlamaCommand, { type: 'generate' }>): Promise<void> {
  const job = new Job(id);
  jobs.set(id, job);
  try {
    const ready = await engine;
    if (ready === null) throw new Error('no model was loaded');
    const outcome = await ready.generate(prompt, sampling, job);
    if (!job.signal.aborted) post({ type: 'end', id, ...outcome });
  } catch (error) {
    if (!job.signal.aborted) {
      post({ type: 'error', id, refused: error instanceof PromptRefused, message: messageOf(error) });
    }
  } finally {
    jobs.delete(id);
  }
}

function obey(command: LlamaCommand): void {
  if (command.type === 'load') void load(command);
  else if (command.type === 'generate') void generate(command);
  else if (command.type === 'cancel') jobs.get(command.id)?.cancel();
  else jobs.get(command.id)?.taken(command.chars);
}

process.on('message', (message) => obey(message as LlamaCommand));
process.on('disconnect', () => process.exit(0));
// The daemon decides when to end; a Ctrl-C meant for it reaches this process as well.
process.on('SIGINT', () => undefined);
