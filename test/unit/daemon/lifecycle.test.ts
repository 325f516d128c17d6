import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { Lifecycle } from '../../../src/daemon/lifecycle.js';

let order: string[];
let codes: number[];
let logged: string[];

beforeEach(() => {
  [order, codes, logged] = [[], [], []];
});

function lifecycle(totalMs?: number): Lifecycle {
  const write = (_details: Record<string, unknown>, message: string) => void logged.push(message);
  const log = { debug: write, info: write, warn: write, error: write };
  return new Lifecycle({ log, exit: (code) => void codes.push(code), ...(totalMs ? { totalMs } : {}) });
}

const never = () => new Promise<void>(() => undefined);

describe('the life cycle', () => {
  it('stops in the reverse order of the start, once, and ends the process last', async () => {
    const life = lifecycle();
    for (const name of ['lock', 'store', 'socket']) {
      life.onStop(name, async () => {
        await sleep(5);
        order.push(name);
        expect(codes).toEqual([]);
      });
    }
    const [report, again] = await Promise.all([life.stop('asked'), life.stop('asked again', 1)]);
    expect(order).toEqual(['socket', 'store', 'lock']);
    expect(again).toBe(report);
    expect(report).toMatchObject({ reason: 'asked', exitCode: 0 });
    expect(report.steps.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done']);
    expect(codes).toEqual([0]);
  });

  it('goes on past steps that fail or hang, and names them', async () => {
    const life = lifecycle();
    life.onStop('lock', () => void order.push('lock'));
    life.onStop('hangs', never, { deadlineMs: 20 });
    life.onStop('fails', () => {
      throw new Error('on purpose');
    });
    const { steps } = await life.stop('asked', 3);
    expect(steps).toMatchObject([
      { name: 'fails', outcome: 'failed', message: 'on purpose' },
      { name: 'hangs', outcome: 'late' },
      { name: 'lock', outcome: 'done' },
    ]);
    expect(order).toEqual(['lock']);
    expect(codes).toEqual([3]);
  });

  it('skips what is left past the total deadline, but for what must always run', async () => {
    const life = lifecycle(30);
    life.onStop('lock', () => void order.push('lock'), { always: true });
    life.onStop('store', () => void order.push('store'));
    life.onStop('hangs', never, { deadlineMs: 60_000 });
    const { steps } = await life.stop('asked');
    expect(steps.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      'hangs late',
      'store skipped',
      'lock done',
    ]);
    expect(order).toEqual(['lock']);
  });

  it('gives up a start that takes too long, and one that a stop overtakes', async () => {
    const life = lifecycle();
    await expect(life.start('slow', never, 10)).rejects.toMatchObject({ kind: 'DAEMON_START_FAILED' });
    expect(await life.start('quick', () => 7)).toBe(7);
    const overtaken = life.start('overtaken', () => sleep(20));
    const stopped = life.stop('asked');
    expect(life.signal.aborted).toBe(true);
    await expect(overtaken).rejects.toMatchObject({ kind: 'SHUTTING_DOWN' });
    await expect(life.start('too late', () => 1)).rejects.toMatchObject({ kind: 'SHUTTING_DOWN' });
    await stopped;
  });

  it('listens to the process until told not to', () => {
    const count = () => process.listenerCount('SIGTERM') + process.listenerCount('uncaughtException');
    const before = count();
    const end = lifecycle().listen(() => undefined);
    expect(count()).toBe(before + 2);
    end();
    expect(count()).toBe(before);
  });
});
