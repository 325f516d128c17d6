import type { InferenceConfig } from '../../protocol/inference-config.js';
import { LcadError } from '../../shared/errors.js';
import type { Guard, Guards } from '../guard/contract.js';
import type { InferenceOutcome, Metrics } from '../metrics/contract.js';
import type {
  Ending,
  InferenceEvent,
  InferenceTask,
  InferenceTimings,
  Provider,
  ProviderEvent,
  ProviderRequest,
  Target,
  ToolCall,
  Usage,
} from './contract.js';
import type { Slot } from './scheduler/lanes.js';
import { TimedStream } from './stream.js';

/** Characters that a server may send for a token asked for, and at least: more is a server that does not stop. */
const mostCharsPerToken = 64;
const mostCharsAnyway = 64 << 10;
/** The same where no number of tokens was asked for. */
const mostChars = 8 << 20;

const noUsage: Usage = { promptTokens: null, outputTokens: null, cachedTokens: null };

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** A request that has its slot. */
interface Stretch {
  readonly provider: Provider;
  readonly target: Target;
  readonly request: ProviderRequest;
  readonly slot: Slot;
  readonly limits: Pick<InferenceConfig, 'firstTokenMs' | 'idleMs'>;
}

/** One generation from being asked for to its end, over as many servers as it takes; and its record. */
export class Run {
  readonly #task: InferenceTask;
  readonly #signal: AbortSignal;
  readonly #guards: Guards;
  readonly #metrics: Metrics;
  readonly #startedAt = performance.now();
  #target: Target | null = null;
  #queueMs = 0;
  #firstTokenMs: number | null = null;
  #firstTokenAt: number | null = null;
  #outcome: InferenceOutcome = 'cancelled';
  /** Pieces of text that came, and those that were passed on. */
  #pieces = 0;
  #shown = 0;
  #outputTokens: number | null = null;

  constructor(
    task: InferenceTask,
    signal: AbortSignal,
    { guards, metrics }: { guards: Guards; metrics: Metrics },
  ) {
    this.#task = task;
    this.#signal = signal;
    this.#guards = guards;
    this.#metrics = metrics;
  }

  /** Whether a server has sent its first event: from then on the run is this server's. */
  get begun(): boolean {
    return this.#firstTokenMs !== null;
  }

