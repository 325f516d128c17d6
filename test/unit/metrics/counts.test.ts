import { describe, expect, it } from 'vitest';
import type { InferenceRecord } from '../../../src/daemon/metrics/contract.js';
import { Counts } from '../../../src/daemon/metrics/counts.js';

const generation = (more: Partial<InferenceRecord> = {}): InferenceRecord => ({
  upstream: 'one',
  model: 'coder',
  class: 'chat',
  outcome: 'done',
  queueMs: 0,
  firstTokenMs: 100,
  writingMs: 1000,
  outputTokens: 51,
  wastedTokens: 0,
  ...more,
});

/** Within what `Spread` promises. */
const near = (value: number | undefined, right: number) => {
  expect(Math.abs((value ?? Number.NaN) - right)).toBeLessThanOrEqual(right * 0.01);
};

describe('counts of requests', () => {
  it('have percentiles for each method, the most used first, and failures', () => {
    const counts = new Counts();
    for (let n = 1; n <= 1000; n++) counts.request('lcad/search', ((n * 7919) % 1000) + 1, n % 100 !== 0);
    counts.request('lcad/status', 0.25, true);
    const [search, status] = counts.snapshot().requests;
    expect(search).toMatchObject({ method: 'lcad/search', failed: 10, ms: { count: 1000 } });
    near(search?.ms.mean, 500.5);
    near(search?.ms.p50, 500);
    near(search?.ms.p95, 950);
    near(search?.ms.p99, 990);
    near(search?.ms.max, 1000);
    expect(status).toMatchObject({ method: 'lcad/status', failed: 0 });
    near(status?.ms.p50, 0.25);
    near(status?.ms.max, 0.25);
  });

  it('take no time that is none', () => {
    const counts = new Counts();
    counts.request('a', Number.NaN, false);
    counts.request('a', -1, true);
    expect(counts.snapshot().requests).toEqual([]);
  });
});

describe('counts of generations', () => {
  it('know waits, first tokens, rates, outcomes, and tokens that nobody saw', () => {
    const counts = new Counts();
    counts.inference(generation({ queueMs: 40 }));
    counts.inference(generation({ queueMs: 60, outcome: 'superseded', wastedTokens: 51 }));
    // Cancelled while it waited: it has no wait that ended, and no server.
    const nothing = { queueMs: null, firstTokenMs: null, writingMs: null, outputTokens: 0 };
    counts.inference(generation({ ...nothing, outcome: 'cancelled' }));
    counts.inference(generation({ ...nothing, outcome: 'busy' }));
    counts.inference(generation({ outcome: 'guarded', outputTokens: 1, wastedTokens: 1 }));
    counts.inference(generation({ outcome: 'failed', class: 'completion' }));
    const [chat, completion] = counts.snapshot().generations;
    expect(chat).toMatchObject({ upstream: 'one', model: 'coder', class: 'chat' });
    expect(chat).toMatchObject({ done: 1, superseded: 1, cancelled: 1, busy: 1, guarded: 1, failed: 0 });
    expect(chat).toMatchObject({ outputTokens: 103, wastedTokens: 52 });
    expect(chat?.queueMs?.count).toBe(3);
    near(chat?.queueMs?.p50, 40);
    near(chat?.queueMs?.max, 60);
    expect(chat?.firstTokenMs?.count).toBe(3);
    // One token has no rate: 50 tokens after the first in a second.
    expect(chat?.tokensPerSecond?.count).toBe(2);
    near(chat?.tokensPerSecond?.p50, 50);
    expect(completion).toMatchObject({ class: 'completion', failed: 1, done: 0 });
  });

  it('are of a hundred rows at most, and lose none', () => {
    const counts = new Counts();
    for (let n = 0; n < 500; n++) counts.inference(generation({ model: `m${n}` }));
    counts.inference(generation({ model: 'm7' }));
    const { generations } = counts.snapshot();
    expect(generations).toHaveLength(101);
    expect(generations[0]).toMatchObject({ upstream: 'other', model: 'other', done: 400 });
    expect(generations.find(({ model }) => model === 'm7')?.done).toBe(2);
  });
});

describe('counts of completions and guards', () => {
  it('have rates of what is known, and none of nothing', () => {
    const counts = new Counts();
    expect(counts.snapshot().completions).toMatchObject({ shown: 0, acceptRate: null, keptRate: null });
    for (let n = 0; n < 8; n++) counts.completion('shown');
    counts.completion('accepted');
    counts.completion('accepted');
    counts.completion('dismissed');
    expect(counts.snapshot().completions).toMatchObject({ acceptRate: 0.25, keptRate: null });
    counts.completion('kept');
    counts.completion('changed');
    counts.reused('cache');
    counts.reused('stream');
    counts.reused('stream');
    expect(counts.snapshot().completions).toEqual({
      shown: 8,
      accepted: 2,
      dismissed: 1,
      kept: 1,
      changed: 1,
      fromCache: 1,
      fromStream: 2,
      acceptRate: 0.25,
      keptRate: 0.5,
    });
    counts.guardHit('secret');
    expect(counts.snapshot().guard).toEqual({ secret: 1, licence: 0 });
  });
});
