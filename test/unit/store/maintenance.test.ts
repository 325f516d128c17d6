import { describe, expect, test } from 'vitest';
import { type MaintenanceState, planMaintenance } from '../../../src/daemon/store/maintenance.js';

const calm: MaintenanceState = {
  rows: 75_000,
  indexed: true,
  unindexedRows: 0,
  unindexedFragments: 0,
  fragments: 10,
  deletedRows: 0,
  staleIndices: 0,
  staleVersions: 10,
  force: false,
};
const plan = (change: Partial<MaintenanceState>) => planMaintenance({ ...calm, ...change });

describe('planMaintenance', () => {
  test('leaves a store in good shape alone, forced or not', () => {
    expect(plan({})).toEqual({ index: false, compact: false });
    expect(plan({ force: true })).toEqual({ index: false, compact: false });
  });

  test('an empty store needs nothing', () => {
    expect(plan({ rows: 0, indexed: false, force: true })).toEqual({ index: false, compact: false });
  });

  test('builds the indices when rows or fragments make searches slow', () => {
    expect(plan({ unindexedRows: 10, unindexedFragments: 1 }).index).toBe(false);
    expect(plan({ unindexedRows: 500, unindexedFragments: 1 }).index).toBe(true);
    expect(plan({ unindexedRows: 30, unindexedFragments: 30 }).index).toBe(true);
    expect(plan({ unindexedRows: 1, unindexedFragments: 1, force: true }).index).toBe(true);
    expect(plan({ indexed: false }).index).toBe(true);
  });

  test('a larger store, whose indices take longer, tolerates more', () => {
    const pending = { unindexedRows: 800, unindexedFragments: 5 };
    expect(plan(pending).index).toBe(true);
    expect(plan({ ...pending, rows: 1_000_000 }).index).toBe(false);
    expect(plan({ unindexedRows: 5000, unindexedFragments: 5, rows: 100_000_000 }).index).toBe(true);
  });

  test('compacts when files pile up, but not while someone waits', () => {
    for (const change of [
      { fragments: 100 },
      { staleIndices: 10 },
      { staleVersions: 1000 },
      { deletedRows: 20_000 },
    ]) {
      expect(plan(change).compact).toBe(true);
      expect(plan({ ...change, force: true }).compact).toBe(false);
    }
  });
});
