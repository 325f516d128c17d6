import colors from 'picocolors';
import { describe, expect, it } from 'vitest';
import type { CompletionArm, CompletionReport } from '../../../src/client/eval/completion-report.js';
import type { RetrievalReport } from '../../../src/client/eval/retrieval.js';
import { completionEvalText, retrievalEvalText } from '../../../src/client/output/eval-view.js';

const plain = colors.createColors(false);
const painted = colors.createColors(true);
const estimate = (value: number) => ({ value, low: value - 0.1, high: value + 0.1 });

const arm = (more: Partial<CompletionArm> = {}): CompletionArm => ({
  exactMatch: estimate(0.5),
  editSimilarity: estimate(0.75),
  parses: estimate(0.9),
  empty: 2,
  promptTokens: 1234.5,
  outputTokens: 9.25,
  totalMs: { p50: 120, p95: 480 },
  ...more,
});

const completion = (more: Partial<CompletionReport> = {}): CompletionReport => ({
  root: '/code/a',
  seed: 3,
  upstream: 'one',
  model: 'coder',
  samples: 40,
  copied: 1,
  failed: {},
  withContext: arm(),
  withoutContext: arm({ parses: null, promptTokens: null, totalMs: null }),
  difference: { exactMatch: estimate(0.125), editSimilarity: estimate(-0.05), parses: null },
  notes: ['A note.'],
  ...more,
});

const retrieval: RetrievalReport = {
  root: '/code/\x1b[2Ja',
  queries: 12,
  leftOut: { huge: 1, trivial: 2, gone: 3 },
  answersPerQuery: 1.75,
  scores: {
    recall1: estimate(0.3),
    recall5: estimate(0.5),
    recall10: estimate(0.6),
    reciprocalRank: estimate(0.4),
    ndcg10: estimate(0.45),
  },
  searchMs: { p50: 4.25, p95: 30 },
  notes: ['A note.'],
};

describe('the table of lcad eval completion', () => {
  it('has both ways and their difference with intervals, in columns', () => {
    const text = completionEvalText(completion(), plain);
    expect(text).toMatch(/^40 lines of \/code\/a, model coder \(one\), seed 3\n\n/);
    expect(text).toMatch(/\n +with context +without +difference\n/);
    expect(text).toMatch(
      /\nexact match +50\.0 % \[40\.0, 60\.0\] +50\.0 % \[40\.0, 60\.0\] +\+12\.5 \[2\.5, 22\.5\]\n/,
    );
    expect(text).toMatch(/\nedit similarity .* -5\.0 \[-15\.0, 5\.0\]\n/);
    expect(text).toMatch(/\nprompt tokens +1235 +not known\n/);
    expect(text).toMatch(/\ntime p50 \/ p95 +120 \/ 480 ms +not known\n/);
    expect(text).toMatch(/\nparses .* not known +not known\n/);
    expect(text).toContain('\nLeft out: 1 line that other files have too.\n');
    expect(text).toContain('95 % intervals (Bayesian bootstrap of files).\nA note.\n');
  });

  it('says what failed, and is painted only where that is wanted', () => {
    const text = completionEvalText(completion({ failed: { BUSY: 2, OUTPUT_STOPPED: 1 } }), plain);
    expect(text).toContain('Left out, because of errors: 2 × BUSY, 1 × OUTPUT_STOPPED.\n');
    expect(text).not.toContain('\x1b');
    expect(completionEvalText(completion(), painted)).toContain('\x1b[1m');
  });
});

describe('the table of lcad eval retrieval', () => {
  it('has each measure, what was left out, and nothing that steers a terminal', () => {
    const text = retrievalEvalText(retrieval, plain);
    expect(text).toContain('12 commits of /code/␛[2Ja, 1.8 files each\n');
    expect(text).toMatch(/\nrecall@10 +60\.0 % \[50\.0, 70\.0\]\n/);
    expect(text).toMatch(/\nNDCG@10 +45\.0 % \[35\.0, 55\.0\]\n/);
    expect(text).toMatch(/\ntime p50 \/ p95 +4\.3 \/ 30 ms\n/);
    expect(text).toContain('1 commits of more than 20 files, 2 that say too little, 3 whose files are gone.');
    expect(text).toContain('(Bayesian bootstrap of commits)');
    expect(text).not.toContain('\x1b');
  });
});
