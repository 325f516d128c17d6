import colors from 'picocolors';
import { describe, expect, test } from 'vitest';
import { progressLine, RateMeter } from '../../../src/client/output/progress.js';
import { widthOf } from '../../../src/client/output/width.js';

const plain = colors.createColors(false);
const progress = { repo: 'r', phase: 'derive' as const, done: 3021, total: 7012 };
const view = { label: 'lcad', progress, rate: 1150, elapsedSeconds: 3 };

describe('the progress line', () => {
  test('shows phase, bar, counts, speed and time left', () => {
    expect(progressLine(view, 200, plain)).toBe(
      'lcad  parsing  █████████░░░░░░░░░░░ 43%  3,021 of 7,012 files  1,150 files/s  3 s left',
    );
  });

  test('drops what does not fit, least important first', () => {
    for (let columns = 10; columns < 100; columns++) {
      expect(widthOf(progressLine(view, columns, plain))).toBeLessThanOrEqual(columns);
    }
    expect(progressLine(view, 50, plain)).toBe('lcad  parsing  █████████░░░░░░░░░░░ 43%');
  });

  test('shows the time while the total is unknown', () => {
    const scanning = { ...view, progress: { ...progress, phase: 'scan' as const, done: 500, total: 0 } };
    expect(progressLine(scanning, 80, plain)).toBe('lcad  listing files  500 files  3 s');
    expect(progressLine({ ...view, progress: null }, 80, plain)).toBe('lcad  starting  3 s');
  });
});

describe('the rate', () => {
  test('is that of the last seconds of the phase', () => {
    const meter = new RateMeter();
    meter.add('hash', 0, 0);
    expect(meter.rate()).toBe(0);
    meter.add('hash', 1000, 1000);
    expect(meter.rate()).toBe(1000);
    for (let second = 2; second <= 20; second++) meter.add('hash', 1000 + second * 10, second * 1000);
    expect(meter.rate()).toBeCloseTo(10, 0);
    meter.add('derive', 5, 21_000);
    expect(meter.rate()).toBe(0);
  });
});
