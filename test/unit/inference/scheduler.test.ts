import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Lane, type LaneClock, type LaneWork } from '../../../src/daemon/inference/scheduler/lane.js';
import type { InferenceClass } from '../../../src/protocol/inference.js';
import { InferenceClass as Classes } from '../../../src/protocol/inference.js';

/** Time that goes on when told to. */
class Clock implements LaneClock {
  at = 0;
  readonly #timers = new Set<{ at: number; run: () => void }>();

  now(): number {
    return this.at;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.at + ms, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  advance(ms: number): void {
    this.at += ms;
    for (const timer of [...this.#timers]) {
      if (timer.at > this.at) continue;
      this.#timers.delete(timer);
      timer.run();
    }
  }
}

type State = 'waiting' | 'running' | 'refused' | 'done';

class Work implements LaneWork {
  state: State = 'waiting';
  isPreempted = false;
  retryAfterMs: number | null = null;
  readonly class: InferenceClass;
  readonly client: string;
  readonly id: number;
  readonly #started: Work[];

  constructor(of: InferenceClass, client: string, id: number, started: Work[]) {
    this.class = of;
    this.client = client;
    this.id = id;
    this.#started = started;
  }

  onStart(): void {
    expect(this.state).toBe('waiting');
    this.state = 'running';
    this.#started.push(this);
  }

  onRefused(retryAfterMs: number): void {
    expect(this.state).toBe('waiting');
    this.state = 'refused';
    this.retryAfterMs = retryAfterMs;
  }

  onPreempt(): void {
    expect(this.state).toBe('running');
    expect(this.isPreempted).toBe(false);
    this.isPreempted = true;
  }
}

class Bench {
  readonly clock = new Clock();
  readonly started: Work[] = [];
  readonly all: Work[] = [];
  readonly lane: Lane;

  constructor(concurrency: number, queue = 64) {
    this.lane = new Lane({ concurrency, queue, clock: this.clock });
  }

  add(of: InferenceClass, client = 'a'): Work {
    const work = new Work(of, client, this.all.length, this.started);
    this.all.push(work);
    this.lane.add(work);
    return work;
  }

  done(work: Work): void {
    work.state = 'done';
    this.lane.done(work);
  }

  in(state: State): Work[] {
    return this.all.filter((work) => work.state === state);
  }

  /** Ends what runs, one after the other, until nothing is left. @returns all in the order in which they had slots */
  drain(): Work[] {
    for (let running = this.in('running'); running.length > 0; running = this.in('running')) {
      this.clock.advance(10);
      for (const work of running.slice(0, 1)) this.done(work);
    }
    return this.started;
  }
}

const anyClass = fc.constantFrom(...Classes.options);
const anyStep = fc.oneof(
  fc.record({ is: fc.constant('add' as const), class: anyClass, client: fc.constantFrom('a', 'b', 'c') }),
  fc.record({ is: fc.constant('end' as const), index: fc.nat(20) }),
  fc.record({ is: fc.constant('leave' as const), index: fc.nat(20) }),
  fc.record({ is: fc.constant('pause' as const), ms: fc.nat(100) }),
  fc.record({ is: fc.constant('wait' as const), ms: fc.nat(200) }),
);

describe('Lane', () => {
  it('keeps its bounds, loses nothing, and leaves no slot empty, whatever happens', () => {
    fc.assert(
      fc.property(
        fc.array(anyStep, { maxLength: 80 }),
        fc.integer({ min: 1, max: 4 }),
        (steps, concurrency) => {
          const bench = new Bench(concurrency, 5);
          for (const step of steps) {
            if (step.is === 'add') bench.add(step.class, step.client);
            if (step.is === 'pause') bench.lane.pause(step.ms);
            if (step.is === 'wait') bench.clock.advance(step.ms);
            const some = step.is === 'end' ? bench.in('running') : bench.in('waiting');
            if (step.is === 'end' || step.is === 'leave') {
              const chosen = some[step.index % Math.max(1, some.length)];
              if (chosen) bench.done(chosen);
            }
            const running = bench.in('running');
            const queries = running.filter((work) => work.class === 'queryEmbedding').length;
            expect(running.length).toBeLessThanOrEqual(concurrency + Math.min(1, queries));
            expect(bench.in('waiting').length).toBeLessThanOrEqual(5);
            expect(bench.lane.queued).toBe(bench.in('waiting').length);
            expect(bench.lane.running).toBe(running.length);
            if (bench.lane.pausedMs === 0 && bench.lane.queued > 0) {
              expect(running.length).toBeGreaterThanOrEqual(concurrency);
            }
            for (const { isPreempted, class: name } of bench.all) {
              if (isPreempted) expect(name).toBe('backgroundEmbedding');
            }
          }
          bench.clock.advance(1000);
          bench.drain();
          expect(bench.in('waiting')).toEqual([]);
          for (const { retryAfterMs } of bench.in('refused')) expect(retryAfterMs).toBeGreaterThan(0);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('gives a slot to the most urgent class, and within it to clients in turn', () => {
    const all = fc.array(fc.record({ class: anyClass, client: fc.constantFrom('a', 'b', 'c') }), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(all, (wanted) => {
        const bench = new Bench(1);
        const first = bench.add('chat', 'first');
        for (const { class: name, client } of wanted) {
          if (name !== 'queryEmbedding') bench.add(name, client);
        }
        expect(bench.started).toEqual([first]);
        const order = bench.drain().slice(1);
        const ranks = order.map((work) => Classes.options.indexOf(work.class));
        expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
        for (const name of Classes.options) {
          const own = order.filter((work) => work.class === name);
          expectTurns(own);
        }
      }),
    );
  });

  it('lets a client with one request go before the rest of a client with many', () => {
    const bench = new Bench(1);
    bench.add('chat', 'many');
    for (let i = 0; i < 5; i++) bench.add('chat', 'many');
    const single = bench.add('chat', 'single');
    expect(bench.drain().indexOf(single)).toBe(2);
  });

  it('never lets a completion wait behind a queued chat', () => {
    const bench = new Bench(1);
    const running = bench.add('chat', 'x');
    bench.add('chat', 'y');
    bench.add('chat', 'z');
    const completion = bench.add('completion', 'x');
    bench.done(running);
    expect(completion.state).toBe('running');
  });

  it('has background work end for a completion, as much as is needed, and only once', () => {
    const bench = new Bench(2);
    const older = bench.add('backgroundEmbedding');
    const newer = bench.add('backgroundEmbedding');
    const completion = bench.add('completion');
    expect([older.isPreempted, newer.isPreempted]).toEqual([false, true]);
    bench.add('backgroundEmbedding');
    expect(older.isPreempted).toBe(false);
    bench.add('chat');
    expect(older.isPreempted).toBe(true);
    bench.done(newer);
    expect(completion.state).toBe('running');
  });

  it('has nothing end for a question, which may run beyond the limit, one at a time', () => {
    const bench = new Bench(1);
    const background = bench.add('backgroundEmbedding');
    const first = bench.add('queryEmbedding');
    const second = bench.add('queryEmbedding');
    expect(background.isPreempted).toBe(false);
    expect([first.state, second.state]).toEqual(['running', 'waiting']);
    bench.done(first);
    expect(second.state).toBe('running');
  });

  it('refuses what is too much, with a time to come back by what is before it', () => {
    const bench = new Bench(1, 2);
    const first = bench.add('chat');
    bench.clock.advance(4000);
    bench.done(first);
    bench.add('chat');
    bench.add('chat');
    bench.add('chat');
    const refused = bench.add('chat');
    expect(refused.state).toBe('refused');
    // One that has just begun, two that wait and itself do not count: about three times four seconds.
    expect(refused.retryAfterMs).toBeGreaterThanOrEqual(12_000);
    expect(refused.retryAfterMs).toBeLessThanOrEqual(16_000);
  });

  it('sends queued background work away for what is more urgent', () => {
    const bench = new Bench(1, 2);
    bench.add('chat');
    const kept = bench.add('backgroundEmbedding', 'x');
    const sent = bench.add('backgroundEmbedding', 'x');
    const completion = bench.add('completion');
    expect([kept.state, sent.state, completion.state]).toEqual(['waiting', 'refused', 'waiting']);
    const background = bench.add('backgroundEmbedding');
    expect(background.state).toBe('refused');
  });

  it('gives nobody a slot while the server wants to be left alone', () => {
    const bench = new Bench(2);
    const before = bench.add('chat');
    bench.lane.pause(1000);
    const after = bench.add('completion');
    bench.done(before);
    bench.clock.advance(500);
    bench.lane.pause(100);
    bench.clock.advance(499);
    expect(after.state).toBe('waiting');
    expect(bench.lane.waitMs('completion')).toBeGreaterThanOrEqual(1);
    bench.clock.advance(1);
    expect(after.state).toBe('running');
  });

  it('has background work end for who came while the server wanted to be left alone', () => {
    const bench = new Bench(1);
    const background = bench.add('backgroundEmbedding');
    bench.lane.pause(1000);
    const completion = bench.add('completion');
    expect(background.isPreempted).toBe(false);
    bench.clock.advance(1000);
    expect(background.isPreempted).toBe(true);
    bench.done(background);
    expect(completion.state).toBe('running');
  });

  it('has nothing run end for a completion but background work', () => {
    const bench = new Bench(2);
    const running = [bench.add('chat'), bench.add('completion'), bench.add('queryEmbedding')];
    bench.add('completion');
    bench.add('chat');
    expect(running.map(({ isPreempted }) => isPreempted)).toEqual([false, false, false]);
  });

  it('gives background work one turn in ten seconds, however many generations come', () => {
    const bench = new Bench(1);
    let running = bench.add('completion');
    let next = bench.add('completion');
    let background = bench.add('backgroundEmbedding', 'embedding');
    const turns: number[] = [];
    for (let i = 0; i < 600; i++) {
      bench.clock.advance(100);
      bench.done(running);
      if (background.state === 'running') {
        // A question does not wait for it, and nothing has it end now.
        turns.push(bench.clock.at);
        const query = bench.add('queryEmbedding');
        expect([query.state, background.isPreempted]).toEqual(['running', false]);
        bench.done(query);
        bench.clock.advance(100);
        bench.done(background);
        background = bench.add('backgroundEmbedding', 'embedding');
      }
      running = next;
      expect(running.state).toBe('running');
      next = bench.add('completion');
    }
    expect(turns).toEqual([10_000, 20_100, 30_200, 40_300, 50_400, 60_500]);
  });

  it('has background work that was ended again and again come to its end', () => {
    const bench = new Bench(1);
    let ended = 0;
    let background = bench.add('backgroundEmbedding');
    for (; !(background.state === 'running' && ended >= 10); ended++) {
      const completion = bench.add('completion');
      expect(background.isPreempted).toBe(true);
      bench.clock.advance(1000);
      bench.done(background);
      background = bench.add('backgroundEmbedding');
      bench.done(completion);
    }
    bench.add('completion');
    expect([ended, background.isPreempted]).toEqual([10, false]);
  });

  it('uses more slots as soon as it has them', () => {
    const bench = new Bench(1);
    const works = [1, 2, 3].map(() => bench.add('chat'));
    bench.lane.limit({ concurrency: 3, queue: 64 });
    expect(works.map(({ state }) => state)).toEqual(['running', 'running', 'running']);
  });
});

/** Between two turns of a client that still waits, every other one that waits has one; each keeps its own order. */
function expectTurns(order: readonly Work[]): void {
  for (const [at, work] of order.entries()) {
    const next = order.findIndex((other, i) => i > at && other.client === work.client);
    if (next < 0) continue;
    expect(order[next]?.id).toBeGreaterThan(work.id);
    const between = order.slice(at + 1, next).map(({ client }) => client);
    expect(new Set(between).size).toBe(between.length);
    const later = new Set(order.slice(next).map(({ client }) => client));
    later.delete(work.client);
    for (const client of later) expect(between).toContain(client);
  }
}
