import colors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { metricsText } from '../../../src/client/output/metrics-view.js';
import { Counts } from '../../../src/daemon/metrics/counts.js';
import type { MetricsResult } from '../../../src/protocol/metrics.js';

const plain = colors.createColors(false);
const painted = colors.createColors(true);
const now = Date.now();

const textOf = (counts: Counts, { columns = Number.POSITIVE_INFINITY, paint = plain } = {}) => {
  const result: MetricsResult = { ...counts.snapshot(), text: null };
  return metricsText(result, { columns, colors: paint, now });
};

function counted(): Counts {
  const counts = new Counts();
  for (let n = 0; n < 20; n++) counts.request('lcad/search', 12, n > 0);
  counts.request('lcad/status', 1, true);
  const record = { upstream: 'one', class: 'completion', outputTokens: 11, wastedTokens: 4 } as const;
  const times = { queueMs: 0, firstTokenMs: 250, writingMs: 1000 };
  counts.inference({ ...record, ...times, model: 'coder\x1b[31m', outcome: 'superseded' });
  const none = { queueMs: null, firstTokenMs: null, writingMs: null };
  counts.inference({ ...record, ...none, upstream: '', model: '', outcome: 'busy' });
  counts.completion('shown');
  counts.completion('shown');
  counts.completion('accepted');
  counts.completion('kept');
  counts.guardHit('secret');
  return counts;
}

describe('the tables of metrics', () => {
  it('say so before anything was counted', () => {
    const text = textOf(new Counts());
    expect(text).toContain('no request has been answered yet\n');
    expect(text).not.toMatch(/p50|model|completions|guard/);
  });

  it('have a column for each measure, in line with its title', () => {
    const lines = textOf(counted()).split('\n');
    const titles = lines.find((line) => line.startsWith('request')) ?? '';
    expect(titles).toMatch(/^request +count +failed +p50 +p95 +p99 +max$/);
    const search = lines.find((line) => line.startsWith('lcad/search')) ?? '';
    expect(search).toMatch(/^lcad\/search +20 +1 +12/);
    for (const title of ['count', 'failed', 'p50', 'max']) {
      const end = titles.indexOf(title) + title.length;
      expect(search.charAt(end - 1)).toMatch(/\S/);
      expect(search.charAt(end)).toMatch(/ |^$/);
    }
  });

  it('show what was cancelled, wasted, refused and ended', () => {
    const text = textOf(counted());
    expect(text).toMatch(/one\/coder\S* +completion +0 +1 +0 +11 +4\n/);
    expect(text).toMatch(/no server +completion +0 +0 +1 +11 +4\n/);
    expect(text).toMatch(/no server +completion +- +- +- +- +-\n/);
    expect(text).toContain('completions: 2 shown, 1 accepted (50 %), 0 dismissed, 100 % of 1 kept');
    expect(text).toContain('answers ended by a guard: 1 for a secret, 0 for licensed code');
  });

  it('have colours only where they are wanted, and no control characters of others', () => {
    expect(textOf(counted())).not.toContain('\x1b');
    const text = textOf(counted(), { paint: painted });
    expect(text).toContain('\x1b[2m');
    expect(text).not.toContain('\x1b[31m');
  });

  it('fit a terminal', () => {
    for (const line of textOf(counted(), { columns: 60 }).split('\n').slice(0, 5)) {
      expect(line.length).toBeLessThanOrEqual(60);
    }
  });
});