  /** Sends the request, and passes on what comes. The slot is free again when the server is done with it. */
  async *stream(stretch: Stretch): AsyncGenerator<InferenceEvent, void, undefined> {
    const { provider, target, request, slot, limits } = stretch;
    const sentAt = performance.now();
    this.#target = target;
    this.#queueMs += slot.queueMs;
    const stream = new TimedStream(
      (signal) => provider.generate(target.capabilities.model, request, signal),
      {
        who: `${target.upstream} (${provider.origin})`,
        signal: this.#signal,
        firstTokenMs: this.#task.firstTokenMs ?? limits.firstTokenMs,
        idleMs: this.#task.idleMs ?? limits.idleMs,
        onClosed: () => slot.release(),
      },
    );
    try {
      const event = await stream.next();
      if (!event) throw endedEarly(target);
      this.#firstTokenAt = performance.now();
      this.#firstTokenMs = this.#firstTokenAt - sentAt;
      yield { is: 'begin', target, timings: this.#timings() };
      yield* this.#pass(stream, event, { target, request });
    } finally {
      await stream.close();
    }
  }

  /** The run ends with an error. */
  failed(error: unknown): void {
    if (error instanceof LcadError && error.kind === 'OUTPUT_STOPPED') {
      this.#outcome = 'guarded';
      const { reason } = error.details;
      if (reason === 'secret' || reason === 'licence') this.#metrics.guardHit(reason);
      return;
    }
    if (this.#signal.aborted) {
      const reason: unknown = this.#signal.reason;
      const isSuperseded = reason instanceof LcadError && reason.details.superseded === true;
      this.#outcome = isSuperseded ? 'superseded' : 'cancelled';
      return;
    }
    this.#outcome = error instanceof LcadError && error.kind === 'BUSY' ? 'busy' : 'failed';
  }

  /** Writes the record; called once, at the end. */
  ended(): void {
    const tokens = this.#outputTokens ?? this.#pieces;
    const firstTokenAt = this.#firstTokenAt;
    this.#metrics.inference({
      upstream: this.#target?.upstream ?? '',
      model: this.#target?.capabilities.model ?? '',
      class: this.#task.class,
      outcome: this.#outcome,
      queueMs: this.#target ? this.#queueMs : null,
      firstTokenMs: this.#firstTokenMs,
      writingMs: firstTokenAt === null ? null : performance.now() - firstTokenAt,
      outputTokens: tokens,
      wastedTokens: this.#wasted(tokens),
    });
  }

  async *#pass(
    stream: TimedStream,
    first: ProviderEvent,
    { target, request }: { target: Target; request: ProviderRequest },
  ): AsyncGenerator<InferenceEvent, void, undefined> {
    const most = request.maxTokens
      ? Math.max(mostCharsAnyway, request.maxTokens * mostCharsPerToken)
      : mostChars;
    const text = this.#guards.open();
    // One for all of its stretches: what is apart in time may be read together.
    let thinking: Guard | null = null;
    let chars = 0;
    let event: ProviderEvent | null = first;
    for (; event && event.is !== 'end' && chars <= most; event = await stream.next()) {
      // The reader may have been told meanwhile that nobody wants it any more.
      if (this.#signal.aborted) throw this.#signal.reason;
      if (event.is === 'tool') {
        await this.#check(event.call);
        yield event;
        continue;
      }
      this.#pieces++;
      chars += event.text.length;
      if (event.is === 'thinking') thinking ??= this.#guards.open();
      const guard = event.is === 'thinking' ? thinking : text;
      if (!guard) {
        this.#shown = this.#pieces;
        yield event;
        continue;
      }
      const pushed = guard.push(event.text);
      const seen = typeof pushed === 'string' ? pushed : await pushed;
      if (!seen) continue;
      this.#shown = this.#pieces;
      yield seen === event.text ? event : { is: event.is, text: seen };
    }
    const restThought = thinking ? await thinking.end() : '';
    if (restThought) yield { is: 'thinking', text: restThought };
    const rest = text ? await text.end() : '';
    if (rest) yield { is: 'text', text: rest };
    if (!event) throw endedEarly(target);
    this.#shown = this.#pieces;
    const end: Ending = event.is === 'end' ? event : { reason: 'length', usage: noUsage };
    const { reason, said, usage } = end;
    this.#outputTokens = usage.outputTokens;
    await stream.close();
    this.#outcome = 'done';
    yield { is: 'end', reason, said, usage, timings: this.#timings(), target };
  }

  /** A call is all there when it comes: it is let through or it is not. @throws OUTPUT_STOPPED */
  async #check({ name, arguments: values }: ToolCall): Promise<void> {
    const guard = this.#guards.open();
    // As it is meant and not as it is written in JSON: keys and code have lines.
    const text = JSON.stringify(values).replaceAll(
      /\\([nrt"\\])/g,
      (_, sign: string) => escapes[sign] ?? sign,
    );
    await guard?.push(`${name} ${text}`);
    await guard?.end();
  }

  #timings(): InferenceTimings {
    return {
      queueMs: this.#queueMs,
      firstTokenMs: this.#firstTokenMs,
      totalMs: performance.now() - this.#startedAt,
    };
  }

  /** Of a completion that did not come to its end nothing is used; of other work, what was passed on. */
  #wasted(tokens: number): number {
    if (this.#outcome === 'done') return 0;
    if (this.#outcome === 'superseded' || this.#task.class === 'completion') return tokens;
    return Math.max(0, this.#pieces - this.#shown);
  }
}

function endedEarly({ upstream }: Target): LcadError {
  return new LcadError(
    'PROVIDER_BAD_REPLY',
    `${upstream} ended its answer without saying that it was the end.`,
  );
}
