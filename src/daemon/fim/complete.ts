import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { CompleteParams, CompleteResult, CompletionFeedbackParams } from '../../protocol/complete.js';
import type { CompletionItem } from '../../protocol/completion-context.js';
import { LcadError } from '../../shared/errors.js';
import type { Inference, InferenceTask, Target } from '../inference/contract.js';
import type { Metrics } from '../metrics/contract.js';
import type { Overlay } from '../overlay/contract.js';
import { type Burst, countRequest, quiet } from './burst.js';
import { Fates } from './fates.js';
import { PostProcessor } from './post.js';
import { type Asking, type FimClient, type Made, madeOf, type PromptSources, windowsOf } from './prompt.js';
import { type FimRequest, fimRequest } from './request.js';
import { type Answer, completeResult } from './result.js';
import { CompletionStream, type Finished, type Listener } from './stream.js';
import { answerEnds } from './templates.js';
import { type Around, placeKey, typedSince } from './typed.js';

export interface FimServiceOptions extends PromptSources {
  readonly inference: Inference;
  readonly metrics: Metrics;
  /** See `Fates`. */
  readonly keptMs?: number;
}

/** What is passed on while a model writes. What it returns is waited for. */
export interface Show {
  begin(target: Target): Promise<void> | undefined;
  text(text: string): Promise<void> | undefined;
}

/** One document of one client. */
interface Document extends Burst {
  /** Ends the request under way. */
  current: AbortController | null;
  stream: { readonly of: CompletionStream; readonly around: Around; readonly asked: string } | null;
  selection: readonly CompletionItem[];
}

interface Request extends Asking {
  readonly show: Show | undefined;
  /** What but the place tells requests apart. */
  readonly asked: string;
}

const mostDocuments = 500;
const mostCached = 500;
const cachedMs = 120_000;
/** A client that cancels often asks again at once; and the request that supersedes another soon knows whether it joins. */
const cancelGraceMs = 20;
const supersedeGraceMs = 200;
/** A document is read ahead by a server no more often. */
const warmMs = 60_000;

/** Completes code where a cursor is, for clients that ask with every key. */
export class FimService {
  readonly #options: FimServiceOptions;
  readonly #documents: LRUCache<string, Document>;
  readonly #cache = new LRUCache<string, Finished>({ max: mostCached, ttl: cachedMs });
  readonly #fates: Fates;
  readonly #warmed = new LRUCache<string, true>({ max: mostDocuments, ttl: warmMs });
  readonly #closed = new AbortController();
  /** The document that is read ahead. */
  #warming: AbortController | null = null;
  /** Counts the configurations: what was written under an earlier one is shown no more. */
  #configuration = 0;

