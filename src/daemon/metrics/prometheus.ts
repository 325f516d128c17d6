import type { Metric } from 'prom-client';
import type { GenerationMetrics, MetricsResult, Spread } from '../../protocol/metrics.js';

type Snapshot = Omit<MetricsResult, 'text'>;
type Labels = Record<string, string>;
interface Sample {
  readonly labels: Labels;
  readonly value: number;
  readonly metricName?: string;
}
interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'summary';
  readonly values: readonly Sample[];
}

const outcomes = ['done', 'cancelled', 'superseded', 'failed', 'guarded', 'busy'] as const;
const fates = ['shown', 'accepted', 'dismissed', 'kept', 'changed'] as const;

/**
 * What was counted in the text format of Prometheus (version 0.0.4,
 * https://prometheus.io/docs/instrumenting/exposition_formats/); times in seconds. The library is loaded at the first
 * call: most daemons are never asked.
 */
export async function prometheusText(snapshot: Snapshot): Promise<string> {
  const { Registry } = await import('prom-client');
  const registry = new Registry();
  for (const family of familiesOf(snapshot)) {
    const metric = { name: family.name, get: async () => ({ ...family, aggregator: 'sum' }) };
    // The registry asks of a metric its name and `get`; its own classes count by themselves.
    registry.registerMetric(metric as unknown as Metric);
  }
  return registry.metrics();
}

/** Pure. */
function familiesOf(snapshot: Snapshot): Family[] {
  const { requests, generations, guard, completions } = snapshot;
  const ofGenerations = (name: string, help: string, value: (row: GenerationMetrics) => number) =>
    counter(
      name,
      help,
      generations.map((row) => ({ labels: labelsOf(row), value: value(row) })),
    );
  return [
    summary(
      'lcad_request_duration_seconds',
      'From a request to its reply.',
      requests.map(({ method, ms }) => ({ labels: { method }, spread: scaled(ms, 0.001) })),
    ),
    counter(
      'lcad_requests_failed_total',
      'Requests that were answered with an error.',
      requests.map(({ method, failed }) => ({ labels: { method }, value: failed })),
    ),
    counter(
      'lcad_generations_total',
      'Generations by how they ended.',
      generations.flatMap((row) =>
        outcomes.map((outcome) => ({ labels: { ...labelsOf(row), outcome }, value: row[outcome] })),
      ),
    ),
    ofGenerations('lcad_output_tokens_total', 'Tokens that models wrote.', (row) => row.outputTokens),
    ofGenerations('lcad_wasted_tokens_total', 'Tokens that nobody got to see.', (row) => row.wastedTokens),
    ofMeasure('lcad_queue_seconds', 'Waiting for a place at a server.', 'queueMs', 0.001, generations),
    ofMeasure(
      'lcad_first_token_seconds',
      'From a server to its first token.',
      'firstTokenMs',
      0.001,
      generations,
    ),
    ofMeasure('lcad_tokens_per_second', 'Rate after the first token.', 'tokensPerSecond', 1, generations),
    counter('lcad_guard_hits_total', 'Answers that a guard ended.', [
      { labels: { reason: 'secret' }, value: guard.secret },
      { labels: { reason: 'licence' }, value: guard.licence },
    ]),
    counter(
      'lcad_completions_total',
      'Completions by what became of them.',
      fates.map((fate) => ({ labels: { fate }, value: completions[fate] })),
    ),
    counter('lcad_completions_reused_total', 'Completions without a request to a server.', [
      { labels: { from: 'cache' }, value: completions.fromCache },
      { labels: { from: 'stream' }, value: completions.fromStream },
    ]),
  ];
}

function counter(name: string, help: string, values: Sample[]): Family {
  return { name, help, type: 'counter', values };
}

function ofMeasure(
  name: string,
  help: string,
  measure: 'queueMs' | 'firstTokenMs' | 'tokensPerSecond',
  scale: number,
  generations: readonly GenerationMetrics[],
): Family {
  const rows = generations.flatMap((row) => {
    const spread = row[measure];
    return spread ? [{ labels: labelsOf(row), spread: scaled(spread, scale) }] : [];
  });
  return summary(name, help, rows);
}

function summary(name: string, help: string, rows: { labels: Labels; spread: Spread }[]): Family {
  const values = rows.flatMap(({ labels, spread }): Sample[] => [
    { labels: { ...labels, quantile: '0.5' }, value: spread.p50 },
    { labels: { ...labels, quantile: '0.95' }, value: spread.p95 },
    { labels: { ...labels, quantile: '0.99' }, value: spread.p99 },
    { metricName: `${name}_sum`, labels, value: spread.mean * spread.count },
    { metricName: `${name}_count`, labels, value: spread.count },
  ]);
  return { name, help, type: 'summary', values };
}

function scaled({ count, mean, p50, p95, p99, max }: Spread, by: number): Spread {
  return { count, mean: mean * by, p50: p50 * by, p95: p95 * by, p99: p99 * by, max: max * by };
}

function labelsOf({ upstream, model, class: urgency }: GenerationMetrics): Labels {
  return { upstream, model, class: urgency };
}
