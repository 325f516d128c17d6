import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quantise, quantiseAll } from '../../../../src/shared/model/quantise.js';

describe('quantise', () => {
  const vector = fc
    .array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 })
    .map((values) => Float32Array.from(values));

  test('keeps the length, and each component to half a step', () => {
    fc.assert(
      fc.property(vector, (values) => {
        const out = new Int8Array(values.length);
        const scale = quantise(values, out);
        const most = Math.max(...values.map(Math.abs));
        if (most < 1e-30) return;
        expect(Math.max(...out.map(Math.abs))).toBe(127);
        expect(Math.hypot(...out) * scale).toBeCloseTo(Math.hypot(...values), 5);
        const step = most / 127;
        for (const [i, byte] of out.entries()) {
          expect(Math.abs(byte * step - (values[i] ?? 0))).toBeLessThanOrEqual(step * 0.5001);
        }
      }),
    );
  });

  test('a vector of zeros has the scale 0, and leaves nothing of what was there', () => {
    const out = Int8Array.of(1, 2, 3);
    expect(quantise(new Float32Array(3), out)).toBe(0);
    expect([...out]).toEqual([0, 0, 0]);
  });

  test('the smallest numbers there are do no harm', () => {
    const out = new Int8Array(2);
    expect(quantise(Float32Array.of(1e-45, 0), out)).toBeGreaterThanOrEqual(0);
    expect([...out]).toEqual([127, 0]);
  });

  test('several go into rows', () => {
    const rows = [Float32Array.of(1, 0), Float32Array.of(0, 0), Float32Array.of(-3, 4)];
    const { values, scales } = quantiseAll(rows, 2);
    expect([...values]).toEqual([127, 0, 0, 0, -95, 127]);
    expect([...scales]).toEqual(
      [1 / 127, 0, 5 / Math.hypot(95, 127)].map((scale) => expect.closeTo(scale, 6)),
    );
    expect(quantiseAll([], 2)).toEqual({ values: new Int8Array(), scales: new Float32Array() });
  });
});
