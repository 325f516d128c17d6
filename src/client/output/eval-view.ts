import type { CompletionArm, CompletionReport } from '../eval/completion-report.js';
import type { RetrievalReport } from '../eval/retrieval.js';
import type { Estimate } from '../eval/statistics.js';
import { plural } from './human.js';
import { printableLine } from './printable.js';
import { table } from './table.js';
import type { Colors } from './terminal.js';

/** The report of `lcad eval completion` as a table. */
export function completionEvalText(report: CompletionReport, colors: Colors): string {
  const { withContext, withoutContext, difference } = report;
  const row = (
    name: string,
    of: (arm: CompletionArm) => Estimate | null,
    change: Estimate | null,
  ): string[] => [name, percent(of(withContext)), percent(of(withoutContext)), points(change)];
  const plain = (name: string, of: (arm: CompletionArm) => string): string[] => [
    name,
    of(withContext),
    of(withoutContext),
    '',
  ];
  const rows = [
    row('exact match', (arm) => arm.exactMatch, difference.exactMatch),
    row('edit similarity', (arm) => arm.editSimilarity, difference.editSimilarity),
    row('parses', (arm) => arm.parses, difference.parses),
    plain('empty', (arm) => `${arm.empty}`),
    plain('prompt tokens', (arm) => number(arm.promptTokens)),
    plain('output tokens', (arm) => number(arm.outputTokens)),
    plain('time p50 / p95', ({ totalMs }) =>
      totalMs ? `${number(totalMs.p50)} / ${number(totalMs.p95)} ms` : 'not known',
    ),
  ];
  const failed = Object.entries(report.failed).map(([kind, count]) => `${count} × ${kind}`);
  return lines([
    printableLine(
      `${report.samples} lines of ${report.root}, model ${report.model} (${report.upstream}), seed ${report.seed}`,
    ),
    '',
    ...columns(['', 'with context', 'without', 'difference'], rows, colors),
    '',
    ...(failed.length > 0 ? [`Left out, because of errors: ${failed.join(', ')}.`] : []),
    `Left out: ${plural(report.copied, 'line')} that other files have too.`,
    ...ending('files', report.notes),
  ]);
}

/** The report of `lcad eval retrieval` as a table. */
export function retrievalEvalText(report: RetrievalReport, colors: Colors): string {
  const { scores, leftOut, searchMs } = report;
  const rows = [
    ['recall@1', percent(scores.recall1)],
    ['recall@5', percent(scores.recall5)],
    ['recall@10', percent(scores.recall10)],
    ['MRR', percent(scores.reciprocalRank)],
    ['NDCG@10', percent(scores.ndcg10)],
    ['time p50 / p95', `${number(searchMs.p50)} / ${number(searchMs.p95)} ms`],
  ];
  const { huge, trivial, gone } = leftOut;
  return lines([
    printableLine(
      `${report.queries} commits of ${report.root}, ${report.answersPerQuery.toFixed(1)} files each`,
    ),
    '',
    ...columns(['', 'value'], rows, colors),
    '',
    `Left out: merges, ${huge} commits of more than 20 files, ${trivial} that say too little, ${gone} whose files are gone.`,
    ...ending('commits', report.notes),
  ]);
}

function columns(titles: readonly string[], rows: readonly string[][], colors: Colors): string[] {
  const layout = titles.map((title) => ({ title }));
  const cells = rows.map((row) => row.map((text) => ({ text })));
  return table(layout, cells, Number.POSITIVE_INFINITY, colors.bold);
}

function ending(drawn: string, notes: readonly string[]): string[] {
  return [`In brackets: 95 % intervals (Bayesian bootstrap of ${drawn}).`, ...notes];
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}

function percent(value: Estimate | null): string {
  return value ? `${share(value.value)} % [${share(value.low)}, ${share(value.high)}]` : 'not known';
}

function points(value: Estimate | null): string {
  if (!value) return 'not known';
  const sign = value.value > 0 ? '+' : '';
  return `${sign}${share(value.value)} [${share(value.low)}, ${share(value.high)}]`;
}

function share(value: number): string {
  return (value * 100).toFixed(1);
}

function number(value: number | null): string {
  return value === null ? 'not known' : value.toFixed(value < 10 ? 1 : 0);
}
