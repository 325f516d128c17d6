import type {
  CompletionMetrics,
  GenerationMetrics,
  MethodMetrics,
  MetricsResult,
} from '../../protocol/metrics.js';
import type { CompletionFate, InferenceOutcome, InferenceRecord, Metrics } from './contract.js';
import { Distribution } from './spread.js';

/** A model server may be asked for any name of a model: further ones are counted as one. */
const mostRows = 100;
/** Times are told apart by microseconds, rates by hundredths. */
const timeSteps = 1000;
const rateSteps = 100;

interface MethodCounts {
  failed: number;
  readonly ms: Distribution;
}

interface GenerationCounts {
  readonly labels: Pick<InferenceRecord, 'upstream' | 'model' | 'class'>;
  readonly outcomes: Record<InferenceOutcome, number>;
  outputTokens: number;
  wastedTokens: number;
  readonly queueMs: Distribution;
  readonly firstTokenMs: Distribution;
  readonly tokensPerSecond: Distribution;
}

/** Counts in memory, from the start of the daemon on. */
export class Counts implements Metrics {
  readonly #since = new Date().toISOString();
  readonly #methods = new Map<string, MethodCounts>();
  readonly #generations = new Map<string, GenerationCounts>();
  readonly #guard = { secret: 0, licence: 0 };
  readonly #fates: Record<CompletionFate, number> = {
    shown: 0,
    accepted: 0,
    dismissed: 0,
    kept: 0,
    changed: 0,
  };
  readonly #reused = { cache: 0, stream: 0 };

  request(method: string, ms: number, ok: boolean): void {
    let counts = this.#methods.get(method);
    if (!counts) {
      counts = { failed: 0, ms: new Distribution(timeSteps) };
      this.#methods.set(method, counts);
    }
    counts.ms.add(ms);
    if (!ok) counts.failed++;
  }

  inference(record: InferenceRecord): void {
    const counts = this.#generation(record);
    counts.outcomes[record.outcome]++;
    counts.outputTokens += record.outputTokens;
    counts.wastedTokens += record.wastedTokens;
    const { queueMs, firstTokenMs, writingMs, outputTokens } = record;
    if (queueMs !== null) counts.queueMs.add(queueMs);
    if (firstTokenMs !== null) counts.firstTokenMs.add(firstTokenMs);
    if (writingMs !== null && writingMs > 0 && outputTokens > 1)
      counts.tokensPerSecond.add(((outputTokens - 1) / writingMs) * 1000);
  }

  guardHit(reason: 'secret' | 'licence'): void {
    this.#guard[reason]++;
  }

  completion(fate: CompletionFate): void {
    this.#fates[fate]++;
  }

  reused(from: 'cache' | 'stream'): void {
    this.#reused[from]++;
  }

  /** All that was counted so far. */
  snapshot(): Omit<MetricsResult, 'text'> {
    return {
      since: this.#since,
      requests: [...this.#methods].flatMap(methodMetrics).sort((a, b) => b.ms.count - a.ms.count),
      generations: [...this.#generations.values()]
        .map(generationMetrics)
        .sort((a, b) => endsOf(b) - endsOf(a)),
      guard: { ...this.#guard },
      completions: this.#completions(),
    };
  }

  #generation({ upstream, model, class: urgency }: InferenceRecord): GenerationCounts {
    const key = JSON.stringify([upstream, model, urgency]);
    const known = this.#generations.get(key);
    if (known) return known;
    const other = { upstream: 'other', model: 'other', class: urgency };
    const full = this.#generations.size >= mostRows;
    const labels = full ? other : { upstream, model, class: urgency };
    const named = full ? JSON.stringify(['other', 'other', urgency]) : key;
    const counts = this.#generations.get(named) ?? newGeneration(labels);
    this.#generations.set(named, counts);
    return counts;
  }

  #completions(): CompletionMetrics {
    const { shown, accepted, kept, changed } = this.#fates;
    const settled = kept + changed;
    return {
      ...this.#fates,
      fromCache: this.#reused.cache,
      fromStream: this.#reused.stream,
      acceptRate: shown === 0 ? null : accepted / shown,
      keptRate: settled === 0 ? null : kept / settled,
    };
  }
}

function newGeneration(labels: GenerationCounts['labels']): GenerationCounts {
  return {
    labels,
    outcomes: { done: 0, cancelled: 0, superseded: 0, failed: 0, guarded: 0, busy: 0 },
    outputTokens: 0,
    wastedTokens: 0,
    queueMs: new Distribution(timeSteps),
    firstTokenMs: new Distribution(timeSteps),
    tokensPerSecond: new Distribution(rateSteps),
  };
}

function methodMetrics([method, { failed, ms }]: [string, MethodCounts]): MethodMetrics[] {
  const { spread } = ms;
  return spread ? [{ method, failed, ms: spread }] : [];
}

function generationMetrics(counts: GenerationCounts): GenerationMetrics {
  const { labels, outcomes, outputTokens, wastedTokens } = counts;
  return {
    ...labels,
    ...outcomes,
    outputTokens,
    wastedTokens,
    queueMs: counts.queueMs.spread,
    firstTokenMs: counts.firstTokenMs.spread,
    tokensPerSecond: counts.tokensPerSecond.spread,
  };
}

/** Generations of a row that have ended, in whatever way. */
function endsOf({ done, cancelled, superseded, failed, guarded, busy }: GenerationMetrics): number {
  return done + cancelled + superseded + failed + guarded + busy;
}
