import { distance } from 'fastest-levenshtein';
import type { CompleteResult } from '../../protocol/complete.js';
import { type Estimate, estimate, mean, pairedDifference, quantile } from './statistics.js';

/** How good one completion is. */
export interface CompletionScores {
  /** 1 if the line is as it was, else 0; white space at its end does not count. */
  readonly exactMatch: number;
  /** 1 - edit distance / length of the longer one. */
  readonly editSimilarity: number;
}

/** One way to complete: means with their intervals, and what they cost. */
export interface CompletionArm {
  readonly exactMatch: Estimate;
  readonly editSimilarity: Estimate;
  /** Share of files that parse with the completion, of those that parsed before; null if there are none. */
  readonly parses: Estimate | null;
  /** Completions that were empty. */
  readonly empty: number;
  readonly promptTokens: number | null;
  readonly outputTokens: number | null;
  /** Of those that the model was asked for; null if lcad remembered all from a moment before. */
  readonly totalMs: { readonly p50: number; readonly p95: number } | null;
}

/** What `lcad eval completion --json` prints. */
export interface CompletionReport {
  readonly root: string;
  readonly seed: number;
  readonly upstream: string;
  readonly model: string;
  /** Places that were completed in both ways. */
  readonly samples: number;
  /** Lines that were looked at and left out, because the same line stands in another file. */
  readonly copied: number;
  /** Places where a way failed, by the kind of error; they count in neither. */
  readonly failed: Readonly<Record<string, number>>;
  readonly withContext: CompletionArm;
  readonly withoutContext: CompletionArm;
  /** With context less without, case by case. */
  readonly difference: {
    readonly exactMatch: Estimate;
    readonly editSimilarity: Estimate;
    readonly parses: Estimate | null;
  };
  readonly notes: readonly string[];
}

/** A completion of a place. */
export interface Case {
  readonly scores: CompletionScores;
  readonly parses: boolean;
  readonly result: CompleteResult;
}

/** A place that was completed in both ways. */
export interface Pair {
  readonly path: string;
  readonly with: Case;
  readonly without: Case;
  /** The file parsed before anything was hidden. */
  readonly parsed: boolean;
}

const notes = [
  'A line that stands in another file too is not hidden; the file itself is opened without what is hidden.',
  'Models may have seen public code in their training: compare the two ways rather than the figures by themselves.',
];

/** How alike a completion and what was hidden are, by its first line. Pure. */
export function scoreCompletion(text: string, hidden: string): CompletionScores {
  const [first = ''] = text.split('\n');
  const [given, right] = [first.trimEnd(), hidden.trimEnd()];
  const longer = Math.max(given.length, right.length);
  return {
    exactMatch: given === right ? 1 : 0,
    editSimilarity: longer === 0 ? 1 : 1 - distance(given, right) / longer,
  };
}

/** Sums pairs up; null of none. Pure. */
export function reportOf(
  { root, seed }: Pick<CompletionReport, 'root' | 'seed'>,
  pairs: readonly Pair[],
  leftOut: Pick<CompletionReport, 'failed' | 'copied'>,
): CompletionReport | null {
  const [first] = pairs;
  if (!first) return null;
  const { upstream, model } = first.with.result;
  const difference = (of: readonly Pair[], measure: (one: Case) => number) =>
    pairedDifference(
      of.map(({ without }) => measure(without)),
      of.map((pair) => measure(pair.with)),
      { seed, groups: pathsOf(of) },
    );
  return {
    root,
    seed,
    upstream,
    model,
    samples: pairs.length,
    ...leftOut,
    withContext: armOf(pairs, (pair) => pair.with, seed),
    withoutContext: armOf(pairs, (pair) => pair.without, seed),
    difference: {
      exactMatch: sure(difference(pairs, exactMatch)),
      editSimilarity: sure(difference(pairs, editSimilarity)),
      parses: difference(pairs.filter(isWhole), parses),
    },
    notes,
  };
}

function armOf(pairs: readonly Pair[], side: (pair: Pair) => Case, seed: number): CompletionArm {
  const cases = pairs.map(side);
  const share = (of: readonly Pair[], measure: (one: Case) => number) =>
    estimate(
      of.map((pair) => measure(side(pair))),
      { seed, groups: pathsOf(of) },
    );
  // What lcad remembered took no time.
  const asked = cases.filter(({ result }) => result.source === 'model');
  const times = asked.map(({ result }) => result.timings.totalMs);
  const [p50, p95] = [quantile(times, 0.5), quantile(times, 0.95)];
  return {
    exactMatch: sure(share(pairs, exactMatch)),
    editSimilarity: sure(share(pairs, editSimilarity)),
    parses: share(pairs.filter(isWhole), parses),
    empty: cases.filter(({ result }) => result.text === '').length,
    promptTokens: meanOf(cases.map(({ result }) => result.usage.promptTokens)),
    outputTokens: meanOf(cases.map(({ result }) => result.usage.outputTokens)),
    totalMs: p50 === null || p95 === null ? null : { p50, p95 },
  };
}

const exactMatch = ({ scores }: Case) => scores.exactMatch;
const editSimilarity = ({ scores }: Case) => scores.editSimilarity;
const parses = (one: Case) => Number(one.parses);
const isWhole = ({ parsed }: Pair) => parsed;
const pathsOf = (pairs: readonly Pair[]) => pairs.map(({ path }) => path);

/** An estimate of at least one case is there. */
function sure(value: Estimate | null): Estimate {
  return value ?? { value: 0, low: 0, high: 0 };
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : mean(known);
}
