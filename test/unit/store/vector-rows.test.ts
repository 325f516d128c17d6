import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VectorRows } from '../../../src/daemon/store/vector-rows.js';

describe('rows of vectors', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'größe');
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ key, ord: fc.integer({ min: 0, max: 30 }) }) },
    { weight: 1, arbitrary: fc.record({ forget: key }) },
    { weight: 1, arbitrary: fc.record({ compact: fc.constant(true) }) },
  );

  test('are what a plain map has', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        let rows = new VectorRows();
        const model = new Map<string, Map<number, number>>();
        for (const one of steps) {
          if ('forget' in one) {
            expect(rows.forget(one.forget)).toBe(model.get(one.forget)?.size ?? 0);
            model.delete(one.forget);
          } else if ('compact' in one) {
            rows = rows.compacted();
            expect(rows.length).toBe(rows.live);
            for (const [of, ords] of model)
              for (const ord of ords.keys()) ords.set(ord, rows.rowOf({ key: of, ord }));
          } else if (rows.rowOf(one) < 0) {
            const ords = model.get(one.key) ?? new Map<number, number>();
            model.set(one.key, ords.set(one.ord, rows.add(one)));
          }
          for (const of of ['a', 'b', 'c', 'größe']) {
            const ords = model.get(of) ?? new Map<number, number>();
            for (let ord = -1; ord <= 31; ord++)
              expect(rows.rowOf({ key: of, ord })).toBe(ords.get(ord) ?? -1);
            expect([...rows.rowsOf(of)]).toEqual([...ords.values()].toSorted((a, b) => b - a));
            expect(rows.chunksOf(of)).toBe(ords.size);
            for (const [ord, row] of ords) {
              expect([rows.keyOf(rows.contentOf(row)), rows.ordOf(row)]).toEqual([of, ord]);
            }
          }
          const all = [...model.values()].flatMap((ords) => [...ords.keys()]);
          expect(rows.live).toBe(all.length);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('grow as needed', () => {
    const rows = new VectorRows();
    for (let i = 0; i < 10_000; i++) expect(rows.add({ key: `key${i >> 1}`, ord: i & 1 })).toBe(i);
    expect([rows.length, rows.contentsEnd]).toEqual([10_000, 5_000]);
    expect(rows.rowOf({ key: 'key4321', ord: 1 })).toBe(8643);
  });
});
