import { LcadError } from '../../shared/errors.js';
import type { FinishReason, InferenceEvent, Target, Usage } from '../inference/contract.js';
import type { PostProcessor } from './post.js';

/** How a completion ended. */
export interface Finished {
  /** All of it, from where it was asked for. */
  readonly text: string;
  readonly target: Target;
  readonly reason: FinishReason;
  readonly usage: Usage;
  readonly queueMs: number;
  readonly firstTokenMs: number | null;
  readonly totalMs: number;
  readonly notes: readonly string[];
}

/** Who waits for a completion: one request at a time. */
export interface Listener {
  /** What was typed since the completion was asked for: it must begin with that. */
  readonly typed: string;
  readonly signal: AbortSignal;
  readonly onBegin?: ((target: Target) => Promise<void> | undefined) | undefined;
  /** Gets what comes behind what was typed. What it returns is waited for before more is read from the server. */
  readonly onText?: ((text: string) => Promise<void> | undefined) | undefined;
}

export interface StreamParts {
  readonly events: (signal: AbortSignal) => AsyncIterable<InferenceEvent>;
  /** Made for the target that was chosen, before its first event. */
  readonly post: () => PostProcessor;
  readonly notes: () => readonly string[];
}

interface Joined extends Listener {
  sent: number;
  readonly settle: (outcome: Finished | 'diverged' | { readonly error: unknown }) => void;
}

const noUsage: Usage = { promptTokens: null, outputTokens: null, cachedTokens: null };

/** One completion that a server writes, for whoever waits for it: as long as somebody does, or may. */
export class CompletionStream {
  readonly #parts: StreamParts;
  readonly #stop = new AbortController();
  readonly #started = performance.now();
  #post: PostProcessor | null = null;
  #target: Target | null = null;
  #queueMs = 0;
  #firstTokenMs: number | null = null;
  #joined: Joined | null = null;
  #grace: NodeJS.Timeout | undefined;
  #finished: Finished | null = null;
  #failed = false;

  constructor(parts: StreamParts) {
    this.#parts = parts;
  }

  get finished(): Finished | null {
    return this.#finished;
  }

  /** It can still be joined. */
  get usable(): boolean {
    return !this.#failed && !this.#stop.signal.aborted;
  }

  get running(): boolean {
    return this.usable && !this.#finished;
  }

  /** Asks the server. The listener must join in the same turn. */
  start(): void {
    void this.#run();
  }

  /** What was typed may still turn out to be what is written. */
  fits(typed: string): boolean {
    const written = this.#post?.text ?? '';
    if (this.#finished) return written.length > typed.length && written.startsWith(typed);
    return this.running && (written.startsWith(typed) || typed.startsWith(written));
  }

  /**
   * Waits for the end, passing on what is written.
   * @returns 'diverged' if something else than what was typed is written
   * @throws what the inference throws; the listener's signal's reason
   */
  join(listener: Listener): Promise<Finished | 'diverged'> {
    clearTimeout(this.#grace);
    return new Promise((resolve, reject) => {
      const onAbort = () => joined.settle({ error: listener.signal.reason });
      const joined: Joined = {
        ...listener,
        sent: listener.typed.length,
        settle: (outcome) => {
          listener.signal.removeEventListener('abort', onAbort);
          if (this.#joined === joined) this.#joined = null;
          if (typeof outcome === 'object' && 'error' in outcome) reject(outcome.error);
          else resolve(outcome);
        },
      };
      this.#joined = joined;
      if (listener.signal.aborted) onAbort();
      else listener.signal.addEventListener('abort', onAbort, { once: true });
      this.#catchUp(joined).catch((error: unknown) => joined.settle({ error }));
    });
  }

  /** Ends it, unless somebody joins within some milliseconds. */
  release(reason: unknown, graceMs: number): void {
    if (!this.running) return;
    clearTimeout(this.#grace);
    if (graceMs <= 0) this.abort(reason);
    else this.#grace = setTimeout(() => this.#joined ?? this.abort(reason), graceMs);
  }

  /** Ends the server's work at once. */
  abort(reason: unknown): void {
    clearTimeout(this.#grace);
    if (!this.running) return;
    this.#stop.abort(reason);
    this.#joined?.settle({ error: reason });
  }

  async #catchUp(joined: Joined): Promise<void> {
    if (this.#target) await joined.onBegin?.(this.#target);
    await this.#pass();
    if (this.#finished && this.#joined === joined) joined.settle(this.#finished);
  }

  async #run(): Promise<void> {
    try {
      for await (const event of this.#parts.events(this.#stop.signal)) {
        if (await this.#take(event)) break;
      }
      if (!this.#finished) this.#finish('stop', noUsage);
      const finished = this.#finished as Finished | null;
      if (!finished) throw new LcadError('PROVIDER_BAD_REPLY', 'The model server ended without an answer.');
      this.#joined?.settle(finished);
    } catch (error) {
      this.#failed = true;
      this.#joined?.settle({ error });
    }
  }

  /** True if the rest is of no interest. */
  async #take(event: InferenceEvent): Promise<boolean> {
    if (event.is === 'begin') {
      this.#target = event.target;
      this.#queueMs = event.timings.queueMs;
      this.#firstTokenMs = event.timings.firstTokenMs;
      this.#post = this.#parts.post();
      await this.#joined?.onBegin?.(event.target);
    } else if (event.is === 'text') {
      this.#post ??= this.#parts.post();
      this.#post.push(event.text);
      await this.#pass();
      if (this.#post.done) this.#finish('stop', noUsage);
      return this.#post.done;
    } else if (event.is === 'end') {
      this.#target = event.target;
      this.#queueMs = event.timings.queueMs;
      this.#firstTokenMs = event.timings.firstTokenMs;
      this.#post ??= this.#parts.post();
      this.#post.end();
      this.#finish(event.reason, event.usage);
      await this.#pass();
    }
    return false;
  }

  #finish(reason: FinishReason, usage: Usage): void {
    if (!this.#target || !this.#post) return;
    this.#finished = {
      text: this.#post.text,
      target: this.#target,
      reason,
      usage,
      queueMs: this.#queueMs,
      firstTokenMs: this.#firstTokenMs,
      totalMs: performance.now() - this.#started,
      notes: this.#parts.notes(),
    };
  }

  /** Gives the listener what it has not had, or tells it that this is not what was typed. */
  async #pass(): Promise<void> {
    const joined = this.#joined;
    if (!joined) return;
    if (!this.fits(joined.typed) && joined.typed !== '') {
      joined.settle('diverged');
      return;
    }
    const written = this.#post?.text ?? '';
    if (written.length <= joined.sent) return;
    const more = written.slice(joined.sent);
    joined.sent = written.length;
    await joined.onText?.(more);
  }
}
