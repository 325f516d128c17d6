import { describe, expect, it } from 'vitest';
import { Counts } from '../../../src/daemon/metrics/counts.js';
import { prometheusText } from '../../../src/daemon/metrics/prometheus.js';
import { parseExposition } from '../../support/exposition.js';

const odd = 'hf.co/a "b"\\c\nd{e="f"} größer';

async function exposed(counts: Counts) {
  const families = parseExposition(await prometheusText(counts.snapshot()));
  const value = (name: string, labels: Record<string, string> = {}) =>
    families
      .flatMap(({ samples }) => samples)
      .find(
        (sample) =>
          sample.name === name && Object.entries(labels).every(([key, one]) => sample.labels[key] === one),
      )?.value;
  return { families, value };
}

describe('the text format of Prometheus', () => {
  it('keeps to its rules before anything was counted', async () => {
    const { families, value } = await exposed(new Counts());
    expect(families.map(({ name }) => name)).toContain('lcad_request_duration_seconds');
    for (const { name, help, type } of families) {
      expect(name).toMatch(/^lcad_[a-z_]+$/);
      expect(help).not.toBe('');
      // By convention counters, and they alone, end so.
      expect(type === 'counter').toBe(name.endsWith('_total'));
    }
    expect(value('lcad_guard_hits_total', { reason: 'secret' })).toBe(0);
  });

  it('has all that was counted, in seconds, whatever the names of models', async () => {
    const counts = new Counts();
    for (let n = 1; n <= 100; n++) counts.request('lcad/search', n, n !== 50);
    const record = { upstream: 'one', class: 'chat', outputTokens: 11, wastedTokens: 2 } as const;
    const times = { queueMs: 500, firstTokenMs: 250, writingMs: 1000 };
    counts.inference({ ...record, ...times, model: odd, outcome: 'cancelled' });
    counts.inference({ ...record, ...times, model: 'b', outcome: 'done' });
    counts.guardHit('licence');
    counts.completion('shown');
    counts.reused('stream');
    const { families, value } = await exposed(counts);
    const search = { method: 'lcad/search' };
    expect(value('lcad_request_duration_seconds', { ...search, quantile: '0.95' })).toBeCloseTo(0.095, 2);
    expect(value('lcad_request_duration_seconds_sum', search)).toBeCloseTo(5.05);
    expect(value('lcad_request_duration_seconds_count', search)).toBe(100);
    expect(value('lcad_requests_failed_total', search)).toBe(1);
    const named = { upstream: 'one', model: odd, class: 'chat' };
    expect(value('lcad_generations_total', { ...named, outcome: 'cancelled' })).toBe(1);
    expect(value('lcad_generations_total', { ...named, outcome: 'done' })).toBe(0);
    expect(value('lcad_wasted_tokens_total', named)).toBe(2);
    expect(value('lcad_queue_seconds_sum', named)).toBeCloseTo(0.5);
    expect(value('lcad_first_token_seconds', { ...named, quantile: '0.5' })).toBeCloseTo(0.25, 2);
    expect(value('lcad_tokens_per_second', { ...named, quantile: '0.5' })).toBeCloseTo(10, 0);
    expect(value('lcad_guard_hits_total', { reason: 'licence' })).toBe(1);
    expect(value('lcad_completions_total', { fate: 'shown' })).toBe(1);
    expect(value('lcad_completions_reused_total', { from: 'stream' })).toBe(1);
    const counters = families.filter(({ type }) => type === 'counter').flatMap(({ samples }) => samples);
    for (const sample of counters) expect(Number.isInteger(sample.value) && sample.value >= 0).toBe(true);
  });

  it('gives the same families in the same order when it is asked again', async () => {
    const counts = new Counts();
    counts.request('lcad/status', 1, true);
    expect(await prometheusText(counts.snapshot())).toBe(await prometheusText(counts.snapshot()));
  });
});
