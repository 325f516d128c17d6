import type {
  CompletionMetrics,
  GenerationMetrics,
  MethodMetrics,
  MetricsResult,
  Spread,
} from '../../protocol/metrics.js';
import { ago, count, milliseconds } from './human.js';
import { printableLine } from './printable.js';
import { type Cell, table } from './table.js';
import type { Colors } from './terminal.js';

export interface MetricsViewOptions {
  /** Width of the terminal, or Infinity. */
  columns: number;
  colors: Colors;
  now: number;
}

const right = { align: 'right' } as const;

/** Tables of requests and generations, and what is known of completions and guards. */
export function metricsText(result: MetricsResult, options: MetricsViewOptions): string {
  const { colors, now } = options;
  const blocks = [
    `${colors.dim(`counted since ${ago(result.since, now)}`)}\n`,
    requestTable(result.requests, options),
  ];
  if (result.generations.length > 0) blocks.push(generationTables(result.generations, options));
  const { completions, guard } = result;
  if (completions.shown + completions.fromCache + completions.fromStream > 0)
    blocks.push(completionText(completions));
  if (guard.secret + guard.licence > 0)
    blocks.push(
      `answers ended by a guard: ${count(guard.secret)} for a secret, ${count(guard.licence)} for licensed code\n`,
    );
  return blocks.join('\n');
}

function requestTable(requests: readonly MethodMetrics[], { colors, columns }: MetricsViewOptions): string {
  if (requests.length === 0) return 'no request has been answered yet\n';
  const rows = requests.map(({ method, failed, ms }): Cell[] => [
    { text: printableLine(method) },
    { text: count(ms.count) },
    failed === 0 ? { text: '0' } : { text: count(failed), paint: colors.yellow },
    ...times(ms),
    { text: milliseconds(ms.max) },
  ]);
  const layout = [
    { title: 'request', shrink: true },
    { title: 'count', ...right },
    { title: 'failed', ...right },
    ...['p50', 'p95', 'p99', 'max'].map((title) => ({ title, ...right })),
  ];
  return lines(table(layout, rows, columns, colors.dim));
}

function generationTables(
  all: readonly GenerationMetrics[],
  { colors, columns }: MetricsViewOptions,
): string {
  const counted = all.map((row): Cell[] => [
    ...named(row),
    { text: count(row.done) },
    { text: count(row.cancelled + row.superseded) },
    { text: count(row.failed + row.busy) },
    { text: count(row.outputTokens) },
    { text: count(row.wastedTokens) },
  ]);
  const timed = all.map((row): Cell[] => [
    ...named(row),
    ...pair(row.queueMs, milliseconds),
    ...pair(row.firstTokenMs, milliseconds),
    // The slow ones are of interest, and of a rate only the middle is known.
    { text: row.tokensPerSecond ? row.tokensPerSecond.p50.toFixed(1) : '-' },
  ]);
  const who = [{ title: 'model', shrink: true }, { title: 'class' }];
  const sums = ['done', 'cancelled', 'failed', 'tokens', 'wasted'].map((title) => ({ title, ...right }));
  const measures = ['wait p50', 'p95', 'first p50', 'p95', 'tokens/s'].map((title) => ({ title, ...right }));
  return `${lines(table([...who, ...sums], counted, columns, colors.dim))}\n${lines(
    table([...who, ...measures], timed, columns, colors.dim),
  )}`;
}

function named({ upstream, model, class: urgency }: GenerationMetrics): Cell[] {
  return [{ text: upstream === '' ? 'no server' : printableLine(`${upstream}/${model}`) }, { text: urgency }];
}

function completionText(completions: CompletionMetrics): string {
  const { shown, accepted, kept, changed, dismissed, fromCache, fromStream } = completions;
  const rate = completions.acceptRate === null ? '' : ` (${percent(completions.acceptRate)})`;
  const keptOf =
    completions.keptRate === null
      ? ''
      : `, ${percent(completions.keptRate)} of ${count(kept + changed)} kept`;
  return (
    `completions: ${count(shown)} shown, ${count(accepted)} accepted${rate}, ${count(dismissed)} dismissed${keptOf}; ` +
    `${count(fromCache)} from the cache, ${count(fromStream)} from a stream under way\n`
  );
}

function times({ p50, p95, p99 }: Spread): Cell[] {
  return [p50, p95, p99].map((value) => ({ text: milliseconds(value) }));
}

function pair(spread: Spread | null, show: (value: number) => string): Cell[] {
  return [spread?.p50, spread?.p95].map((value) => ({ text: value === undefined ? '-' : show(value) }));
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function lines(rows: readonly string[]): string {
  return rows.map((row) => `${row}\n`).join('');
}