  constructor(options: FimServiceOptions) {
    this.#options = options;
    this.#fates = new Fates(options.metrics, options.keptMs);
    this.#documents = new LRUCache<string, Document>({
      max: mostDocuments,
      dispose: ({ stream }) => stream?.of.abort(superseded()),
    });
  }

  /**
   * Completes at one place. A newer request of the same client for the same file ends the older one.
   *
   * @param show gets the text as it comes; all of it is in the result too
   * @throws REQUEST_CANCELLED with `details.superseded`, what the context and the inference throw, the signal's reason
   */
  async complete(
    params: CompleteParams,
    client: FimClient,
    signal: AbortSignal,
    show?: Show,
  ): Promise<CompleteResult> {
    signal.throwIfAborted();
    const from = performance.now();
    const document = this.#document(client.id, params.file);
    document.current?.abort(superseded());
    const own = new AbortController();
    document.current = own;
    const both = AbortSignal.any([signal, own.signal]);
    try {
      const request = { params, client, show, signal: both, asked: this.#askedOf(params) };
      const { answer, around } = await this.#answer(document, request);
      const totalMs = performance.now() - from;
      const result = completeResult(answer, params, { id: randomUUID(), totalMs });
      const line = around.prefix.slice(around.prefix.lastIndexOf('\n') + 1);
      const text = `${line}${result.text}`;
      const given = { file: params.file, text, client: client.id, written: answer.finished };
      if (result.text !== '') this.#fates.give(result.id, given);
      return result;
    } catch (error) {
      const graceMs = own.signal.aborted ? supersedeGraceMs : isGone(signal) ? 0 : cancelGraceMs;
      // A newer request has its own say about what is written.
      const isLatest = document.current === own || document.current === null;
      if (isLatest) document.stream?.of.release(both.reason ?? error, graceMs);
      throw both.aborted ? both.reason : error;
    } finally {
      if (document.current === own) document.current = null;
    }
  }

  /**
   * If the configuration says so, has a server read the text around the place of a document that was edited or looked at
   * last, so that the first completion there comes sooner: one document at a time, the newest. What fails here fails again,
   * and is told, when it is needed.
   */
  async warm(overlay: Overlay, file: string): Promise<void> {
    const buffer = overlay.get(file);
    if (!this.#options.settings().warmUp || !buffer || this.#warmed.has(buffer.uri)) return;
    this.#warmed.set(buffer.uri, true);
    this.#warming?.abort(superseded());
    const own = new AbortController();
    this.#warming = own;
    const lines = buffer.text.split('\n');
    const viewed = overlay.views.find(({ path }) => path === file)?.line ?? 1;
    const line = Math.min(lines.length, buffer.edits[0]?.endLine ?? viewed);
    const column = (lines[line - 1]?.replace(/\r$/, '').length ?? 0) + 1;
    const params = { file, line, column, text: buffer.text, maxTokens: 1 };
    const signal = AbortSignal.any([own.signal, this.#closed.signal]);
    const asking = { params, client: { id: 'warm-up', overlay }, signal };
    try {
      const made = await madeOf(this.#options, asking, await windowsOf(this.#options, asking), []);
      const { task } = this.#task(asking, made, 'chat');
      for await (const event of this.#options.inference.run(task, signal)) if (event.is === 'text') break;
    } catch (error) {
      if (!(error instanceof LcadError)) throw error;
    } finally {
      if (this.#warming === own) this.#warming = null;
    }
  }

  /** The configuration has changed: another model may write from now on. A request under way ends as it began. */
  reconfigured(): void {
    this.#configuration++;
    this.#cache.clear();
    this.#warmed.clear();
  }

  /** A client tells what became of a completion. */
  feedback(params: CompletionFeedbackParams, client: FimClient): void {
    this.#fates.tell(params, client.id, client.overlay);
  }

  /** Forgets a client's documents and ends what is written for them. */
  forget(client: string): void {
    for (const key of [...this.#documents.keys()]) {
      if (key.startsWith(`${client}\0`)) this.#documents.delete(key);
    }
  }

  close(): void {
    this.#closed.abort(new LcadError('SHUTTING_DOWN', 'The daemon is shutting down.'));
    this.#documents.clear();
    this.#fates.close();
  }

  #askedOf({ lines, maxTokens, useContext, model, upstream }: CompleteParams): string {
    return JSON.stringify([this.#configuration, lines, maxTokens, useContext, model, upstream]);
  }

  #document(client: string, file: string): Document {
    const key = `${client}\0${file}`;
    const known = this.#documents.get(key);
    if (known) return known;
    const made: Document = { current: null, stream: null, selection: [], last: null, starts: 0 };
    this.#documents.set(key, made);
    return made;
  }

  async #answer(document: Document, request: Request): Promise<{ answer: Answer; around: Around }> {
    const { params, signal, asked, show } = request;
    const around = await windowsOf(this.#options, request);
    signal.throwIfAborted();
    countRequest(document, asked, params.line);
    const joined = await this.#join(document, request, around);
    if (joined) return { answer: joined, around };
    document.stream?.of.abort(superseded());
    const key = placeKey(`${params.file}\0${asked}`, around);
    const cached = this.#cache.get(key);
    if (cached) {
      this.#options.metrics.reused('cache');
      await show?.begin(cached.target);
      await show?.text(cached.text);
      return { answer: { finished: cached, typed: '', source: 'cache', contextMs: 0 }, around };
    }
    await quiet(document, signal);
    const made = await madeOf(this.#options, request, around, document.selection);
    signal.throwIfAborted();
    document.selection = made.items;
    const finished = await this.#start(document, request, around, made);
    this.#cache.set(key, finished);
    return { answer: { finished, typed: '', source: 'model', contextMs: made.contextMs }, around };
  }

  /** Goes on with what is, or was, written for the same document, if it begins with what was typed; else null. */
  async #join(document: Document, request: Request, around: Around): Promise<Answer | null> {
    const { stream } = document;
    if (!stream || stream.asked !== request.asked || !stream.of.usable) return null;
    const typed = typedSince(stream.around, around);
    if (typed === null || !stream.of.fits(typed)) return null;
    const source = stream.of.finished ? 'cache' : 'stream';
    const finished = await stream.of.join(listenerOf(request, typed));
    if (finished === 'diverged') return null;
    this.#options.metrics.reused(source);
    return { finished, typed, source, contextMs: 0 };
  }

  async #start(document: Document, request: Request, around: Around, made: Made): Promise<Finished> {
    const { asked, signal } = request;
    const { task, asks } = this.#task(request, made, 'completion');
    const { prefix, suffix } = around;
    const of = new CompletionStream({
      events: (stop) => this.#options.inference.run(task, stop),
      post: () => {
        const specials = answerEnds(asks()?.family ?? null);
        return new PostProcessor({ prefix, suffix, lines: made.lines, specials });
      },
      notes: () => [...made.notes, ...(asks()?.notes ?? [])],
    });
    document.stream = { of, around, asked };
    document.starts++;
    const finished = of.join(listenerOf(request, ''));
    of.start();
    const outcome = await finished;
    signal.throwIfAborted();
    // Nothing was typed: there is nothing that it could differ from.
    if (outcome === 'diverged') throw superseded();
    return outcome;
  }

  /** @returns as well: what the server that was chosen is asked; null before one is */
  #task({ params, client }: Asking, { input, lines }: Made, urgency: 'completion' | 'chat') {
    const { maxTokens, temperature, firstTokenMs } = this.#options.settings();
    const choices = { maxTokens: params.maxTokens ?? maxTokens, temperature, lines };
    let asks: FimRequest | null = null;
    const task: InferenceTask = {
      role: 'completion',
      class: urgency,
      client: client.id,
      upstream: params.upstream,
      model: params.model,
      firstTokenMs,
      make: (target) => {
        asks = fimRequest(target, input, choices);
        return asks.request;
      },
    };
    return { task, asks: (): FimRequest | null => asks };
  }
}

function listenerOf({ signal, show }: Request, typed: string): Listener {
  return {
    typed,
    signal,
    onBegin: (target) => show?.begin(target),
    onText: (text) => show?.text(text),
  };
}

function superseded(): LcadError {
  return new LcadError('REQUEST_CANCELLED', 'A newer request for the same document has taken its place.', {
    next: 'Nothing needs to be done: the newer request is answered.',
    details: { superseded: true },
  });
}

/** The client has gone, and asks no more. */
function isGone(signal: AbortSignal): boolean {
  return signal.reason instanceof LcadError && signal.reason.kind !== 'REQUEST_CANCELLED';
}
