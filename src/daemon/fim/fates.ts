import { LRUCache } from 'lru-cache';
import type { CompletionFeedbackParams } from '../../protocol/complete.js';
import type { Metrics } from '../metrics/contract.js';
import type { Overlay } from '../overlay/contract.js';

/** A completion that a client was given. */
export interface Given {
  /** Canonical path of its file. */
  readonly file: string;
  /** The beginning of its line, and what was to be inserted. */
  readonly text: string;
  readonly client: string;
  /** What the model wrote: the same for what is left of it while somebody types along. */
  readonly written: object;
}

/** Completions whose fate can be told. */
const mostGiven = 2_000;
/** Accepted ones that are looked at later. */
const mostWaiting = 500;
const keptMs = 30_000;

/** Counts what becomes of completions: what clients say, and whether an accepted one is still there after 30 seconds. */
export class Fates {
  readonly #metrics: Metrics;
  readonly #afterMs: number;
  readonly #given = new LRUCache<string, Given>({ max: mostGiven });
  /** Of what models wrote: who said what of it. */
  readonly #told = new WeakMap<object, Set<string>>();
  readonly #waiting = new Set<NodeJS.Timeout>();

  /** @param afterMs when an accepted completion is looked at again */
  constructor(metrics: Metrics, afterMs = keptMs) {
    this.#metrics = metrics;
    this.#afterMs = afterMs;
  }

  give(id: string, given: Given): void {
    this.#given.set(id, given);
  }

  /**
   * A client tells what it did. What is told twice counts once, also of two parts of what was written, and what is told of
   * a completion that is not known counts nothing.
   */
  tell({ id, event }: CompletionFeedbackParams, client: string, overlay: Overlay): void {
    const given = this.#given.get(id);
    if (!given || given.client !== client || !this.#isNews(given, event)) return;
    this.#metrics.completion(event);
    if (event !== 'accepted' || this.#waiting.size >= mostWaiting) return;
    const timer = setTimeout(() => {
      this.#waiting.delete(timer);
      const buffer = overlay.get(given.file);
      // Of a document that is closed by then nothing is known.
      if (!buffer) return;
      const text = buffer.text.includes('\r') ? buffer.text.replace(/\r\n/g, '\n') : buffer.text;
      this.#metrics.completion(text.includes(given.text) ? 'kept' : 'changed');
    }, this.#afterMs);
    timer.unref();
    this.#waiting.add(timer);
  }

  #isNews({ written, client }: Given, event: string): boolean {
    const told = this.#told.get(written) ?? new Set();
    this.#told.set(written, told);
    const before = told.size;
    return told.add(`${event} ${client}`).size > before;
  }

  close(): void {
    for (const timer of this.#waiting) clearTimeout(timer);
    this.#waiting.clear();
  }
}
