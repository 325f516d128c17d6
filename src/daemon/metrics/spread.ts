import { createHistogram } from 'node:perf_hooks';
import type { Spread } from '../../protocol/metrics.js';

/** Two significant digits: 1 % off at most, and some 20 KB a histogram. */
const figures = 2;
const highest = 1e10;

/** A measure's distribution in bounded memory. */
export class Distribution {
  readonly #histogram = createHistogram({ lowest: 1, highest, figures });
  readonly #steps: number;
  #sum = 0;

  /** @param steps parts of 1 that are told apart */
  constructor(steps: number) {
    this.#steps = steps;
  }

  add(value: number): void {
    if (!Number.isFinite(value) || value < 0) return;
    this.#sum += value;
    this.#histogram.record(Math.min(highest, Math.max(1, Math.round(value * this.#steps))));
  }

  get sum(): number {
    return this.#sum;
  }

  /** Null if there is no value. */
  get spread(): Spread | null {
    const { count, max } = this.#histogram;
    if (count === 0) return null;
    const at = (percent: number) => this.#histogram.percentile(percent) / this.#steps;
    return { count, mean: this.#sum / count, p50: at(50), p95: at(95), p99: at(99), max: max / this.#steps };
  }
}
