import { afterEach, describe, expect, it } from 'vitest';
import { candidates, isOverloaded } from '../../../src/daemon/inference/candidates.js';
import type { InferenceTask } from '../../../src/daemon/inference/contract.js';
import { createProvider } from '../../../src/daemon/inference/providers/create.js';
import { Lane } from '../../../src/daemon/inference/scheduler/lane.js';
import { Lanes } from '../../../src/daemon/inference/scheduler/lanes.js';
import { Upstreams } from '../../../src/daemon/inference/upstreams/upstreams.js';
import { InferenceConfig } from '../../../src/protocol/inference-config.js';
import { LcadError } from '../../../src/shared/errors.js';

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** Upstreams on ports of their own; nothing connects to them. */
function bench(...configs: object[]): { upstreams: Upstreams; lanes: Lanes } {
  const upstreams = new Upstreams(
    InferenceConfig.parse({
      upstreams: configs.map((config, i) => ({
        kind: 'openai',
        url: `http://127.0.0.1:${9000 + i}`,
        ...config,
      })),
    }),
    { createProvider: (config) => createProvider(config, {}), onCapabilities: () => undefined },
  );
  const lanes = new Lanes(64);
  closers.push(
    () => upstreams.close(),
    () => lanes.close(),
  );
  return { upstreams, lanes };
}

function order({ upstreams, lanes }: ReturnType<typeof bench>, task: Partial<InferenceTask> = {}): string[] {
  const whole: InferenceTask = {
    role: 'chat',
    class: 'chat',
    client: 'a',
    make: () => ({ is: 'raw', prompt: '' }),
    ...task,
  };
  return [...candidates(whole, upstreams, lanes)].map(
    ({ upstream, unlessBusy }) => `${upstream.name}${unlessBusy ? '?' : ''}`,
  );
}

describe('the servers that are tried', () => {
  it('are those of the role, in the order of the configuration', () => {
    const both = bench({ name: 'a', roles: ['chat'] }, { name: 'b', roles: ['completion'] }, { name: 'c' });
    expect(order(both)).toEqual(['a', 'c']);
    expect(order(both, { role: 'completion' })).toEqual(['b', 'c']);
  });

  it('are only the one that is named, whatever its roles', () => {
    const both = bench({ name: 'a' }, { name: 'b', roles: [] });
    expect(order(both, { upstream: 'b' })).toEqual(['b']);
    expect(order(both, { upstream: 'none' })).toEqual([]);
  });

  it('come last while they are down or want to be left alone', () => {
    const three = bench({ name: 'a' }, { name: 'b' }, { name: 'c' });
    three.upstreams.named('a')?.failed(new LcadError('PROVIDER_UNREACHABLE', 'gone'));
    three.lanes.of('http://127.0.0.1:9001').pause(30_000);
    expect(order(three)).toEqual(['c', 'a', 'b']);
  });

  it('hand over to the smaller one while busy, and are tried again after it', () => {
    const two = bench({ name: 'big', smaller: 'small' }, { name: 'small', roles: [] });
    expect(order(two)).toEqual(['big?', 'small', 'big']);
    // A model that was asked for by name is not replaced by another.
    expect(order(two, { model: 'that' })).toEqual(['big']);
    expect(order(bench({ name: 'own', smaller: 'own' }))).toEqual(['own']);
    expect(order(bench({ name: 'own', smaller: 'none' }))).toEqual(['own']);
  });

  it('have a completion wait only when none of them is free', () => {
    const completion = { role: 'completion', class: 'completion' } as const;
    expect(order(bench({ name: 'a' }, { name: 'b' }), completion)).toEqual(['a?', 'b?', 'a', 'b']);
    expect(order(bench({ name: 'a' }), completion)).toEqual(['a']);
  });
});

describe('a server has too much to do', () => {
  const clock = { at: 0, now: () => clock.at, after: () => () => undefined };
  const work = (of: 'chat' | 'completion') => ({
    class: of,
    client: 'a',
    onStart() {},
    onRefused() {},
    onPreempt() {},
  });

  it('when more wait than it works on', () => {
    const lane = new Lane({ concurrency: 1, queue: 64, clock });
    const taken = [0, 1].map(() => lane.add(work('chat')));
    expect(taken).toHaveLength(2);
    expect(isOverloaded(lane, 'chat')).toBe(false);
    lane.add(work('chat'));
    expect(isOverloaded(lane, 'chat')).toBe(true);
    // Those go before who waits.
    expect(isOverloaded(lane, 'completion')).toBe(false);
  });

  it('when new work would wait for more than two seconds', () => {
    const lane = new Lane({ concurrency: 1, queue: 64, clock });
    const slow = work('chat');
    lane.add(slow);
    clock.at += 10_000;
    lane.done(slow);
    expect(isOverloaded(lane, 'chat')).toBe(false);
    lane.add(work('chat'));
    expect(isOverloaded(lane, 'completion')).toBe(true);
    clock.at += 8500;
    expect(isOverloaded(lane, 'completion')).toBe(false);
  });

  it('while it wants to be left alone', () => {
    const lane = new Lane({ concurrency: 1, queue: 64, clock });
    lane.pause(2001);
    expect(isOverloaded(lane, 'chat')).toBe(true);
  });
});
