import { readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { distance } from 'fastest-levenshtein';
import type { CompleteResult } from '../../protocol/complete.js';
import { LcadError } from '../../shared/errors.js';
import type { Connection } from '../connection.js';
import { trackedFiles } from './git.js';
import { chooseMasks, type Mask } from './masking.js';
import { type Estimate, estimate, mean, pairedDifference, quantile, randomFrom } from './statistics.js';

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
  readonly totalMs: { readonly p50: number; readonly p95: number };
}

/** What `lcad eval completion --json` prints. */
export interface CompletionReport {
  readonly root: string;
  readonly seed: number;
  readonly upstream: string;
  readonly model: string;
  /** Places that were completed in both ways. */
  readonly samples: number;
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

export interface CompletionWanted {
  readonly root: string;
  readonly samples: number;
  readonly seed: number;
  readonly model?: string | undefined;
  readonly upstream?: string | undefined;
}

interface Case {
  readonly scores: CompletionScores;
  readonly parses: boolean;
  readonly result: CompleteResult;
}

interface Pair {
  readonly with: Case;
  readonly without: Case;
  /** The file parsed before anything was hidden. */
  readonly parsed: boolean;
}

const code = new Set(
  '.c .h .cc .cpp .hpp .cs .java .kt .scala .go .rs .swift .dart .js .mjs .cjs .jsx .ts .mts .cts .tsx .vue .py .rb .php .lua .ex .hs .sh'.split(
    ' ',
  ),
);
const mostBytes = 200_000;
const mostFailures = 5;
const patienceMs = 5000;
/** Faults of the set-up: they would be the same at every place. */
const fatal = new Set([
  'NO_MODEL_SERVER',
  'MODEL_UNKNOWN',
  'REQUEST_CANCELLED',
  'CONNECTION_LOST',
  'SHUTTING_DOWN',
]);
const notes = [
  'The saved file is in the index with what was hidden; its own text is given without it.',
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

/**
 * Hides ends of lines in files of a repository and has them completed, with and without code from elsewhere.
 * @returns null if no line is fit
 * @throws NO_MODEL_SERVER, GIT_UNAVAILABLE, and the first error if nothing but errors comes
 */
export async function evaluateCompletion(
  connection: Connection,
  wanted: CompletionWanted,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (done: number, total: number) => void },
): Promise<CompletionReport | null> {
  const { root, samples, seed } = wanted;
  const paths = (await trackedFiles(root, signal)).filter((path) => code.has(extname(path)));
  const masks = chooseMasks(paths, samples, seed, (path) => textOf(join(root, path)));
  if (masks.length === 0) return null;
  const random = randomFrom(seed);
  const pairs: Pair[] = [];
  const failed: Record<string, number> = {};
  let row = 0;
  for (const [index, mask] of masks.entries()) {
    try {
      pairs.push(await completeBoth(connection, wanted, mask, random() < 0.5, signal));
      row = 0;
    } catch (error) {
      if (!(error instanceof LcadError) || signal.aborted || fatal.has(error.kind)) throw error;
      if (++row >= mostFailures && error.kind !== 'OUTPUT_STOPPED') throw error;
      failed[error.kind] = (failed[error.kind] ?? 0) + 1;
    }
    onProgress(index + 1, masks.length);
  }
  return reportOf(wanted, pairs, failed);
}

/** @param contextFirst the order of the two, so that neither always finds the server's cache warm */
async function completeBoth(
  connection: Connection,
  wanted: CompletionWanted,
  mask: Mask,
  contextFirst: boolean,
  signal: AbortSignal,
): Promise<Pair> {
  const parsed = await parses(connection, mask.path, lineExtended(mask, mask.hidden), signal);
  const first = await complete(connection, wanted, mask, contextFirst, signal);
  const second = await complete(connection, wanted, mask, !contextFirst, signal);
  return contextFirst ? { with: first, without: second, parsed } : { with: second, without: first, parsed };
}

async function complete(
  connection: Connection,
  { root, model, upstream }: CompletionWanted,
  mask: Mask,
  useContext: boolean,
  signal: AbortSignal,
): Promise<Case> {
  const { path, line, column, text, hidden } = mask;
  const params = {
    file: join(root, path),
    line,
    column,
    text,
    useContext,
    lines: 'single' as const,
    patienceMs,
    ...(model === undefined ? {} : { model }),
    ...(upstream === undefined ? {} : { upstream }),
  };
  const result = await connection.request('lcad/complete', params, { signal });
  return {
    scores: scoreCompletion(result.text, hidden),
    parses: await parses(connection, path, lineExtended(mask, result.text), signal),
    result,
  };
}

/** The text with something where the rest of the line is hidden. */
function lineExtended({ text, line }: Mask, by: string): string {
  return text
    .split('\n')
    .map((one, index) => (index === line - 1 ? one + by : one))
    .join('\n');
}

async function parses(
  connection: Connection,
  path: string,
  text: string,
  signal: AbortSignal,
): Promise<boolean> {
  const { valid } = await connection.request('lcad/syntax', { path, text }, { signal });
  return valid === true;
}

function reportOf(
  { root, seed }: CompletionWanted,
  pairs: readonly Pair[],
  failed: Record<string, number>,
): CompletionReport | null {
  const [first] = pairs;
  if (!first) return null;
  const sides = { with: pairs.map((pair) => pair.with), without: pairs.map((pair) => pair.without) };
  const whole = pairs.filter(({ parsed }) => parsed);
  const valid = {
    with: whole.map((pair) => Number(pair.with.parses)),
    without: whole.map((pair) => Number(pair.without.parses)),
  };
  const difference = (measure: keyof CompletionScores) =>
    sure(
      pairedDifference(
        sides.without.map(({ scores }) => scores[measure]),
        sides.with.map(({ scores }) => scores[measure]),
        seed,
      ),
    );
  return {
    root,
    seed,
    upstream: first.with.result.upstream,
    model: first.with.result.model,
    samples: pairs.length,
    failed,
    withContext: armOf(sides.with, valid.with, seed),
    withoutContext: armOf(sides.without, valid.without, seed),
    difference: {
      exactMatch: difference('exactMatch'),
      editSimilarity: difference('editSimilarity'),
      parses: pairedDifference(valid.without, valid.with, seed),
    },
    notes,
  };
}

function armOf(cases: readonly Case[], valid: readonly number[], seed: number): CompletionArm {
  const times = cases.map(({ result }) => result.timings.totalMs);
  return {
    exactMatch: sure(
      estimate(
        cases.map(({ scores }) => scores.exactMatch),
        seed,
      ),
    ),
    editSimilarity: sure(
      estimate(
        cases.map(({ scores }) => scores.editSimilarity),
        seed,
      ),
    ),
    parses: estimate(valid, seed),
    empty: cases.filter(({ result }) => result.text === '').length,
    promptTokens: meanOf(cases.map(({ result }) => result.usage.promptTokens)),
    outputTokens: meanOf(cases.map(({ result }) => result.usage.outputTokens)),
    totalMs: { p50: quantile(times, 0.5) ?? 0, p95: quantile(times, 0.95) ?? 0 },
  };
}

/** An estimate of at least one case is there. */
function sure(value: Estimate | null): Estimate {
  return value ?? { value: 0, low: 0, high: 0 };
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : mean(known);
}

function textOf(path: string): string | null {
  try {
    return statSync(path).size > mostBytes ? null : readFileSync(path, 'utf8');
  } catch {
    return null; // Deleted, but git has it still.
  }
}
