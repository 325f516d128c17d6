import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Delivery, deliverAt, EventFlow, topmost } from '../../../src/daemon/watch/coalesce.js';

/** Lets time pass from one due moment to the next, and gives what was delivered. */
function drain(
  flow: EventFlow,
  from: number,
  until = Number.POSITIVE_INFINITY,
): (Delivery & { at: number })[] {
  const delivered: (Delivery & { at: number })[] = [];
  for (let at = flow.nextAt(from); at !== null && at <= until; at = flow.nextAt(at)) {
    const delivery = flow.take(at);
    if (delivery.hints.length > 0 || delivery.sweep !== null) delivered.push({ at, ...delivery });
  }
  return delivered;
}

const many = (count: number, folder = '/r') => Array.from({ length: count }, (_, i) => `${folder}/f${i}`);

describe('paths', () => {
  test('a folder swallows what is below it, and only that', () => {
    const paths = new Set(['/r/a', '/r/a/x', '/r/a/y/z', '/r/ab', '/r/b/c']);
    expect(topmost(paths)).toEqual(['/r/a', '/r/ab', '/r/b/c']);
  });
});

describe('when paths are passed on', () => {
  const calm = { count: 1, firstAt: 1000, lastAt: 1000, delivered: [] };

  test('a few paths at once when it is calm', () => {
    expect(deliverAt(calm)).toBe(1000);
    expect(deliverAt({ ...calm, delivered: [600, 700, 800, 900] })).toBe(1000);
  });

  test('many paths when no more came for a while', () => {
    expect(deliverAt({ ...calm, count: 100 })).toBe(1050);
    expect(deliverAt({ ...calm, count: 100, lastAt: 1040 })).toBe(1090);
  });

  test('never later than the longest wait', () => {
    expect(deliverAt({ ...calm, count: 100, lastAt: 1190 })).toBe(1200);
  });

  test('a steady stream of single paths is batched', () => {
    expect(deliverAt({ ...calm, delivered: [55, 155, 255, 355, 455, 555, 655, 755, 855, 955] })).toBe(1050);
    const flow = new EventFlow();
    let deliveries = 0;
    for (let at = 0; at < 1000; at += 10) {
      flow.note([`/r/f${at}`], [], at);
      deliveries += drain(flow, at, at + 9).length;
    }
    expect(deliveries).toBeLessThan(20);
    expect(deliveries).toBeGreaterThan(4);
  });
});

describe('the flow of one root', () => {
  test('passes a saved file on at once', () => {
    const flow = new EventFlow();
    flow.note(['/r/a'], [], 5);
    expect(flow.nextAt(5)).toBe(5);
    expect(flow.take(5)).toEqual({ hints: ['/r/a'], sweep: null });
    expect(flow.nextAt(5)).toBeNull();
  });

  test('hints a new folder again', () => {
    const flow = new EventFlow();
    flow.note(['/r/d'], ['/r/d'], 0);
    expect(drain(flow, 0)).toEqual([
      { at: 0, hints: ['/r/d'], sweep: null },
      { at: 300, hints: ['/r/d'], sweep: null },
      { at: 2000, hints: ['/r/d'], sweep: null },
    ]);
  });

  test('turns a burst into a sweep at its end and one more after it', () => {
    const flow = new EventFlow();
    for (let i = 0; i < 10; i++) flow.note(many(500, `/r/d${i}`), [], i * 10);
    const sweeps = drain(flow, 90).filter(({ sweep }) => sweep !== null);
    expect(sweeps.map(({ at }) => at)).toEqual([390, 2390]);
  });

  test('counts events that repeat the same paths', () => {
    const flow = new EventFlow();
    flow.note(['/r/a', '/r/b'], [], 0, 5000);
    expect(drain(flow, 0).map(({ sweep, hints }) => [sweep !== null, hints.length])).toEqual([
      [true, 0],
      [true, 0],
    ]);
  });

  test('sweeps now and then while a burst does not end', () => {
    const flow = new EventFlow();
    let sweeps = 0;
    for (let at = 0; at <= 20_000; at += 100) {
      flow.note(many(500, `/r/${at}`), [], at);
      sweeps += drain(flow, at, at + 99).filter(({ sweep }) => sweep !== null).length;
    }
    expect(sweeps).toBeGreaterThanOrEqual(3);
    expect(sweeps).toBeLessThanOrEqual(5);
  });

  test('a save after a burst is a small change again', () => {
    const flow = new EventFlow();
    flow.noteBurst(0);
    const end = drain(flow, 0).at(-1)?.at ?? 0;
    flow.note(['/r/a'], [], end + 1);
    expect(flow.take(end + 1)).toEqual({ hints: ['/r/a'], sweep: null });
  });

  test('a sweep that was asked for does not cancel the one after a burst', () => {
    const flow = new EventFlow();
    flow.noteBurst(0);
    drain(flow, 0, 300);
    flow.sweepNow('asked');
    expect(flow.take(400).sweep).toBe('asked');
    expect(drain(flow, 400).map(({ at }) => at)).toEqual([2300]);
  });

  test('too many separate paths become a sweep, many in few folders do not', () => {
    const listed = new EventFlow();
    listed.note([...many(900, '/r/d'), '/r/d', ...many(900, '/r/e'), '/r/e'], [], 0);
    expect(drain(listed, 0).map(({ hints }) => hints)).toEqual([['/r/d', '/r/e']]);
    const swept = new EventFlow();
    swept.note(many(1001), [], 0);
    expect(drain(swept, 0).every(({ sweep }) => sweep !== null)).toBe(true);
  });

  test('every path is covered by a later hint at or above it, or by a later sweep', () => {
    const path = fc
      .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 })
      .map((p) => `/r/${p.join('/')}`);
    const step = fc.record({
      wait: fc.integer({ min: 0, max: 700 }),
      paths: fc.array(path, { maxLength: 30 }),
      folders: fc.array(path, { maxLength: 2 }),
      events: fc.constantFrom(0, 0, 0, 3000, 5000),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const flow = new EventFlow();
        const uncovered = new Set<string>();
        let now = 0;
        const pass = (until: number) => {
          for (const { hints, sweep } of drain(flow, now, until)) {
            if (sweep !== null) uncovered.clear();
            for (const p of uncovered)
              if (hints.some((h) => p === h || p.startsWith(`${h}/`))) uncovered.delete(p);
          }
        };
        for (const { wait, paths, folders, events } of steps) {
          pass(now + wait);
          now += wait;
          const all = [...paths, ...folders];
          for (const p of all) uncovered.add(p);
          flow.note(all, folders, now, Math.max(events, all.length));
        }
        pass(Number.POSITIVE_INFINITY);
        return uncovered.size === 0 && flow.nextAt(now) === null;
      }),
    );
  });
});
